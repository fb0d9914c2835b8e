// UnattendedUpgrades: whether the system installs upgrades by itself, and whether GitLab's package is among
// them.
#pragma once

#include <string_view>
#include <vector>

#include "preflight/v1/package.pb.h"
#include "probes/node/node.h"
#include "probes/parsed.h"

namespace preflight::probes {

// The texts of apt's configuration in the order of their files: later ones add to earlier ones.
v1::UnattendedUpgrades parse_apt_configuration(const std::vector<std::string>& texts);

// automatic.conf of dnf and yum-cron.conf of yum; whether they run at all is the caller's to say.
v1::UnattendedUpgrades parse_dnf_automatic(std::string_view text);

Parsed<v1::UnattendedUpgrades> read_unattended_upgrades(const Node& node);

}  // namespace preflight::probes
