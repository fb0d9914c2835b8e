// Identity: which node this is, as all its inspections say.
#pragma once

#include <filesystem>

#include "preflight/v1/inspection.pb.h"

namespace preflight::agent {

// id: the digest of machine id and host name; of the host name or the folder where there is no machine id.
// name: FQDN or host name; of a tree that has neither, its folder's name.
v1::Node identify(const std::filesystem::path& root);

}  // namespace preflight::agent
