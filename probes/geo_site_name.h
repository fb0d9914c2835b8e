// GeoSiteName: by which name a node finds its own site among the rows of geo_nodes.
#pragma once

#include <string>
#include <string_view>

#include "probes/gitlab_yml.h"

namespace preflight::probes {

// geo.node_name of gitlab.yml; empty where it gives none.
std::string configured_site_name(const GitlabYml& yml);

// The instance's URL by gitlab.yml, without a slash at the end; empty where it names no host. Not for a
// finding as it is.
std::string external_url(const GitlabYml& yml);

// What Rails looks for: the configured name, else the instance's URL. Not for a finding as it is.
std::string own_site_name(const GitlabYml& yml);

// Rails looks with and without a slash at the end.
bool is_same_site(std::string_view one, std::string_view other);

// A name is often the site's URL, sometimes a few words: without user information, and empty when it is
// neither.
std::string shown_site_name(std::string_view name);

}  // namespace preflight::probes
