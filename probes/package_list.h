// PackageList: the files of GitLab's package with their digests, as dpkg and rpm tell them.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "probes/node/command.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct ListedFile {
    std::string_view digest;  // in small letters: MD5, or of rpm SHA-256; empty for what is no file
    std::string_view path;    // from the root, without its first "/"
    std::optional<TimePoint> modified_at = std::nullopt;  // that the package gave it; rpm alone tells
};

// A line of dpkg's list, a digest and a path. Nothing for a line of any other form, for a path that climbs
// ("..") and for one that no finding may name.
std::optional<ListedFile> parse_dpkg_file(std::string_view line);

// Asks rpm for the files of GitLab's packages, one in a line: digest (none for folders and links), time,
// path.
Command rpm_files_command(std::uint64_t output_limit_bytes, std::chrono::milliseconds limit);
// The same as above for a line of its answer.
std::optional<ListedFile> parse_rpm_file(std::string_view line);

}  // namespace preflight::probes
