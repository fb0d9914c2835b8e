// Redis roles: which Redis nodes of a site hold a master: they are done behind its replicas.
#pragma once

#include "readiness/plan/crew.h"

namespace preflight::readiness {

// Sets PlanNode::redis_master. By what Redis nodes and Sentinels tell of them; one that is said to be both is
// taken for neither.
void find_redis_masters(PlanSite& site);

}  // namespace preflight::readiness
