// GitlabRbKeys: the keys that a statement of gitlab.rb sets, and the literals that it sets them to.
#pragma once

#include <cstddef>
#include <map>
#include <optional>
#include <string>

#include "probes/gitlab_rb.h"
#include "probes/ruby_words.h"

namespace preflight::probes {

// "gitlab_rails['a']['b']" at `at`: its dotted key, how it is written, and the place behind it; an empty key
// when there is none.
struct RubyKey {
    std::string name;
    std::string written;
    std::size_t end = 0;
};
RubyKey key_at(RubyTokenSpan tokens, std::size_t at);

// Whether what stands at `at`, behind a key, changes its value.
bool changes_value(RubyTokenSpan tokens, std::size_t at);

// The text of a string, number or truth, when that is all there is.
std::optional<std::string> literal_of(RubyTokenSpan value);

// Whether the word at `at` is a call of the configuration's own that sets something by its name
// (external_url, git_data_dirs, roles, …): not a key, not a method of something, not indexed, not assigned.
bool is_setting_call(std::string_view word);
bool calls(RubyTokenSpan statement, std::size_t at);

// Notes every key that the statement sets. What stands in a block, or behind a condition, may not happen.
void note_assignments(RubyTokenSpan statement, bool in_block,
                      std::map<std::string, Assignment, std::less<>>& assignments);

}  // namespace preflight::probes
