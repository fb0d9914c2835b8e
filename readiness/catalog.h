// Catalog: all checks, in the order of the report.
#pragma once

#include <span>

#include "readiness/check.h"

namespace preflight::readiness {

std::span<const Check> catalog();

}  // namespace preflight::readiness
