// Packages back: is the package of the version that is gone back to on every node that has GitLab from one?
#pragma once

#include "readiness/way_back/need.h"
#include "readiness/way_back/needs.h"

namespace preflight::readiness {

// Of the first hop by what the check says of the running version, as long as that is the one on every node:
// of a fleet between two versions each node's cache is asked for the one that is gone back to.
void say_packages(Need& need, const Leg& leg, bool first, const Return& back);

// Does a node that has GitLab from a package run another version? Then what is said of the running one is not
// said of this one everywhere.
bool runs_another(const Fleet& fleet, const Version& version);

}  // namespace preflight::readiness
