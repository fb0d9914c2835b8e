#include "readiness/way_back/way_back.h"

#include <algorithm>
#include <utility>

#include "readiness/archives.h"
#include "readiness/plan/database_host.h"
#include "readiness/plan/system_steps.h"
#include "readiness/step_text.h"
#include "readiness/verdict.h"
#include "readiness/way_back/needs.h"
#include "readiness/way_back/restore_back.h"
#include "readiness/way_back/steps.h"

namespace preflight::readiness {
namespace {

// In the window: what is copied anew beside it is lost to nobody.
const v1::PlanStep* point_in(const v1::Plan& plan, const Leg& leg) {
    const auto step = std::ranges::find_if(plan.steps(), [&](const v1::PlanStep& one) {
        return one.to() == leg.to.text() && one.phase() == v1::PlanStep::IN_WINDOW &&
               one.reversal() == v1::PlanStep::RESTORE_ONLY;
    });
    return step == plan.steps().end() ? nullptr : &*step;
}

void add_point(v1::HopBack& hop, const Leg& leg, const Return& back) {
    Fillings fillings{{"version", {leg.to.text()}}, {"from", {leg.from.text()}}};
    const auto* step = point_in(back.told.plan(), leg);
    if (step == nullptr) {
        hop.set_point_of_no_return(written("back_point_unplanned", fillings, back.knowledge).title());
        return;
    }
    const std::vector<std::string> nodes(step->nodes().begin(), step->nodes().end());
    fillings["step"] = {step->title()};
    fillings["nodes"] = {nodes.empty() ? "no node" : listed_first(nodes, 5)};
    hop.set_point_step(step->id());
    hop.set_point_of_no_return(written("back_point", fillings, back.knowledge).title());
}

std::string why_no_hop(const Fleet& fleet, const Route& route) {
    if (fleet.nodes.empty()) return "No node has reported, so nothing can be said of a way back.";
    if (!route.from) return "No version of GitLab was seen, so nothing can be said of a way back.";
    if (route.path.kind == Path::Kind::already_there)
        return "The target runs already: there is no hop to come back from.";
    if (route.path.kind == Path::Kind::downgrade)
        return "The target is below what runs: to go there is itself a way back, and takes a restore.";
    return "The way to the target is not known, so nothing can be said of a way back.";
}

void add_notes(v1::WayBack& way, const Crew& crew, const Return& back) {
    const auto& knowledge = back.knowledge;
    for (const auto* note : {"back_note_backup", "back_note_snapshots"})
        way.add_notes(written(note, {}, knowledge).title());
    const bool cluster = std::ranges::any_of(
        crew.sites, [](const PlanSite& site) { return site.has(v1::NodeRoles::PRAEFECT); });
    if (cluster) way.add_notes(written("back_note_praefect", {}, knowledge).title());
    if (crew.geo) way.add_notes(written("back_note_geo", {}, knowledge).title());
    if (changes_edition(back.fleet, back.upgrade.edition))
        way.add_notes(written("back_note_edition", {}, knowledge).title());
    if (through_pgbouncer(back) == Truth::unknown)
        way.add_notes(written("back_note_pgbouncer", {}, knowledge).title());
    for (const auto& open : crew.open) way.add_notes(open);
}

}  // namespace

v1::WayBack make_way_back(const Fleet& fleet, const Upgrade& upgrade, const Route& route,
                          const v1::Knowledge& knowledge, const v1::Report& told) {
    v1::WayBack way;
    if (route.legs.empty()) {
        way.add_notes(why_no_hop(fleet, route));
        return way;
    }
    const auto archives = archives_of(fleet);
    const Return back{fleet, upgrade, knowledge, told, archives};
    auto crew = crew_of(fleet);
    std::vector<std::string> open;  // the plan tells it
    const auto databases = database_upgrades(fleet, upgrade, route, knowledge, open);
    for (std::size_t at = 0; at < route.legs.size(); ++at) {
        const auto& leg = route.legs[at];
        auto& hop = *way.add_hops();
        hop.set_from(leg.from.text());
        hop.set_to(leg.to.text());
        add_point(hop, leg, back);
        follow_moves(crew, route.path.hops, at, upgrade.edition, knowledge);
        for (auto& need : needs_of(leg, at == 0, back)) *hop.add_needs() = std::move(need);
        const auto database = std::ranges::find_if(databases, [at](const DatabaseUpgrade& one) {
            return one.leg == at && one.how == DatabaseUpgrade::How::by_itself;
        });
        const Going going{leg, at == 0, database == databases.end() ? nullptr : &*database};
        for (auto& step : return_steps(going, crew, back)) *hop.add_steps() = std::move(step);
        if (crew.has_primary()) name_database_host(*hop.mutable_steps(), crew.sites.front());
    }
    add_notes(way, crew, back);
    return way;
}

}  // namespace preflight::readiness
