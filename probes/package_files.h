// PackageFiles: which files of GitLab's package are not as it brought them, by the package manager's digests.
//
// Of code alone that people patch: Rails, the cookbooks, gitlab-shell and gitlab-ctl. An upgrade takes such a
// patch away. Only what changed after the package was unpacked is read.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>

#include "probes/package_list.h"
#include "probes/probe.h"

namespace preflight::probes {

// Where the look ends, and says so.
struct PackageFilesLimits {
    std::uint64_t list_bytes = 32ULL * 1024 * 1024;
    std::size_t files = 200'000;   // that are looked at
    std::size_t files_read = 500;  // of these, and their bytes together
    std::uint64_t bytes_read = 64ULL * 1024 * 1024;
    std::chrono::milliseconds time{2000};
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();
};

// One finding, and a gap for each limit that was met and for what could not be seen. Nothing where neither
// dpkg nor rpm knows a package of GitLab's.
void look_at_package_files(const Node& node, const PackageFilesLimits& limits, Findings& out);

// The same for what rpm answered to rpm_files_command().
void look_at_rpm_files(const Node& node, std::string_view answer, const PackageFilesLimits& limits,
                       Findings& out);

// Whether the file was touched after its package was unpacked, when dpkg wrote `list`, the package's list of
// files, last of all. dpkg gives a file the time of its archive, while its change of status is the
// unpacking's.
bool changed_since(const FileStatus& file, const FileStatus& list);

}  // namespace preflight::probes
