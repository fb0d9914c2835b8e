#include "readiness/zero_downtime.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "readiness/attestations.h"
#include "readiness/plan/undertaking.h"
#include "readiness/servers.h"
#include "readiness/site_serving.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Role = v1::NodeRoles;
using Conditions = std::vector<ServingCondition>;

// The released minor that comes next after this one.
std::optional<Version> next_minor(const Version& version, const v1::Knowledge& knowledge) {
    std::optional<Version> next;
    for (const auto& release : knowledge.releases()) {
        const auto minor = parse_version(release.minor());
        if (minor && *minor > version.minor_release() && (!next || *minor < *next)) next = minor;
    }
    return next;
}

void judge_hops(const Route& route, const v1::Knowledge& knowledge, Conditions& conditions) {
    std::vector<std::string> hops;
    hops.reserve(route.legs.size());
    bool skips = false;
    for (const auto& leg : route.legs) {
        hops.push_back(leg_text(leg));
        const auto next = next_minor(leg.from, knowledge);
        if (!next || leg.to.minor_release() <= *next) continue;
        skips = true;
        conditions.push_back(
            {Standing::unmet,
             "the hop " + leg_text(leg) + " passes over a minor version, and only one at a time may be taken",
             {}});
    }
    if (!skips) conditions.push_back({Standing::met, "no hop passes over a minor version", listed(hops)});
}

// Was the major version of every PostgreSQL in use seen? One that was not may have to leave it.
bool all_told(const Servers& servers) {
    return !servers.untold && servers.unheard.empty() &&
           std::ranges::all_of(servers.found, [](const Server& server) {
               return parse_server_version(server.version).has_value();
           });
}

void judge_databases(const std::vector<DatabaseUpgrade>& databases, const Servers& servers,
                     Conditions& conditions) {
    std::vector<std::string> majors;
    majors.reserve(databases.size());
    for (const auto& one : databases) majors.push_back(one.to);
    if (!databases.empty()) {
        conditions.push_back({Standing::unmet, "PostgreSQL comes to another major version on the way",
                              "to PostgreSQL " + listed(majors)});
    } else if (!all_told(servers)) {
        conditions.push_back({Standing::unseen, "not every PostgreSQL told its version", {}});
    } else {
        conditions.push_back({Standing::met, "PostgreSQL stays on its major version", {}});
    }
}

// Until text indexes are rebuilt nobody may write.
void judge_moves(const Serving& serving, Conditions& conditions) {
    for (const auto& hop : serving.route.path.hops) {
        for (const auto& move : hop.moves()) {
            const auto holds = [&](const PlanNode* node) {
                return node->database && std::ranges::find(move.nodes(), node->name) != move.nodes().end();
            };
            if (!move.rebuild() || std::ranges::none_of(all_nodes(serving.crew), holds)) continue;
            conditions.push_back({Standing::unmet,
                                  "PostgreSQL's system moves to another on the way, and its text indexes are "
                                  "rebuilt while GitLab is stopped",
                                  "from " + move.system()});
        }
    }
}

void judge_nodes(const Crew& crew, Conditions& conditions) {
    if (!crew.open.empty())
        conditions.push_back({Standing::unseen, "not every node told what it is", listed_first(crew.open)});
    auto others = all_nodes(crew);
    std::erase_if(others,
                  [](const PlanNode* node) { return node->method() == v1::Installation::LINUX_PACKAGE; });
    if (others.empty()) {
        conditions.push_back({Standing::met, "every node has GitLab from a Linux package", {}});
    } else {
        conditions.push_back(
            {Standing::unmet, "not every node has GitLab from a Linux package", clipped_names(others)});
    }
}

// Behind the last hop every node of the other edition gets that package, with GitLab down.
void judge_edition(const Fleet& fleet, const Upgrade& upgrade, Conditions& conditions) {
    if (!changes_edition(fleet, upgrade.edition)) return;
    const auto all = installations(fleet);
    const bool seen = std::ranges::any_of(all, [&](const Installed& installed) {
        const auto edition = installed.what->edition();
        return edition != v1::EDITION_UNSPECIFIED && edition != upgrade.edition;
    });
    if (seen) {
        conditions.push_back({Standing::unmet, "the edition changes: Rails stops everywhere",
                              "to " + v1::Edition_Name(upgrade.edition)});
    } else {
        conditions.push_back({Standing::unseen, "not every node told its edition", {}});
    }
}

// What no finding tells, and whose word would settle it.
void ask(std::string_view statement, const std::string& met, const std::string& open, const Upgrade& upgrade,
         Conditions& conditions) {
    if (const auto* word = attested(upgrade, statement)) {
        conditions.push_back({Standing::met, met, attestation_text(*word)});
    } else {
        conditions.push_back({Standing::for_person, open, {}});
    }
}

void ask_persons(const Crew& crew, const Upgrade& upgrade, Conditions& conditions) {
    ask("load_balancers_drain_nodes", "the load balancers take a node out as soon as it is not ready",
        "whether the load balancers take a node out as soon as it is not ready (/-/readiness), no finding "
        "tells",
        upgrade, conditions);
    const bool cluster = std::ranges::any_of(
        crew.sites, [](const PlanSite& site) { return !site.single() && site.has(Role::PRAEFECT); });
    if (!cluster) return;
    ask("praefect_database_has_stand_in", "Praefect's own database has a stand-in",
        "whether Praefect's own database has a stand-in, no finding tells", upgrade, conditions);
}

}  // namespace

std::vector<ServingCondition> serving_conditions(const Fleet& fleet, const Upgrade& upgrade,
                                                 const Serving& serving, const v1::Knowledge& knowledge) {
    const auto& crew = serving.crew;
    Conditions conditions;
    judge_hops(serving.route, knowledge, conditions);
    judge_databases(serving.databases, servers_of(v1::ServerIs::POSTGRESQL, fleet, upgrade), conditions);
    judge_moves(serving, conditions);
    for (const auto& site : crew.sites) judge_site(site, conditions);
    judge_nodes(crew, conditions);
    judge_edition(fleet, upgrade, conditions);
    // Where every site is one node there is none to take over, and nothing to ask.
    if (!crew.single()) ask_persons(crew, upgrade, conditions);
    return conditions;
}

std::vector<ServingCondition> standing_so(const std::vector<ServingCondition>& conditions,
                                          Standing standing) {
    Conditions found;
    std::ranges::copy_if(conditions, std::back_inserter(found),
                         [standing](const ServingCondition& one) { return one.standing == standing; });
    return found;
}

}  // namespace preflight::readiness
