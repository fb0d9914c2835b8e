// Window: the steps of one hop while GitLab is down, site by site in the order that GitLab documents.
#pragma once

#include "readiness/plan/remedies.h"
#include "readiness/plan/undertaking.h"

namespace preflight::readiness {

// Of the remedies those that are done in the window.
void write_window(Writer& writer, const Undertaking& work, const Remedies& remedies, std::size_t leg);

}  // namespace preflight::readiness
