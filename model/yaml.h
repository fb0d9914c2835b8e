// Yaml: a bounded YAML document: hostile text is a Problem, never a crash, and aliases cannot explode.
//
// Problems name line and column, never content: files hold secrets.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string_view>

#include "model/result.h"

namespace preflight {

// Empty text is a null node. MALFORMED for nonsense (also NUL bytes and invalid UTF-8), TOO_LARGE past the
// limits of size, depth, nodes or alias expansion.
Result<YAML::Node> parse_yaml(std::string_view text, std::string_view source);

}  // namespace preflight
