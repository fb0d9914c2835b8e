#include "readiness/zero_downtime.h"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>

#include "readiness/attestations.h"
#include "readiness/plan/undertaking.h"
#include "readiness/servers.h"
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

std::string names_of(const PlanNodes& nodes) {
    std::vector<std::string> names;
    names.reserve(nodes.size());
    for (const auto* node : nodes) names.push_back(clipped_name(*node));
    return listed_first(names);
}

// The conditions of one site.
class SiteJudging {
  public:
    SiteJudging(const PlanSite& site, Conditions& conditions)
        : site_(site),
          of_(site.name.empty() ? "" : " of the site " + clipped(site.name, 80)),
          conditions_(conditions) {}

    void judge() {
        if (site_.single()) {
            say(Standing::unmet, "a single node" + of_ + " is down while it is upgraded",
                names_of(site_.at(site_.nodes.front().place)));
            return;
        }
        need(count(Role::RAILS) >= 2, "fewer than two Rails nodes" + of_ + " were seen",
             "one Rails node" + of_ + " serves while another is upgraded", "Rails", Role::RAILS);
        if (!databases_of(site_).empty())
            need(count(Role::PATRONI) >= 2, "nobody takes over from the PostgreSQL" + of_,
                 "Patroni gives the PostgreSQL" + of_ + " another leader", "Patroni", Role::PATRONI);
        judge_redis();
        judge_consul();
        if (count(Role::PRAEFECT) > 0)
            need(count(Role::PRAEFECT) > 1, "there is one Praefect" + of_,
                 "there is more than one Praefect" + of_, "Praefect", Role::PRAEFECT);
        if (count(Role::GITALY) > 0)
            say(Standing::met, "Gitaly" + of_ + " takes the new version by a reload, in a cluster or not",
                shown("Gitaly", Role::GITALY));
        if (count(Role::PGBOUNCER) == 1)
            say(Standing::for_person,
                "whether GitLab" + of_ + " bears the restart of its only PgBouncer, no finding tells",
                shown("PgBouncer", Role::PGBOUNCER));
    }

  private:
    PlanNodes with(Role::Role role) const {
        return chosen(site_, [role](const PlanNode& node) { return has_role(*node.node, role); });
    }
    std::size_t count(Role::Role role) const { return with(role).size(); }

    std::string shown(std::string_view name, Role::Role role) const {
        const auto nodes = with(role);
        return nodes.empty() ? std::string() : std::string(name) + " on " + names_of(nodes);
    }

    void say(Standing standing, const std::string& says, const std::string& shown_by) {
        conditions_.push_back({standing, says, shown_by});
    }

    // A stand-in that was not seen may be on a node that was left out.
    void need(bool holds, const std::string& against, const std::string& met, std::string_view name,
              Role::Role role) {
        const auto lacking = site_.whole ? Standing::unmet : Standing::unseen;
        say(holds ? Standing::met : lacking, holds ? met : against, shown(name, role));
    }

    // As many as one Sentinel knows for one master, itself included; 0: none told.
    std::size_t sentinels_told() const {
        int most = 0;
        for (const auto& node : site_.nodes) {
            for (const auto& [status, finding] :
                 findings_of<&v1::Finding::has_sentinel_status, &v1::Finding::sentinel_status>(*node.node)) {
                for (const auto& master : status->masters())
                    most = std::max(most, master.sentinels_size() + 1);
            }
        }
        return static_cast<std::size_t>(most);
    }

    // Sentinels agree by majority, as Consul's servers do; others than those of the roles may be elsewhere.
    void judge_redis() {
        if (count(Role::REDIS) == 0) return;
        const auto told = sentinels_told();
        const auto sentinels = std::max(told, count(Role::SENTINEL));
        if (count(Role::REDIS) > 1 && (sentinels == 1 || sentinels == 2)) {
            say(told > 0 && site_.whole ? Standing::unmet : Standing::unseen,
                "fewer than three Sentinels" + of_ + " were seen, and they agree by majority",
                shown("Sentinel", Role::SENTINEL));
            return;
        }
        need(count(Role::REDIS) > 1 && sentinels > 0, "nobody takes over from the Redis" + of_,
             "Sentinels give the Redis" + of_ + " another master", "Redis", Role::REDIS);
    }

    // Its servers agree by majority: of one or two none can be spared.
    void judge_consul() {
        const auto nodes = with(Role::CONSUL);
        int servers = 0;
        for (const auto* node : nodes) {
            for (const auto& [cluster, finding] :
                 findings_of<&v1::Finding::has_consul_cluster, &v1::Finding::consul_cluster>(*node->node))
                servers = std::max(servers, cluster->peers_size());
        }
        if (nodes.size() > 1 && (servers == 1 || servers == 2)) {
            say(Standing::unmet,
                "Consul" + of_ + " loses its majority without " +
                    (servers == 1 ? "its only server" : "one of its two servers"),
                shown("Consul", Role::CONSUL));
        } else if (nodes.size() > 1 && servers == 0) {
            say(Standing::unseen, "how many servers Consul" + of_ + " has was not seen",
                shown("Consul", Role::CONSUL));
        } else if (!nodes.empty()) {
            need(nodes.size() > 1, "Consul" + of_ + " has one server",
                 "Consul" + of_ + " has more than one node", "Consul", Role::CONSUL);
        }
    }

    const PlanSite& site_;
    std::string of_;
    Conditions& conditions_;
};

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
            {Standing::unmet, "not every node has GitLab from a Linux package", names_of(others)});
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
    for (const auto& site : crew.sites) SiteJudging(site, conditions).judge();
    judge_nodes(crew, conditions);
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
