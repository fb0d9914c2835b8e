// GitalyTokens: the tokens by which Rails, Gitaly and Praefect know each other, each as one file has it, for
// the storage that it opens.
//
// All are named "gitaly.token", for what a client sends must be what the server of that storage expects:
// Rails' token for a storage, and either the token of the Gitaly that has it, or Praefect's own where it is a
// virtual storage, and Praefect's token for each storage behind it and that of its Gitaly.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string_view>
#include <vector>

#include "probes/parsed.h"
#include "probes/secret_values.h"

namespace preflight::probes {

// gitlab.yml: a storage's own token, else the one for all.
std::vector<SecretValue> tokens_of_rails(const YAML::Node& production);

Parsed<SecretValue> tokens_of_gitaly(std::string_view config_toml, std::string_view source);
Parsed<SecretValue> tokens_of_praefect(std::string_view config_toml, std::string_view source);

}  // namespace preflight::probes
