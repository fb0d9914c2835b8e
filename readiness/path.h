// Path: the hops from the running version to the target over the required stops.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/knowledge.pb.h"
#include "preflight/v1/report.pb.h"
#include "readiness/version.h"

namespace preflight::readiness {

struct Path {
    enum class Kind {
        found,
        already_there,  // no hops
        downgrade,
        beyond_knowledge,  // the target is newer than the knowledge's horizon
        below_knowledge,   // the running version is older than the first known stop
        beyond_patch,      // the target's patch is newer than the newest known of its minor; hops are told
        no_such_release,   // the target's minor lies within the knowledge, which does not have it (18.12)
        never_released,    // a patch that the change log names, and that nobody can install (19.0.7)
    };
    Kind kind = Kind::found;
    std::vector<v1::Hop> hops;               // in order; the last is the target
    std::optional<Version> target_at_least;  // lowest patch of the target's minor that may serve as a stop
};

// Every stop strictly above the running minor and below the target minor, each at its newest known patch,
// then the target (which is itself marked as a stop where its minor is one). The running minor's own stop is
// taken too when the running patch is below what may serve as the stop. Where no patch of a minor is known,
// the hop names the minor. Conditional stops are taken, but for those that `dropped` says are proved not to
// be needed. Beyond the knowledge's horizon the rule X.2, X.5, X.8, X.11 is NOT guessed: kind says so.
using Dropped = std::function<bool(const v1::Stop&)>;
Path find_path(const Version& from, const Version& target, const v1::Knowledge& knowledge,
               const Dropped& dropped = {});

// Would the way go over this stop, were its condition to hold or were it to have none?
bool lies_on_way(const v1::Stop& stop, const Version& from, const Version& target);

// Why there is no way to tell, or not the whole of it, as half a sentence; empty for the kinds that can be
// judged.
std::string unknown_way(Path::Kind kind, const Version& from, const Version& target,
                        const v1::Knowledge& knowledge);

// What a person asks for: "19.2.4", "19.2" (its newest known patch; where none is known, its first),
// "latest". Nothing for any other text.
std::optional<Version> asked_target(std::string_view text, const v1::Knowledge& knowledge);

// What a target without a patch ("19.2") means. Nothing where the knowledge does not have that minor.
std::optional<Version> newest_patch(const Version& minor, const v1::Knowledge& knowledge);

// Does the knowledge say of this very version that there has never been one?
bool never_released(const Version& version, const v1::Knowledge& knowledge);

}  // namespace preflight::readiness
