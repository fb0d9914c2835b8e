// Input file: the content of a file that a person names or writes, up to a limit.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>

#include "model/result.h"

namespace preflight::collector {

// ABSENT where there is none, REFUSED for what is no regular file, TOO_LARGE past the limit.
Result<std::string> read_file(const std::filesystem::path& file, std::size_t limit_bytes);

}  // namespace preflight::collector
