// backups: which backups of the application and of the configuration lie here, and what is scheduled.
#pragma once

#include "probes/probe.h"

namespace preflight::probes {

extern const Probe backups;

}  // namespace preflight::probes
