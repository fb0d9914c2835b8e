// Asked: conditions for tests, written in the text form of the messages, and what they come to for a fleet.
#pragma once

#include <string>
#include <string_view>

#include "readiness/condition.h"
#include "tests/readiness/fleet_builder.h"
#include "tests/readiness/losses.h"

namespace preflight::readiness {

inline v1::Condition condition(std::string_view text) {
    v1::Condition condition;
    if (!google::protobuf::TextFormat::ParseFromString(std::string(text), &condition))
        throw std::invalid_argument("the test's condition does not parse: " + std::string(text));
    return condition;
}

inline Decided decided(std::string_view text, const Fleet& fleet, const Upgrade& upgrade = to("19.3.0")) {
    return evaluate(condition(text), fleet, upgrade, built_in_knowledge());
}

inline Truth truth(std::string_view text, const Fleet& fleet) { return decided(text, fleet).truth; }

// The texts of the evidence, one a line.
inline std::string evidence_of(const Decided& decided) {
    std::string text;
    for (const auto& evidence : decided.shown.evidence()) text += evidence.what() + "\n";
    return text;
}

inline std::string timed_out(std::string_view probe) {
    return "probes { probe: '" + std::string(probe) + "' outcome: TIMED_OUT } ";
}

// A node with nothing of GitLab on it.
inline FleetNode node_without_gitlab() {
    return node("lb", "findings { probe: 'installation' installation { method: NONE } }");
}

}  // namespace preflight::readiness
