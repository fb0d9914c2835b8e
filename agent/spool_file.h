// Spool file: the system calls that the spool needs of a file, each done to its end or with the reason why
// not.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>

#include "model/result.h"

namespace preflight::agent {

// The Problem of errno, met at `path`.
Problem errno_problem(const std::filesystem::path& path);

Result<void> write_all(int descriptor, std::string_view bytes, const std::filesystem::path& path);

// The bytes from `begin` up to `end`; fewer when the file is shorter.
Result<std::string> read_range(int descriptor, std::uint64_t begin, std::uint64_t end,
                               const std::filesystem::path& path);

// That a file was made in the folder is on disk when this returns.
void sync_folder(const std::filesystem::path& folder);

}  // namespace preflight::agent
