// Losses: what a check says of a fleet from which one finding, or the run of one probe, was taken away.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tests/readiness/fleet_builder.h"

namespace preflight::readiness {

// Probes that looked to their end.
inline std::string ran(std::initializer_list<std::string_view> probes) {
    std::string text;
    for (const auto probe : probes)
        text += "probes { probe: '" + std::string(probe) + "' outcome: FINISHED } ";
    return text;
}

// `fields`, and those of `others` that it does not name: a field of one value may stand in a text once.
inline std::string with_others(std::string_view fields,
                               std::initializer_list<std::pair<std::string_view, std::string_view>> others) {
    std::string text(fields);
    for (const auto& [name, value] : others) {
        const auto field = " " + std::string(name) + ": ";
        if ((" " + text).find(field) == std::string::npos) text += field + std::string(value) + " ";
    }
    return text;
}

// Nothing but READY, notes, and what does not apply.
inline bool is_green(const std::vector<v1::Verdict>& verdicts) {
    return std::ranges::none_of(verdicts, [](const v1::Verdict& verdict) {
        return verdict.level() == v1::BLOCKER || verdict.level() == v1::UNKNOWN ||
               verdict.level() == v1::WARNING;
    });
}

inline bool any_finding(const v1::Finding& /*finding*/) { return true; }
// What a node is for decides what is asked of it, and that it reached a server says that there is one; where
// it told of the server's state both are known anyway.
inline bool but_roles(const v1::Finding& finding) { return !finding.has_node_roles(); }
inline bool states(const v1::Finding& finding) { return but_roles(finding) && !finding.has_reach(); }

// Whatever is taken away, the check does not call the fleet ready. `needed`: which findings it must not do
// without.
inline void expect_no_loss_is_green(const Check& check, const Fleet& fleet,
                                    bool (*needed)(const v1::Finding&) = any_finding) {
    for (std::size_t at = 0; at < fleet.nodes.size(); ++at) {
        const auto& whole = fleet.nodes[at].inspection;
        for (int lost = 0; lost < whole.findings_size(); ++lost) {
            if (!needed(whole.findings(lost))) continue;
            auto less = fleet;
            less.nodes[at].inspection.mutable_findings()->DeleteSubrange(lost, 1);
            EXPECT_FALSE(is_green(judged(check, less))) << whole.findings(lost).ShortDebugString();
        }
        for (int lost = 0; lost < whole.probes_size(); ++lost) {
            auto less = fleet;
            less.nodes[at].inspection.mutable_probes()->DeleteSubrange(lost, 1);
            EXPECT_FALSE(is_green(judged(check, less))) << whole.probes(lost).ShortDebugString();
        }
    }
}

}  // namespace preflight::readiness
