// OriginPatterns: whether what unattended-upgrades is told to upgrade, and to leave alone, takes GitLab's
// package in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace preflight::probes {

enum class Covers { no, perhaps, yes };

// A pattern of Origins-Pattern ("origin=Debian,label=Debian-Security", "site=*.example") or of
// Allowed-Origins ("Ubuntu:jammy"), against the repository that offers GitLab's package. `hosts`: of the
// package sources that offer it. What a mirror calls its origin, label and suites stands in no configuration,
// so that may stay open.
Covers covers_gitlab(std::string_view pattern, const std::vector<std::string>& hosts);

// An entry of Package-Blacklist: a regular expression that is matched at the beginning of a package's name.
// One with more than letters, "." and ".*" and an end is not understood, and excludes nothing here.
// `installed`: "gitlab-ee"; where that is not known (empty) it must match each of GitLab's packages.
bool blacklists_gitlab(std::string_view expression, std::string_view installed);

}  // namespace preflight::probes
