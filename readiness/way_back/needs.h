// Needs: what a return over one hop needs, and whether it is proved to be there.
#pragma once

#include <vector>

#include "readiness/archives.h"
#include "readiness/route.h"
#include "readiness/way_back/need.h"

namespace preflight::readiness {

struct Return {
    const Fleet& fleet;
    const Upgrade& upgrade;
    const v1::Knowledge& knowledge;
    const v1::Report& told;  // verdicts, and the plan where there is one
    const Archives& archives;
};

// Of the first hop: what is there now. Of a later one nothing can be there yet but packages, room and what
// persons state: its backup is made once the version runs from which it leads.
std::vector<v1::ReturnNeed> needs_of(const Leg& leg, bool first, const Return& back);

}  // namespace preflight::readiness
