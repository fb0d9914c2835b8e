// Check: a pure function that judges the fleet's findings for one upgrade with the knowledge.
//
// No clock, no I/O, no order dependence: the same input gives the same verdicts. A check that lacks a finding
// says UNKNOWN and names the gap; one that found all well says READY; one that has nothing to judge says
// NOT_APPLICABLE and why. It always says something.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/acceptance.pb.h"
#include "preflight/v1/knowledge.pb.h"
#include "preflight/v1/report.pb.h"
#include "readiness/fleet.h"
#include "readiness/version.h"

namespace preflight::readiness {

struct Upgrade {
    Version target;
    v1::Edition edition = v1::EDITION_UNSPECIFIED;  // to become; unset: as it is
    google::protobuf::Timestamp at;                 // the report's now
    std::chrono::seconds backup_age_limit{24 * 3600};
    std::chrono::seconds inspection_age_limit{24 * 3600};  // older is stale
    std::vector<std::string> external;  // "host:port" or "host" of services that are known to be external
    std::vector<std::string> expected_nodes;  // names that must report
    bool without_downtime = false;            // how it is planned
    v1::Acceptances acceptances;              // what persons answer for
};

struct Check {
    std::string_view id;    // stable for ever: waivers and diffs hang on it
    std::string_view asks;  // the question, as an administrator would ask it
    std::vector<v1::Verdict> (*judge)(const Fleet&, const Upgrade&, const v1::Knowledge&);
};

}  // namespace preflight::readiness
