// Yaml: what GitLab's YAML says, read as Ruby reads it: merge keys, symbols, the last of equal keys.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "model/yaml.h"

namespace preflight::probes {

using preflight::parse_yaml;

// The member `key` of a map, looked for also in its merge keys; an undefined-safe null node when there is
// none.
YAML::Node member(const YAML::Node& map, const std::string& key);

// The scalar's text; empty for null, absent or not a scalar.
std::string text_of(const YAML::Node& scalar);

// The scalar as a number or truth; nothing when it is not one.
std::optional<std::uint64_t> number_of(const YAML::Node& scalar);
std::optional<bool> truth_of(const YAML::Node& scalar);

}  // namespace preflight::probes
