#include "readiness/checks/coverage_nodes.h"

#include <algorithm>
#include <utility>

#include "readiness/age.h"
#include "readiness/node_match.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

struct Cases {
    v1::Verdict stale;
    v1::Verdict never_finished = verdict(v1::UNKNOWN, "never_finished",
                                         "the node is known, but no inspection of it has ever finished");
    v1::Verdict clock =
        verdict(v1::UNKNOWN, "clock",
                "the inspection says it ended later than now: a clock is wrong, so its age is not known");
    v1::Verdict in_progress = verdict(
        v1::NOTE, "in_progress", "a newer inspection has begun and not ended; the one before was judged");
    v1::Verdict ready;
};

void add_time(v1::Verdict& verdict, const FleetNode& node, const google::protobuf::Timestamp& when,
              std::string_view what) {
    about(verdict, node);
    auto& evidence = *verdict.add_evidence();
    evidence.set_node(node_name(node));
    evidence.set_what(std::string(what));
    if (sensible(when)) *evidence.mutable_taken_at() = when;
}

void judge_node(const FleetNode& node, const Upgrade& upgrade, Cases& cases) {
    if (!inspected(node)) return add_time(cases.never_finished, node, node.last_heard, "last heard of");
    if (node.unfinished) add_time(cases.in_progress, node, node.last_heard, "last heard of");
    const auto& ended = node.inspection.finished_at();
    const auto age = age_seconds(upgrade.at, ended);
    if (!age || *age < -clock_tolerance_seconds) return add_time(cases.clock, node, ended, "inspected");
    const bool is_stale = *age > upgrade.inspection_age_limit.count();
    add_time(is_stale ? cases.stale : cases.ready, node, ended, "inspected");
}

Verdicts missing_nodes(const Fleet& fleet, const Upgrade& upgrade) {
    Verdicts verdicts;
    for (const auto& expected : not_there(fleet, upgrade.expected_nodes)) {
        auto missing =
            verdict(v1::UNKNOWN, "missing", "a node that is expected has never reported: " + expected);
        missing.add_nodes(clipped(expected, 255));
        verdicts.push_back(std::move(missing));
    }
    return verdicts;
}

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge&) {
    auto verdicts = missing_nodes(fleet, upgrade);
    if (fleet.nodes.empty()) {
        verdicts.push_back(verdict(v1::UNKNOWN, "none", "no node has reported"));
        return verdicts;
    }
    const auto limit = span_text(upgrade.inspection_age_limit.count());
    Cases cases;
    cases.stale = verdict(v1::UNKNOWN, "stale", "the last inspection is older than " + limit);
    cases.ready = verdict(v1::READY, "reported", "the last inspection is at most " + limit + " old");
    for (const auto& node : fleet.nodes) judge_node(node, upgrade, cases);
    for (auto* found :
         {&cases.never_finished, &cases.stale, &cases.clock, &cases.in_progress, &cases.ready}) {
        keep(verdicts, std::move(*found));
    }
    return verdicts;
}

}  // namespace

constexpr Check coverage_nodes{
    .id = "coverage.nodes",
    .asks = "Has every node reported lately?",
    .judge = judge,
};

}  // namespace preflight::readiness
