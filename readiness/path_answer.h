// Path answer: the way from one version to another, from the knowledge alone: no node is asked.
#pragma once

#include "preflight/v1/knowledge.pb.h"
#include "preflight/v1/path_answer.pb.h"
#include "readiness/version.h"

namespace preflight::readiness {

struct PathQuestion {
    Version from;
    Version target;
    v1::Edition edition = v1::EDITION_UNSPECIFIED;     // that runs; unset: not told
    v1::Edition to_edition = v1::EDITION_UNSPECIFIED;  // unset: as it runs
};

// Every conditional stop on the way is part of it, as an open question. Refused are downgrades, equal
// versions (but for a change of the edition), Enterprise Edition to Community Edition and targets that were
// never released; beyond the knowledge nothing is guessed.
v1::PathAnswer answer(const PathQuestion& question, const v1::Knowledge& knowledge);

}  // namespace preflight::readiness
