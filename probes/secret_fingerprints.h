// SecretFingerprints: the part of the `secrets` probe that lets nodes be compared: fingerprints of the
// secrets and of Gitaly's tokens, where the inspection brought a key for them; of host keys, which are
// public; and, with or without a key, whether what was rendered for the services is what the file of secrets
// holds.
#pragma once

#include "probes/gitlab_yml.h"
#include "probes/probe.h"

namespace preflight::probes {

// That gitlab-secrets.json itself cannot be read is not reported here: the probe has done so.
// `yml` is what the node's gitlab.yml gave.
void look_at_fingerprints(const Node& node, const Result<GitlabYml>& yml, const Asked& asked, Findings& out);

}  // namespace preflight::probes
