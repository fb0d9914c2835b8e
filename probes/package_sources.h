// PackageSources: the repositories that offer GitLab's package, as apt, dnf, yum and zypper are told of them.
#pragma once

#include <string_view>
#include <vector>

#include "preflight/v1/package.pb.h"
#include "probes/node/node.h"
#include "probes/parsed.h"

namespace preflight::probes {

// One-line form (.list): also lines that are commented out, as a system upgrade leaves them.
Parsed<v1::PackageSource> parse_apt_list(std::string_view text, std::string_view source);
// Stanzas (.sources).
Parsed<v1::PackageSource> parse_apt_sources(std::string_view text, std::string_view source);
// Sections (.repo) of dnf, yum and zypper.
Parsed<v1::PackageSource> parse_repo_file(std::string_view text, std::string_view source);

// Of all places where they may be configured.
Parsed<v1::PackageSource> read_package_sources(const Node& node);

}  // namespace preflight::probes
