// Evidence: a verdict's evidence for reading: what several nodes say alike is told once.
#pragma once

#include <string>
#include <vector>

#include "preflight/v1/report.pb.h"
#include "readiness/render/times.h"

namespace preflight::readiness::render {

struct EvidenceGroup {
    std::string source;              // visible
    std::string what;                // visible
    std::vector<std::string> nodes;  // as the report has them; empty: the instance
    TimeSpan taken;
};

// In the order in which each was met first.
std::vector<EvidenceGroup> grouped_evidence(const v1::Verdict& verdict);

}  // namespace preflight::readiness::render
