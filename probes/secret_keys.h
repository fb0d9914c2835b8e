// SecretKeys: which critical keys a file of secrets holds: names only, values are looked at for being there.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace preflight::probes {

struct SecretKeys {
    std::vector<std::string> present;  // "gitlab_rails.db_key_base", in the order of the list below
    std::vector<std::string> missing;
};

// gitlab-secrets.json of the package: keys of Rails, GitLab Shell and Workhorse. Which of them a version
// needs is not said here (the active_record_encryption_* keys came with 17.x).
Result<SecretKeys> parse_secrets_json(std::string_view text, std::string_view source);

// secrets.yml of Rails itself (self-compiled, cloud native): the keys of Rails alone, by the same names.
Result<SecretKeys> parse_secrets_yml(std::string_view text, std::string_view source);

}  // namespace preflight::probes
