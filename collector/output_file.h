// Output file: a file that appears whole or not at all: written beside its place, then renamed there.
#pragma once

#include <filesystem>
#include <string_view>

#include "model/result.h"

namespace preflight::collector {

Result<void> write_file(const std::filesystem::path& file, std::string_view content);

}  // namespace preflight::collector
