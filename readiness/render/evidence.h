// Evidence: what a claim rests on, for reading: what several nodes say alike is told once.
#pragma once

#include <google/protobuf/repeated_field.h>

#include <string>
#include <vector>

#include "preflight/v1/evidence.pb.h"
#include "readiness/render/times.h"

namespace preflight::readiness::render {

using EvidenceList = google::protobuf::RepeatedPtrField<v1::Evidence>;

struct EvidenceGroup {
    std::string source;              // visible
    std::string what;                // visible
    std::vector<std::string> nodes;  // as the report has them; empty: the instance
    TimeSpan taken;
};

// In the order in which each was met first.
std::vector<EvidenceGroup> grouped_evidence(const EvidenceList& evidence);

// The sources alone, each once, and when: "dpkg status, /etc/os-release; 2026-11-04 07:00 UTC". Visible;
// empty where neither is known. Sources that take more than `width` columns are counted.
std::string sources_words(const EvidenceList& evidence, int width);

}  // namespace preflight::readiness::render
