// UnattendedUpgrades: whether the system installs upgrades by itself, and whether GitLab's package is among
// them.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/package.pb.h"
#include "probes/node/node.h"
#include "probes/parsed.h"

namespace preflight::probes {

struct AptConfiguration {
    v1::UnattendedUpgrades upgrades;
    std::vector<std::string> undecided;  // patterns that perhaps cover GitLab, where no other does
};

// What the patterns of the configuration are held against.
struct AptOffer {
    std::string installed;           // "gitlab-ee"; empty when it is not known
    std::vector<std::string> hosts;  // of the package sources that offer GitLab
};

// The texts of apt's configuration in the order of their files: later ones add to earlier ones.
AptConfiguration parse_apt_configuration(const std::vector<std::string>& texts, const AptOffer& offer);

// automatic.conf of dnf and yum-cron.conf of yum; whether they run at all is the caller's to say.
v1::UnattendedUpgrades parse_dnf_automatic(std::string_view text);

// `installed`: the name of GitLab's package here, empty when it is not known.
Parsed<v1::UnattendedUpgrades> read_unattended_upgrades(const Node& node, std::string_view installed);

}  // namespace preflight::probes
