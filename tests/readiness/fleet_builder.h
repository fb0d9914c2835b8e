// Fleet builder: fleets for tests, written in the text form of the messages. Invented hosts, real formats.
#pragma once

#include <gmock/gmock.h>
#include <google/protobuf/text_format.h>

#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "model/clock.h"
#include "readiness/check.h"
#include "readiness/knowledge.h"

namespace preflight::readiness {

inline google::protobuf::Timestamp time_of(std::string_view iso8601) { return from_iso8601(iso8601).value(); }

// The now of every test's report.
constexpr std::string_view report_time = "2026-08-21T12:00:00Z";

// An upgrade to `target`, judged at report_time.
inline Upgrade to(std::string_view target) {
    return Upgrade{.target = parse_target(target).value(), .at = time_of(report_time)};
}

// "{at 2026-08-21T02:00:00Z}" becomes the fields of that timestamp.
inline std::string with_times(std::string text) {
    for (auto start = text.find("{at "); start != std::string::npos; start = text.find("{at ", start)) {
        const auto end = text.find('}', start);
        const auto seconds = time_of(text.substr(start + 4, end - start - 4)).seconds();
        text.replace(start, end - start + 1, "{ seconds: " + std::to_string(seconds) + " }");
    }
    return text;
}

// A node inspected one hour before the report by a probe that finished. `inspection` adds to that, or
// replaces it.
inline FleetNode node(std::string_view name, std::string_view inspection) {
    FleetNode node;
    const auto text =
        "node { id: 'id-" + std::string(name) + "' name: '" + std::string(name) +
        "' } finished_at {at 2026-08-21T11:00:00Z} probes { probe: 'system' outcome: FINISHED }";
    google::protobuf::TextFormat::ParseFromString(with_times(text), &node.inspection);
    v1::Inspection more;
    if (!google::protobuf::TextFormat::ParseFromString(with_times(std::string(inspection)), &more)) {
        throw std::invalid_argument("the test's text of node " + std::string(name) + " does not parse");
    }
    if (!more.probes().empty()) node.inspection.clear_probes();
    node.inspection.MergeFrom(more);
    return node;
}

// A node of which the collector knows only that it is there.
inline FleetNode silent_node(std::string_view name) {
    auto silent = node(name, "");
    silent.inspection.clear_finished_at();
    silent.inspection.clear_probes();
    return silent;
}

inline Fleet fleet_of(std::vector<FleetNode> nodes) { return Fleet{std::move(nodes)}; }

// What runs on most nodes of the tests.
inline std::string installed(std::string_view version,
                             std::string_view more = "edition: EE package_state: INSTALLED") {
    return "findings { probe: 'installation' source: '/opt/gitlab/version-manifest.json' installation {"
           " method: LINUX_PACKAGE package_name: 'gitlab-ee' architecture: 'amd64' version: '" +
           std::string(version) + "' " + std::string(more) + " } } ";
}

inline std::string roles(std::string_view names) {
    return "findings { probe: 'services' node_roles { roles: [" + std::string(names) + "] } } ";
}

inline std::string runs_on(std::string_view id, std::string_view version,
                           std::string_view architecture = "x86_64", std::string_view glibc = "") {
    return "findings { probe: 'system' source: '/etc/os-release' operating_system { id: '" + std::string(id) +
           "' version_id: '" + std::string(version) + "' architecture: '" + std::string(architecture) +
           "' glibc: '" + std::string(glibc) + "' } } ";
}

inline std::string gap(std::string_view probe, std::string_view fields) {
    return "findings { probe: '" + std::string(probe) + "' source: '/etc/gitlab/x' gap { " +
           std::string(fields) + " } } ";
}

inline std::vector<v1::Verdict> judged(const Check& check, const Fleet& fleet,
                                       const Upgrade& upgrade = to("19.3.0")) {
    return check.judge(fleet, upgrade, built_in_knowledge());
}

MATCHER_P2(says, level, key, "") { return arg.level() == level && arg.key() == std::string_view(key); }

MATCHER_P(on, names, "") {
    const std::vector<std::string> nodes(arg.nodes().begin(), arg.nodes().end());
    return nodes == std::vector<std::string>(names);
}

MATCHER_P(mentions, text, "") { return arg.summary().find(text) != std::string::npos; }

}  // namespace preflight::readiness
