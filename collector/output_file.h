// Output file: a file that appears whole or not at all: written beside its place, then renamed there.
#pragma once

#include <sys/types.h>

#include <filesystem>
#include <string_view>

#include "model/result.h"

namespace preflight::collector {

// With this mode, and where that is allowed with the owner and group of the file in whose place it comes; not
// with those of another's file in a folder where others may write.
// REFUSED where a device, a pipe or a link stands there (/dev/null, /dev/stdout): it would be gone.
Result<void> write_file(const std::filesystem::path& file, std::string_view content, mode_t mode = 0600);

}  // namespace preflight::collector
