// CLibrary: the version of the node's C library (glibc), never of the agent's own, which is linked into it.
//
// PostgreSQL's text indexes hang on it: a node whose glibc jumps past 2.28 needs them rebuilt.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"
#include "probes/dpkg_status.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct CLibrary {
    std::string path;     // the file that said so
    std::string version;  // "2.36"
};

// By the package database if it knows, else by the name that libc.so.6 leads to, else by the text within it.
Result<CLibrary> read_c_library(const Node& node, const std::optional<DpkgPackage>& package);

// "2.36-9+deb12u4" → "2.36"; also with an epoch before it. Empty when it is no version.
std::string upstream_version(std::string_view package_version);
// "libc-2.17.so" → "2.17".
std::optional<std::string> version_in_file_name(std::string_view name);
// "GNU C Library (GNU libc) stable release version 2.36." anywhere in the bytes.
std::optional<std::string> version_in_library(std::string_view bytes);

}  // namespace preflight::probes
