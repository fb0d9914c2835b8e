// PackageCache: files of GitLab's package that are still on the node: what a way back needs where there is no
// network.
#pragma once

#include <optional>
#include <string_view>

#include "preflight/v1/package.pb.h"
#include "probes/node/node.h"
#include "probes/parsed.h"

namespace preflight::probes {

// "gitlab-ee_19.2.1-ee.0_amd64.deb", "gitlab-ee-19.2.1-ee.0.el9.x86_64.rpm". Nothing for any other name.
std::optional<v1::PackageCache> parse_package_file_name(std::string_view name);

// In the caches of apt, dnf, yum and zypper.
Parsed<v1::PackageCache> read_package_cache(const Node& node);

}  // namespace preflight::probes
