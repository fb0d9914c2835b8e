// certificates.expiry: Does any certificate end before or soon after the upgrade?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check certificates_expiry;

}  // namespace preflight::readiness
