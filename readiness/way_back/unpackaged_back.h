// Unpackaged back: how GitLab from source, or in pods, comes back: what gitlab-ctl does elsewhere is a
// person's work there.
#pragma once

#include "readiness/way_back/course.h"

namespace preflight::readiness {

// Does none of the nodes that could restore have the package's commands, and is it told what they have
// instead?
bool restores_unpackaged(const PlanSite& site);

// Before the version changes.
void stop_unpackaged(const Course& course, const PlanSite& site);
// A chart that was put back runs as many pods as it says.
void stop_chart(const Course& course, const PlanSite& site);
void configure_unpackaged(const Course& course, const PlanSite& site);
void restore_unpackaged(const Course& course, const PlanSite& site);
void start_unpackaged(const Course& course, const PlanSite& site);
void check_unpackaged(const Course& course, const PlanSite& site);

}  // namespace preflight::readiness
