// Geo back: what the secondary sites of Geo do while the primary goes back, and after it.
#pragma once

#include "readiness/way_back/course.h"

namespace preflight::readiness {

// Before the primary changes: the site works on nothing and keeps the data that it has.
void hold_secondary(const Course& course, const PlanSite& site);

// Once the primary is checked and the site has its version of before: it copies again.
void resume_secondary(const Course& course, const PlanSite& site);

}  // namespace preflight::readiness
