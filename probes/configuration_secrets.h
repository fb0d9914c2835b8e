// ConfigurationSecrets: whether the gitlab-secrets.json within a backup of the configuration says the same as
// the live one: by canonical value, in memory; nothing of it leaves, so that this needs no key.
#pragma once

#include "model/result.h"
#include "model/secret.h"
#include "preflight/v1/finding.pb.h"
#include "probes/node/node.h"
#include "probes/tar.h"

namespace preflight::probes {

// `member` is that file within the archive. Unspecified, with the problem, when one of them cannot be read.
Result<v1::ConfigurationBackup::SecretsEqual> compare_secrets(const Node& node, const TarBytes& read,
                                                              const TarMember& member,
                                                              std::string_view archive);

}  // namespace preflight::probes
