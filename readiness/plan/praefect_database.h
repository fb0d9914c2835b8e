// Praefect database: where Praefect keeps its records, as words of a command that is typed beside it.
#pragma once

#include "readiness/plan/crew.h"
#include "readiness/step_text.h"

namespace preflight::readiness {

struct PraefectDatabase {
    const PlanNode* praefect = nullptr;  // whose configuration tells it; nullptr: the site has no Praefect
    Fillings words;                      // host, port, user, database; in capitals what was not seen
};

PraefectDatabase praefect_database(const PlanSite& site);

}  // namespace preflight::readiness
