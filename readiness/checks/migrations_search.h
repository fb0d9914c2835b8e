// migrations.search: Are the migrations of advanced search finished?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check migrations_search;

}  // namespace preflight::readiness
