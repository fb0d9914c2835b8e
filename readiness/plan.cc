#include "readiness/plan.h"

#include <algorithm>
#include <set>
#include <utility>

#include "readiness/plan/around.h"
#include "readiness/plan/background_wait.h"
#include "readiness/plan/database_host.h"
#include "readiness/plan/edition_steps.h"
#include "readiness/plan/remedies.h"
#include "readiness/plan/rolling.h"
#include "readiness/plan/system_steps.h"
#include "readiness/plan/undertaking.h"
#include "readiness/plan/window.h"
#include "readiness/verdict.h"
#include "readiness/zero_downtime.h"

namespace preflight::readiness {
namespace {

constexpr std::string_view rails_key = "gitlab_rails['auto_migrate']";
constexpr std::string_view praefect_key = "praefect['auto_migrate']";

std::vector<SiteWork> works_of(const Crew& crew) {
    std::vector<SiteWork> works;
    for (const auto& site : crew.sites) {
        const auto rails = site.at(Place::rails);
        auto application = rails;
        const auto sidekiq = site.at(Place::sidekiq);
        application.insert(application.end(), sidekiq.begin(), sidekiq.end());
        const auto praefects = site.at(Place::praefect);
        works.push_back({&site, choose_migrating(rails, application, rails_key),
                         choose_migrating(praefects, praefects, praefect_key)});
    }
    return works;
}

void add_open(v1::Plan& plan, const std::string& point) {
    if (std::ranges::find(plan.open(), point) == plan.open().end()) plan.add_open(point);
}

void add_no_path(v1::Plan& plan, const Route& route, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    const auto target = upgrade.target.text();
    if (!route.from) return add_open(plan, "No node's version of GitLab was seen: there is no path to plan");
    switch (route.path.kind) {
        case Path::Kind::downgrade:
            return add_open(plan, "GitLab " + route.from->text() + " runs, which is above the target " +
                                      target + ": the way there is a restore, not an upgrade");
        case Path::Kind::beyond_knowledge:
            return add_open(plan, "The knowledge ends with GitLab " + knowledge.newest_known() +
                                      ": what lies on the way to " + target + " is not known");
        case Path::Kind::below_knowledge:
            return add_open(plan, "The stops that GitLab " + route.from->text() + " needs are not known");
        case Path::Kind::never_released:
            return add_open(plan, "GitLab " + target + " was never released: there is nothing to install");
        default:
            return add_open(plan, "The knowledge has no release GitLab " + target);
    }
}

void add_unknowns(v1::Plan& plan, const ReportVerdicts& verdicts) {
    for (const auto& verdict : verdicts) {
        if (verdict.level() != v1::UNKNOWN) continue;
        auto point = verdict.title() + ": " + verdict.summary();
        const std::vector<std::string> nodes(verdict.nodes().begin(), verdict.nodes().end());
        if (!nodes.empty()) point += " (" + clipped(listed_first(nodes, 5)) + ")";
        add_open(plan, point);
    }
}

void add_stops(v1::Plan& plan, const Route& route) {
    for (const auto& open : route.conditional) {
        if (open.decided.truth != Truth::unknown) continue;
        add_open(plan, "The stop " + open.stop->minor() +
                           " is in this plan because it is not proved needless: " + open.stop->condition());
    }
}

void add_unseen_settings(v1::Plan& plan, const Undertaking& work) {
    std::set<std::string> names;
    for (const auto& of : work.sites) {
        // One node alone migrates whatever its settings say.
        if (of.site->single()) continue;
        for (const auto* unseen : {&of.rails.unseen, &of.praefect.unseen}) {
            for (const auto* node : *unseen) {
                // Pods take their settings from the chart.
                if (node->method() != v1::Installation::CLOUD_NATIVE) names.insert(clipped_name(*node));
            }
        }
    }
    if (names.empty()) return;
    add_open(plan,
             "Whether " + listed_first({names.begin(), names.end()}) +
                 " may change the database (auto_migrate) was not seen: exactly one node of a site may");
}

void add_unseen_leaders(v1::Plan& plan, const Crew& crew) {
    for (const auto& site : crew.sites) {
        if (!site.has(v1::NodeRoles::PATRONI) || main_database(site) != nullptr) continue;
        add_open(plan, "Which Patroni node leads" +
                           (site.name.empty() ? "" : " on the site " + clipped(site.name, 80)) +
                           " was not seen: the leader is always the last to be upgraded");
    }
}

void add_unseen_masters(v1::Plan& plan, const Crew& crew) {
    for (const auto& site : crew.sites) {
        const auto nodes = site.at(Place::redis);
        if (nodes.size() < 2 || !site.has(v1::NodeRoles::SENTINEL) || nodes.back()->redis_master) continue;
        add_open(plan, "Which Redis node holds the master" +
                           (site.name.empty() ? "" : " on the site " + clipped(site.name, 80)) +
                           " was not seen: it is upgraded behind its replicas");
    }
}

void add_unseen_rails(v1::Plan& plan, const Undertaking& work) {
    if (work.primary().rails.node == nullptr)
        add_open(plan, "No Rails node is in this plan: on which node the database is changed is not known");
}

// Is the database behind PgBouncer? Where it was not seen that is said, and the plan goes without.
bool past_pgbouncer(v1::Plan& plan, const Fleet& fleet, const Upgrade& upgrade,
                    const v1::Knowledge& knowledge) {
    v1::Condition asked;
    asked.mutable_through_pgbouncer();
    const auto truth = evaluate(asked, fleet, upgrade, knowledge).truth;
    if (truth == Truth::unknown)
        add_open(
            plan,
            "Whether Rails reaches its database through PgBouncer was not seen: migrations must go past it");
    return truth == Truth::holds;
}

// Where its use was not seen the check of its migrations says so.
bool uses_search(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    v1::Condition asked;
    asked.mutable_uses()->add_kinds("elasticsearch");
    return evaluate(asked, fleet, upgrade, knowledge).truth == Truth::holds;
}

// Without downtime only where that was asked for and nothing speaks against it.
v1::Plan::Manner manner_of(v1::Plan& plan, const Undertaking& work, const Fleet& fleet,
                           const Upgrade& upgrade) {
    const auto usual = work.crew.single() ? v1::Plan::SINGLE_NODE : v1::Plan::WITH_DOWNTIME;
    if (!upgrade.without_downtime) return usual;
    const auto conditions =
        serving_conditions(fleet, upgrade, {work.crew, work.route, work.databases}, work.knowledge);
    bool against = false;
    for (const auto& one : conditions) {
        if (one.standing != Standing::unmet && one.standing != Standing::unseen) continue;
        against = true;
        add_open(plan, "Planned with downtime, though none was wanted: " + one.says);
    }
    if (against) return usual;
    for (const auto& one : standing_so(conditions, Standing::for_person))
        add_open(plan, "For a person to confirm: " + one.says);
    return v1::Plan::ZERO_DOWNTIME;
}

void write_hop(Writer& writer, Crew& crew, const Undertaking& work, const Remedies& remedies,
               std::size_t at) {
    writer.begin(&work.leg(at), v1::PlanStep::BEFORE_WINDOW);
    remedies.write(writer, at, v1::RemedyPhase::BEFORE_WINDOW);
    write_preparations(writer, work, at);
    remedies.write(writer, at, v1::RemedyPhase::AFTER_BACKUP);
    write_system_moves(writer, work, at);
    follow_moves(crew, work.route.path.hops, at, work.edition, work.knowledge);
    if (work.manner == v1::Plan::ZERO_DOWNTIME) {
        write_rolling(writer, work, remedies, at);
    } else {
        write_window(writer, work, remedies, at);
    }
    if (work.last(at)) {
        writer.begin(nullptr, v1::PlanStep::AFTER);
    } else {
        writer.begin(&work.leg(at), v1::PlanStep::BETWEEN_HOPS);
    }
    remedies.write(writer, at, v1::RemedyPhase::BETWEEN_HOPS);
    if (!work.last(at)) write_between(writer, work, at);
}

void add_unknown_packages(v1::Plan& plan, const Writer& writer) {
    const std::set<std::string> unknown(writer.unknown_packages().begin(), writer.unknown_packages().end());
    if (unknown.empty()) return;
    add_open(plan, "With which words the package is installed on " +
                       listed_first({unknown.begin(), unknown.end()}) +
                       " is not known: its system, its package or its image was not seen, or the system "
                       "that it moves to is still to be chosen");
}

// The version stays, and with it everything that hops are for.
void write_edition_alone(v1::Plan& plan, const Undertaking& work, const Version& version) {
    Writer writer(work.knowledge, plan);
    writer.begin(nullptr, v1::PlanStep::BEFORE_WINDOW);
    back_up(writer, work, version);
    writer.begin(nullptr, v1::PlanStep::AFTER);
    write_edition_change(writer, work, version);
    writer.person("inspect_again");
    name_database_host(*plan.mutable_steps(), *work.primary().site);
    add_unknown_packages(plan, writer);
}

void write_steps(v1::Plan& plan, Crew& crew, const Undertaking& work, const Remedies& remedies) {
    Writer writer(work.knowledge, plan);
    writer.begin(nullptr, v1::PlanStep::BEFORE_WINDOW);
    remedies.write(writer, {}, v1::RemedyPhase::BEFORE_WINDOW);
    write_readings(writer, work);
    for (std::size_t at = 0; at < work.route.legs.size(); ++at) write_hop(writer, crew, work, remedies, at);
    write_after(writer, work);
    name_database_host(*plan.mutable_steps(), *work.primary().site);
    remedies.name_own(plan);
    remedies.say_open(plan);
    add_unknown_packages(plan, writer);
}

// From Community Edition to Enterprise Edition there is a way, and no other.
void add_edition_open(v1::Plan& plan, const Fleet& fleet, const Crew& crew, const Upgrade& upgrade) {
    if (!changes_edition(fleet, upgrade.edition)) return;
    if (upgrade.edition != v1::EE)
        return add_open(plan, "The edition is to become " + v1::Edition_Name(upgrade.edition) +
                                  ": every step installs the edition that runs, and none of them changes it");
    std::vector<std::string> unseen;
    for (const auto* node : all_nodes(crew)) {
        if (node->installed.what->edition() == v1::EDITION_UNSPECIFIED) unseen.push_back(clipped_name(*node));
    }
    if (!unseen.empty())
        add_open(plan, "Whether " + listed_first(unseen) +
                           " must become Enterprise Edition was not seen: no step changes the edition there");
}

bool becomes_enterprise(const Crew& crew, const Upgrade& upgrade) {
    const auto nodes = all_nodes(crew);
    return upgrade.edition == v1::EE && std::ranges::any_of(nodes, [](const PlanNode* node) {
               return node->installed.what->edition() == v1::CE;
           });
}

}  // namespace

v1::Plan make_plan(const Fleet& fleet, const Upgrade& upgrade, const Route& route,
                   const ReportVerdicts& verdicts, const v1::Knowledge& knowledge) {
    v1::Plan plan;
    if (!is_known(route)) {
        add_no_path(plan, route, upgrade, knowledge);
        return plan;
    }
    auto crew = crew_of(fleet, upgrade.expected_nodes);
    plan.set_geo(crew.geo);
    if (!route.legs.empty() && crew.has_primary()) {
        Undertaking work{crew, route, knowledge, works_of(crew), {}, false, plan.manner()};
        work.databases = database_upgrades(fleet, upgrade, route, knowledge, crew.open);
        work.past_pgbouncer = past_pgbouncer(plan, fleet, upgrade, knowledge);
        work.background = wait_for_background(fleet, upgrade);
        work.to_enterprise = becomes_enterprise(crew, upgrade);
        work.edition = upgrade.edition;
        work.searches = uses_search(fleet, upgrade, knowledge);
        work.manner = manner_of(plan, work, fleet, upgrade);
        plan.set_manner(work.manner);
        write_steps(plan, crew, work, Remedies(verdicts, work));
        add_unseen_settings(plan, work);
        add_unseen_leaders(plan, crew);
        add_unseen_masters(plan, crew);
        add_unseen_rails(plan, work);
    } else if (route.from && crew.has_primary() && becomes_enterprise(crew, upgrade)) {
        Undertaking work{crew, route, knowledge, works_of(crew), {}, false, plan.manner()};
        work.past_pgbouncer = past_pgbouncer(plan, fleet, upgrade, knowledge);
        plan.set_manner(crew.single() ? v1::Plan::SINGLE_NODE : v1::Plan::WITH_DOWNTIME);
        write_edition_alone(plan, work, *route.from);
    }
    add_edition_open(plan, fleet, crew, upgrade);
    for (const auto& point : crew.open) add_open(plan, point);
    add_stops(plan, route);
    add_unknowns(plan, verdicts);
    return plan;
}

}  // namespace preflight::readiness
