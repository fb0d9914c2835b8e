// Window: the steps of one hop while GitLab is down, site by site in the order that GitLab documents.
#pragma once

#include "readiness/plan/undertaking.h"

namespace preflight::readiness {

void write_window(Writer& writer, const Undertaking& work, std::size_t leg);

}  // namespace preflight::readiness
