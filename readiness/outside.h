// Outside: a server beyond GitLab that a node is told to use, as a person calls it.
#pragma once

#include <string>

#include "preflight/v1/package.pb.h"

namespace preflight::readiness {

// "object storage", "LDAP", …; a kind that is not known here is as it comes, clipped.
std::string outside_kind(const v1::ExternalService& service);

// Host, or who provides it and where: "AWS eu-central-1"; "(address not seen)" where nothing says it.
std::string outside_host(const v1::ExternalService& service);

}  // namespace preflight::readiness
