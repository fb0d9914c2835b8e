#include "readiness/judge.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "readiness/acceptances.h"
#include "readiness/age.h"
#include "readiness/architecture.h"
#include "readiness/catalog.h"
#include "readiness/coverage.h"
#include "readiness/installed.h"
#include "readiness/knowledge.h"
#include "readiness/plan.h"
#include "readiness/route.h"
#include "readiness/support_answers/support_answers.h"
#include "readiness/survey.h"
#include "readiness/verdict.h"
#include "readiness/way_back/way_back.h"

namespace preflight::readiness {
namespace {

// Level first, then the catalog's order; then case and text, so that the order never depends on who reported
// first.
using Place = std::tuple<v1::Level, std::size_t, std::string, std::string>;
using Joined = std::map<Place, v1::Verdict>;

void join(Joined& joined, std::size_t row, v1::Verdict found) {
    const Place place(found.level(), row, found.summary(), found.key());
    const auto [known, is_new] = joined.try_emplace(place, std::move(found));
    if (is_new) return;
    for (auto& node : *found.mutable_nodes()) known->second.add_nodes(std::move(node));
    for (auto& item : *found.mutable_evidence()) *known->second.add_evidence() = std::move(item);
}

const std::string& node_of(const std::string& name) { return name; }
const std::string& node_of(const v1::Evidence& item) { return item.node(); }

auto place_of(const std::string& name) { return std::string_view(name); }
auto place_of(const v1::Evidence& item) {
    const auto& at = item.taken_at();
    return std::tuple<std::string_view, std::string_view, std::string_view, std::int64_t, std::int32_t>(
        item.node(), item.source(), item.what(), at.seconds(), at.nanos());
}

// Sorted, each once. What checks say of one node after the other is mostly so but for the order of each
// node's own; so many are looked at one time only.
template <typename Items>
void tidy(Items& items) {
    const auto begin = items.pointer_begin();
    const auto end = items.pointer_end();
    const auto before = [](const auto* one, const auto* other) { return place_of(*one) < place_of(*other); };
    const auto alike = [](const auto* one, const auto* other) { return place_of(*one) == place_of(*other); };
    bool in_order = true;
    bool each_once = true;
    for (auto own = begin; own != end;) {
        const auto next =
            std::find_if(own, end, [&](const auto* item) { return node_of(*item) != node_of(**own); });
        std::sort(own, next, before);
        in_order = in_order && (own == begin || before(*std::prev(own), *own));
        each_once = each_once && std::adjacent_find(own, next, alike) == next;
        own = next;
    }
    if (in_order && each_once) return;
    if (!in_order) std::sort(begin, end, before);
    items.erase(std::unique(items.begin(), items.end(),
                            [&](const auto& one, const auto& other) { return alike(&one, &other); }),
                items.end());
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
    if (verdict.remedy_phase() == v1::RemedyPhase::PHASE_UNSPECIFIED)
        verdict.set_remedy_phase(advice->phase());
}

void add_verdicts(v1::Report& report, const Fleet& fleet, const Upgrade& upgrade,
                  const v1::Knowledge& knowledge) {
    const auto checks = catalog();
    Joined joined;
    for (std::size_t row = 0; row < checks.size(); ++row) {
        for (auto& found : checks[row].judge(fleet, upgrade, knowledge)) join(joined, row, std::move(found));
    }
    for (auto& [place, verdict] : joined) {
        tidy(*verdict.mutable_nodes());
        tidy(*verdict.mutable_evidence());
        add_texts(verdict, checks[std::get<1>(place)], knowledge);
        *report.add_verdicts() = std::move(verdict);
    }
}

// They are in order, worst first. What a person accepted does not count, but makes nothing ready.
v1::Report::Outcome outcome_of(const v1::Report& report) {
    if (report.nodes().empty() || report.verdicts().empty()) return v1::Report::CANNOT_SAY;
    const auto counts = std::ranges::find_if(
        report.verdicts(), [](const v1::Verdict& verdict) { return verdict.waived_by().empty(); });
    const bool accepted = std::ranges::any_of(
        report.verdicts(), [](const v1::Verdict& verdict) { return !verdict.waived_by().empty(); });
    const auto well = accepted ? v1::Report::READY_WITH_CONDITIONS : v1::Report::READY_TO_UPGRADE;
    if (counts == report.verdicts().end()) return well;
    switch (counts->level()) {
        case v1::BLOCKER:
            return v1::Report::NOT_READY;
        case v1::UNKNOWN:
        case v1::LEVEL_UNSPECIFIED:
            return v1::Report::CANNOT_SAY;
        case v1::WARNING:
            return v1::Report::READY_WITH_CONDITIONS;
        default:
            return well;
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
    const auto gaps = findings_of<&v1::Finding::has_gap, &v1::Finding::gap>(node);
    line.set_gaps(static_cast<std::uint32_t>(std::ranges::distance(gaps)));
    return line;
}

void add_head(v1::Report& report, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    report.set_schema("preflight.v1.Report");
    *report.mutable_generated_at() = upgrade.at;
    report.set_target_version(upgrade.target.text());
    report.set_tool_version(PREFLIGHT_VERSION);
    report.set_knowledge_version(version_text(knowledge));
    report.set_knowledge_horizon(knowledge.newest_known());
}

}  // namespace

v1::Report judge(Fleet&& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    normalise(fleet);
    survey(fleet, upgrade, knowledge);
    v1::Report report;
    add_head(report, upgrade, knowledge);
    if (const auto from = lowest_version(fleet)) {
        report.set_from_version(from->text());
        for (auto& hop : find_route(fleet, upgrade, knowledge).path.hops) *report.add_path() = std::move(hop);
    }
    for (const auto& node : fleet.nodes) *report.add_nodes() = line_of(node);
    for (const auto& endpoint : endpoints_of(fleet, upgrade.external)) {
        *report.add_endpoints() = endpoint.coverage;
    }
    add_verdicts(report, fleet, upgrade, knowledge);
    accept(report, upgrade);
    report.set_outcome(outcome_of(report));
    const auto route = find_route(fleet, upgrade, knowledge);
    *report.mutable_plan() = make_plan(fleet, upgrade, route, report.verdicts(), knowledge);
    *report.mutable_way_back() = make_way_back(fleet, upgrade, route, knowledge, report);
    *report.mutable_support() = support_answers(fleet, upgrade, route, knowledge, report);
    *report.mutable_architecture() = architecture_of(fleet, upgrade);
    fleet.survey.reset();
    return report;
}

v1::Report judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    return judge(Fleet(fleet), upgrade, knowledge);
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
