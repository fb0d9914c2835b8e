// Restore back: the backup of before takes the place of what the hop has changed, and everything runs again.
#pragma once

#include "readiness/condition.h"
#include "readiness/way_back/course.h"

namespace preflight::readiness {

// Does Rails reach its database through PgBouncer? A restore must not.
Truth through_pgbouncer(const Return& back);

// The Rails node that restores and checks: where the archive lies; else any that has the commands.
PlanNodes restoring(const Course& course, const PlanSite& site);

void restore(const Course& course, const PlanSite& site);

PlanNodes praefects_of(const PlanSite& site);

}  // namespace preflight::readiness
