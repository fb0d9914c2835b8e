#include "readiness/judge.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "readiness/age.h"
#include "readiness/catalog.h"
#include "readiness/coverage.h"
#include "readiness/installed.h"
#include "readiness/route.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

// Level first, then the catalog's order; then case and text, so that the order never depends on who reported
// first.
using Place = std::tuple<v1::Level, std::size_t, std::string, std::string>;
using Joined = std::map<Place, v1::Verdict>;

void join(Joined& joined, std::size_t row, v1::Verdict found) {
    const Place place(found.level(), row, found.summary(), found.key());
    const auto [known, is_new] = joined.try_emplace(place, found);
    if (is_new) return;
    known->second.mutable_nodes()->MergeFrom(found.nodes());
    known->second.mutable_evidence()->MergeFrom(found.evidence());
}

// Sorted, each once.
void tidy(v1::Verdict& verdict) {
    const std::set<std::string> nodes(verdict.nodes().begin(), verdict.nodes().end());
    verdict.mutable_nodes()->Clear();
    verdict.mutable_nodes()->Add(nodes.begin(), nodes.end());
    using Key = std::tuple<std::string, std::string, std::string, std::int64_t, std::int32_t>;
    std::map<Key, v1::Evidence> evidence;
    for (const auto& item : verdict.evidence()) {
        evidence.try_emplace(
            {item.node(), item.source(), item.what(), item.taken_at().seconds(), item.taken_at().nanos()},
            item);
    }
    verdict.mutable_evidence()->Clear();
    for (auto& [key, item] : evidence) *verdict.add_evidence() = std::move(item);
}

void add_texts(v1::Verdict& verdict, const Check& check, const v1::Knowledge& knowledge) {
    verdict.set_check(std::string(check.id));
    verdict.set_title(std::string(check.asks));
    const auto text = std::ranges::find(knowledge.checks(), check.id, &v1::CheckText::id);
    if (text == knowledge.checks().end()) return;
    verdict.set_title(text->title());
    if (verdict.links().empty()) *verdict.mutable_links() = text->links();
    const auto advice = std::ranges::find(text->advice(), verdict.key(), &v1::Advice::key);
    const bool advises = verdict.level() != v1::READY && verdict.level() != v1::NOT_APPLICABLE;
    if (!advises || advice == text->advice().end()) return;
    // What a check says of one case itself (a known issue, a removed setting) is closer than what is said of
    // all.
    if (verdict.consequence().empty()) verdict.set_consequence(advice->consequence());
    if (verdict.remedy().empty()) verdict.set_remedy(advice->remedy());
    if (verdict.commands().empty()) *verdict.mutable_commands() = advice->commands();
    if (!verdict.has_verify() && advice->has_verify()) *verdict.mutable_verify() = advice->verify();
}

void add_verdicts(v1::Report& report, const Fleet& fleet, const Upgrade& upgrade,
                  const v1::Knowledge& knowledge) {
    const auto checks = catalog();
    Joined joined;
    for (std::size_t row = 0; row < checks.size(); ++row) {
        for (auto& found : checks[row].judge(fleet, upgrade, knowledge)) join(joined, row, std::move(found));
    }
    for (auto& [place, verdict] : joined) {
        tidy(verdict);
        add_texts(verdict, checks[std::get<1>(place)], knowledge);
        *report.add_verdicts() = std::move(verdict);
    }
}

v1::Report::Outcome outcome_of(const v1::Report& report) {
    // They are in order, worst first.
    if (report.verdicts().empty()) return v1::Report::CANNOT_SAY;
    switch (report.verdicts(0).level()) {
        case v1::BLOCKER:
            return report.nodes().empty() ? v1::Report::CANNOT_SAY : v1::Report::NOT_READY;
        case v1::UNKNOWN:
        case v1::LEVEL_UNSPECIFIED:
            return v1::Report::CANNOT_SAY;
        case v1::WARNING:
            return v1::Report::READY_WITH_CONDITIONS;
        default:
            return v1::Report::READY_TO_UPGRADE;
    }
}

void add_roles(v1::ReportNode& line, const FleetNode& node) {
    std::set<int> roles;
    for (const auto& [found, finding] :
         findings_of<&v1::Finding::has_node_roles, &v1::Finding::node_roles>(node)) {
        roles.insert(found->roles().begin(), found->roles().end());
    }
    for (const auto role : roles) {
        if (const auto name = role_name(role); !name.empty()) line.add_roles(std::string(name));
    }
}

v1::ReportNode line_of(const FleetNode& node) {
    v1::ReportNode line;
    line.set_name(node_name(node));
    line.set_id(clipped(node.inspection.node().id(), 80));
    add_roles(line, node);
    for (const auto& installed : installations(node)) {
        if (!installed.version) continue;
        line.set_version(installed.version->text());
        line.set_edition(installed.what->edition());
        break;
    }
    for (const auto& [system, finding] :
         findings_of<&v1::Finding::has_operating_system, &v1::Finding::operating_system>(node)) {
        line.set_operating_system(clipped(
            system->pretty_name().empty() ? system->id() + " " + system->version_id() : system->pretty_name(),
            120));
        break;
    }
    if (inspected(node) && sensible(node.inspection.finished_at())) {
        *line.mutable_inspected_at() = node.inspection.finished_at();
    }
    const auto gaps = std::ranges::count_if(node.inspection.findings(), &v1::Finding::has_gap);
    line.set_gaps(static_cast<std::uint32_t>(gaps));
    return line;
}

void add_head(v1::Report& report, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    report.set_schema("preflight.v1.Report");
    *report.mutable_generated_at() = upgrade.at;
    report.set_target_version(upgrade.target.text());
    report.set_tool_version(PREFLIGHT_VERSION);
    report.set_knowledge_version(knowledge.version());
    report.set_knowledge_horizon(knowledge.newest_known());
}

}  // namespace

v1::Report judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    auto ordered = fleet;
    normalise(ordered);
    v1::Report report;
    add_head(report, upgrade, knowledge);
    if (const auto from = lowest_version(ordered)) {
        report.set_from_version(from->text());
        for (auto& hop : find_route(ordered, upgrade, knowledge).path.hops)
            *report.add_path() = std::move(hop);
    }
    for (const auto& node : ordered.nodes) *report.add_nodes() = line_of(node);
    for (auto& endpoint : endpoints_of(ordered, upgrade.external)) {
        *report.add_endpoints() = std::move(endpoint.coverage);
    }
    add_verdicts(report, ordered, upgrade, knowledge);
    report.set_outcome(outcome_of(report));
    return report;
}

int exit_status(v1::Report::Outcome outcome) {
    switch (outcome) {
        case v1::Report::READY_TO_UPGRADE:
            return 0;
        case v1::Report::READY_WITH_CONDITIONS:
            return 1;
        case v1::Report::NOT_READY:
            return 2;
        default:
            return 3;
    }
}

}  // namespace preflight::readiness
