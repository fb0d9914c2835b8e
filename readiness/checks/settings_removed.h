// settings.removed: Does gitlab.rb set what a version on the way no longer takes?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check settings_removed;

}  // namespace preflight::readiness
