// Course: one return as its steps are written: over which hop, by which nodes, and what is known of it.
//
// Views: it lives no longer than what it goes by.
#pragma once

#include <string>
#include <string_view>

#include "readiness/plan/crew.h"
#include "readiness/plan/writer.h"
#include "readiness/way_back/needs.h"
#include "readiness/way_back/steps.h"

namespace preflight::readiness {

struct Course {
    const Going& going;
    const Return& back;
    Writer& writer;

    // Nothing without nodes.
    void add(std::string_view text, const PlanNodes& nodes, std::string where, Fillings more = {}) const;
    // The backup that is there now and restores into the version that is gone back to; nullptr: none is
    // known.
    const Archive* archive() const;
    // The one of these where it lies, or the first; none of none.
    PlanNodes restoring(const PlanNodes& nodes) const;
    // What `gitlab-backup restore` calls it; a word that a person fills in where there is none, or where its
    // name would be more than a word.
    std::string backup() const;
};

// The node has the package's commands, if need be within its container.
bool has_commands(const PlanNode& node);

// "the node" of a site of one, "one node", or `many`.
std::string words_for(const PlanSite& site, const PlanNodes& nodes, std::string_view many);

// Puma and Sidekiq, where gitlab-ctl stops them.
void stop_services(const Course& course, const PlanSite& site);

}  // namespace preflight::readiness
