// SecretValues: the secrets of a file by name, in the form in which they are compared. The values stay in
// this process: a finding takes their fingerprints alone.
#pragma once

#include <string>
#include <string_view>

#include "model/secret.h"
#include "probes/parsed.h"

namespace preflight::probes {

struct SecretValue {
    std::string key;      // "gitlab_rails.db_key_base"
    Secret value;         // canonical (fingerprint.h)
    std::string storage;  // of a token of Gitaly's: whose it is
};

// Secrets are left out for their number: of what is missing nothing can be concluded.
bool past_limit(const Parsed<SecretValue>& found);

// gitlab-secrets.json: each leaf that is not empty, by the keys that lead to it.
Parsed<SecretValue> secret_values_of_json(std::string_view text, std::string_view source);

// secrets.yml of Rails: as the section gitlab_rails of the other, so that both have the same names.
Parsed<SecretValue> secret_values_of_yml(std::string_view text, std::string_view source);

}  // namespace preflight::probes
