// Toml: a bounded TOML document. Problems say the line, never what stands there: the files hold secrets.
#pragma once

#include <string_view>

#include "model/result.h"
#include "model/toml.h"

namespace preflight::probes {

Result<toml::table> parse_toml(std::string_view text, std::string_view source);

}  // namespace preflight::probes
