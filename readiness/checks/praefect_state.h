// praefect.state: Are all replicas behind Praefect whole?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check praefect_state;

}  // namespace preflight::readiness
