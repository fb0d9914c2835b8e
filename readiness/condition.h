// Condition: whether what the knowledge asks of a fleet's findings holds, and how a person would put it.
//
// Not a verdict: what follows from the answer is the check's. "Does not hold" is said only where every probe
// that could have seen the contrary looked to its end; all else that does not hold is unknown.
#pragma once

#include <cstdint>
#include <string>

#include "preflight/v1/condition.pb.h"
#include "readiness/check.h"

namespace preflight::readiness {

struct Leg;
struct Route;

enum class Truth : std::uint8_t { holds, fails, unknown };

struct Decided {
    Truth truth = Truth::unknown;
    // Nodes and evidence that decided it: what was found, or of an unknown, what was not seen. Its other
    // fields are unset.
    v1::Verdict shown;
    // Of an unknown: what only a person can say, as a question; empty: a finding would tell it.
    std::string question;
    // Of an unknown with a question: a finding is lacking besides, so that the person's word alone may not
    // settle it.
    bool unseen = false;
    // Of one that holds or fails: a person's answer is among what decided it.
    bool attested = false;
};

// A hop of the way, as something that is asked before it: the hops before it have changed what runs.
struct BeforeHop {
    const Route& route;
    const Leg& leg;  // of this route
};

// As things stand, or as they will stand when that hop begins.
Decided evaluate(const v1::Condition& condition, const Fleet& fleet, const Upgrade& upgrade,
                 const v1::Knowledge& knowledge, const BeforeHop* before = nullptr);

// "Geo is used and PostgreSQL is below 16": goes after "applies when". Empty for a condition that asks
// nothing.
std::string describe(const v1::Condition& condition);

// Can findings decide it? False where all that it asks is for a person to say, or where without a person's
// word it can never hold.
bool decidable(const v1::Condition& condition);

// What is wrong with it; empty when nothing is.
std::string wrong_in(const v1::Condition& condition);
std::string wrong_in(const v1::VersionInterval& interval);

// The version lies within one of the intervals; no interval at all is none.
bool within(const Version& version, const google::protobuf::RepeatedPtrField<v1::VersionInterval>& intervals);
bool within(const Version& version, const v1::VersionInterval& interval);

}  // namespace preflight::readiness
