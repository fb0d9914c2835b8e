// Yaml: a bounded YAML document: hostile text is a Problem, never a crash, and aliases cannot explode.
//
// Problems name line and column, never content: the files hold secrets.
#pragma once

#include <yaml-cpp/yaml.h>

#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace preflight::probes {

// The document, whose `<<` merge keys are resolved by member() below. Empty text is a null node. MALFORMED
// for nonsense (also NUL bytes and invalid UTF-8), TOO_LARGE past the limits of depth, nodes or alias
// expansion.
Result<YAML::Node> parse_yaml(std::string_view text, std::string_view source);

// The member `key` of a map, looked for also in its merge keys; an undefined-safe null node when there is
// none.
YAML::Node member(const YAML::Node& map, const std::string& key);

// The scalar's text; empty for null, absent or not a scalar.
std::string text_of(const YAML::Node& scalar);

// The scalar as a number or truth; nothing when it is not one.
std::optional<std::uint64_t> number_of(const YAML::Node& scalar);
std::optional<bool> truth_of(const YAML::Node& scalar);

}  // namespace preflight::probes
