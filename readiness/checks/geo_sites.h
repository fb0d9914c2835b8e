// geo.sites: Is every Geo site in order?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check geo_sites;

}  // namespace preflight::readiness
