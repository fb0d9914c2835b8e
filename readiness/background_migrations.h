// Background migrations: the batched ones that are unfinished, and when each will have finished.
//
// The check and the plan go by the same forecast. Views into the fleet: they live no longer than it.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/report.pb.h"
#include "readiness/fleet.h"

namespace preflight::readiness {

struct UnfinishedMigration {
    const FleetNode* node = nullptr;  // that looked last
    const v1::Finding* finding = nullptr;
    v1::Level level = v1::LEVEL_UNSPECIFIED;  // BLOCKER: it never ends by itself
    std::string_view key;                     // the check's case
    std::string says;                         // one sentence without a full stop; with `takes` its beginning
    std::string takes;                        // "about 10 hours", from its last look on; empty: not known
    std::optional<std::uint64_t> seconds_left;  // the same
};

// One of each row, in order of database and id; `at` is the report's now.
std::vector<UnfinishedMigration> unfinished_migrations(const Fleet& fleet,
                                                       const google::protobuf::Timestamp& at);

// The whole sentence, with these words for the time that it takes.
std::string sentence_of(const UnfinishedMigration& one, std::string_view takes);

// Who shows that none goes on, for the feature that runs them is off.
struct SwitchedOff {
    const FleetNode* node = nullptr;
    const v1::Finding* finding = nullptr;
};
std::vector<SwitchedOff> migrations_switched_off(const Fleet& fleet);

// Jobs that are left of the kind of background migrations that GitLab had up to 15.0; later versions took
// over what they were for, and may leave their rows. One of each job, in order of database and name.
struct TrackedJobs {
    const FleetNode* node = nullptr;  // that looked last
    const v1::Finding* finding = nullptr;
    bool counts = true;  // the version that runs still waits for them, or was not seen
};
std::vector<TrackedJobs> tracked_jobs(const Fleet& fleet);

// Did any node read the whole table? Else there may be others.
bool migrations_seen(const Fleet& fleet);

}  // namespace preflight::readiness
