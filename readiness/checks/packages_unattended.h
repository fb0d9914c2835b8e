// packages.unattended: Could the package be upgraded unasked?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check packages_unattended;

}  // namespace preflight::readiness
