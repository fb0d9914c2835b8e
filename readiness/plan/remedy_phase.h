// Remedy phase: when a remedy is done: before the window, in it, or behind it.
#pragma once

#include "preflight/v1/report.pb.h"

namespace preflight::readiness {

// Does the command but show something? One that is not known is taken to change what it touches.
bool only_looks(const v1::Command& command);
// May it run the migrations of the version that the node has?
bool may_run_migrations(const v1::Command& command);

// As the knowledge has it; else before the window where nothing is changed, and in it where anything may be.
v1::RemedyPhase::Phase phase_of(const v1::Verdict& verdict);

}  // namespace preflight::readiness
