// disk.room: Is there room for every step of the upgrade?
#pragma once

#include "readiness/check.h"

namespace preflight::readiness {

extern const Check disk_room;

}  // namespace preflight::readiness
