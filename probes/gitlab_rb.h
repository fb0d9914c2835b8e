// GitlabRb: what /etc/gitlab/gitlab.rb says in plain literals. The file is Ruby and is never evaluated: a
// value that is computed (ENV, File.read, interpolation, a condition around it) is known only to be there.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace preflight::probes {

// The last setting of a key.
struct Assignment {
    enum class State : std::uint8_t { literal, computed, conditional };

    State state = State::computed;
    bool text = false;    // the literal is a string
    std::string literal;  // also "nil" and "{}", which are as good as not set; secrets are among them
    std::uint32_t line = 0;
    std::uint32_t count = 0;
    bool members_told = false;  // a list or table whose keys are all among the assignments
};

// The first line that sets what cannot be told by its text, and how many more do.
struct UnclearLine {
    std::uint32_t line = 0;
    std::string what;
    std::uint32_t more = 0;
};

struct GitlabRb {
    // "gitlab_rails.backup_path" → text of a string, number or truth literal; "external_url" without a
    // prefix. Secrets are among them: only what a caller names may be taken out.
    std::map<std::string, std::string, std::less<>> literals;
    // Keys whose value stands there but is no literal (computed, or a nested array or hash).
    std::vector<std::string> computed;
    // roles [...] in canonical spelling ("application_role"), when they are literals.
    std::vector<std::string> roles;
    // Files named by from_file: their content is not in here.
    std::vector<std::string> includes;
    // Every key that is set, as it is written ("gitlab_rails['backup_path']"), also those within a table that
    // is set as a whole ("gitaly['configuration']['git']['bin_path']"; "[]" stands for each element of a
    // list).
    std::map<std::string, Assignment, std::less<>> assignments;
    // There: settings that are in none of the above.
    std::optional<UnclearLine> unclear;

    std::optional<std::string> literal(std::string_view key) const;
};

// MALFORMED for binary text or invalid UTF-8. Comments, =begin/=end blocks and everything after __END__ are
// passed over.
Result<GitlabRb> parse_gitlab_rb(std::string_view text, std::string_view source);

}  // namespace preflight::probes
