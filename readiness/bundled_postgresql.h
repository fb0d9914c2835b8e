// Bundled PostgreSQL: whether the package takes its own server to a newer major version, unasked.
#pragma once

#include "preflight/v1/knowledge.pb.h"
#include "readiness/fleet.h"
#include "readiness/version.h"

namespace preflight::readiness {

// It does so with the server of a single node; not beside Patroni or Geo, nor where it is told not to, by a
// file or by postgresql['version']. What was not seen is taken for no: roles anywhere; on a node with
// PostgreSQL its settings, the files of /etc/gitlab and whether it is of a Geo site.
// /etc/gitlab/skip-auto-reconfigure would keep it from that too, but counts only where the plan's own steps
// lay it: elsewhere the plan takes that file away before the package comes.
bool may_upgrade_postgresql(const Fleet& fleet);

// What the package of `gitlab` brings; nullptr: not known.
const v1::Bundle* postgresql_bundle(const Version& gitlab, const v1::Knowledge& knowledge);

}  // namespace preflight::readiness
