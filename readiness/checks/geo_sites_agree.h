// geo.sites_agree: Do all Geo sites have in common what they must?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check geo_sites_agree;

}  // namespace preflight::readiness
