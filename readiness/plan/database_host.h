// Database host: where the PostgreSQL that takes writes is reached past all that is before it.
#pragma once

#include <string>

#include "preflight/v1/plan.pb.h"
#include "readiness/plan/undertaking.h"

namespace preflight::readiness {

// As a word of a command; empty where it was not seen, listens on another port than usual, or is no plain
// word.
std::string database_host(const PlanSite& site);

// Puts it where the steps say POSTGRESQL_HOST; without one they stay as they are, for a person to fill in. Of
// a cluster only before the first window, whose upgrade hands the lead to another node.
void name_database_host(google::protobuf::RepeatedPtrField<v1::PlanStep>& steps, const PlanSite& site);

}  // namespace preflight::readiness
