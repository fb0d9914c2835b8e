// ServiceSecrets: what reconfigure wrote of the secrets into the files of services that know nothing of
// Rails: KAS, Pages, the registry, Gitaly and Praefect; of those that run on this node.
//
// Each has the name that it has in gitlab-secrets.json, so that the two can be compared. The values stay in
// this process.
#pragma once

#include <string>

#include "probes/node/node.h"
#include "probes/parsed.h"
#include "probes/secret_values.h"

namespace preflight::probes {

struct ServiceSecret {
    SecretValue value;
    std::string path;       // the file that holds it
    std::string otherwise;  // what it was rendered from where gitlab-secrets.json has no key of its name
    bool optional = false;  // gitlab-secrets.json may lack it: not every version writes it there
};

// A service's configuration that is not there says nothing; a file that it names, and that is not there, is a
// problem.
Parsed<ServiceSecret> service_secrets_of(const Node& node);

// What the registry shows when it tells Rails of an event: it stands in both configurations, and in
// gitlab-secrets.json not at all. The registry may have one for each receiver.
Parsed<ServiceSecret> notification_secrets_of_registry(const Node& node);

}  // namespace preflight::probes
