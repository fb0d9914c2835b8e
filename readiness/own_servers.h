// Own servers: what the package makes of its own servers on the way, without being asked.
#pragma once

#include <optional>

#include "preflight/v1/condition.pb.h"
#include "preflight/v1/knowledge.pb.h"
#include "readiness/route.h"
#include "readiness/servers.h"

namespace preflight::readiness {

// What the package of this version brings of it; nullptr: not known, or nothing.
const v1::Bundle* bundle_of(v1::ServerIs::Component component, const Version& gitlab,
                            const v1::Knowledge& knowledge);

// Does the package of this version bring the component anew, so that nobody has to upgrade it? Not of
// PostgreSQL, whose major stays with its data.
bool brings_its_own(v1::ServerIs::Component component, const Version& gitlab, const v1::Knowledge& knowledge);

// To which major of its own server the packages before this leg have upgraded it, where nothing keeps them
// from it; nothing: none of them does. Its minor is the highest.
std::optional<Version> upgraded_before(v1::ServerIs::Component component, const Leg& leg, const Route& route,
                                       const v1::Knowledge& knowledge);

// Which versions of one component count when a hop begins: of the package's own servers what the hops before
// it have left.
class VersionsBefore {
  public:
    VersionsBefore(v1::ServerIs::Component component, const BeforeHop& hop, const Fleet& fleet,
                   const v1::Knowledge& knowledge);
    // Nothing where the server does not tell its version. The package brings whatever minor of its PostgreSQL
    // it needs, so of that only the major counts.
    std::optional<Version> of(const Server& server) const;

  private:
    v1::ServerIs::Component component_;
    std::optional<Version> left_;  // by the hops before; nothing: what runs now
};

}  // namespace preflight::readiness
