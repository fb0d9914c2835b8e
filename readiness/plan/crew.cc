#include "readiness/plan/crew.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "readiness/node_match.h"
#include "readiness/plan/crew_sites.h"
#include "readiness/plan/redis_roles.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Role = v1::NodeRoles;

struct Row {
    Role::Role role;
    Place place;
};

// The last place first.
constexpr std::array<Row, 15> places{{
    {Role::RAILS, Place::rails},
    {Role::SIDEKIQ, Place::sidekiq},
    {Role::REDIS, Place::redis},
    {Role::SENTINEL, Place::redis},
    {Role::PGBOUNCER, Place::pgbouncer},
    {Role::PATRONI, Place::postgresql},
    {Role::POSTGRESQL, Place::postgresql},
    {Role::PRAEFECT, Place::praefect},
    {Role::GITALY, Place::gitaly},
    {Role::CONSUL, Place::consul},
    {Role::REGISTRY, Place::other},
    {Role::PAGES, Place::other},
    {Role::KAS, Place::other},
    {Role::MONITORING, Place::monitoring},
    {Role::LOAD_BALANCER, Place::other},
}};

// Its Consul says that it is but an agent of the cluster's.
bool is_consul_client(const FleetNode& node) {
    const auto told = findings_of<&v1::Finding::has_consul_cluster, &v1::Finding::consul_cluster>(node);
    return !told.empty() &&
           std::ranges::none_of(told, [](const auto& entry) { return entry.first->server(); });
}

Place place_of(const FleetNode& node) {
    for (const auto& row : places) {
        if (!has_role(node, row.role)) continue;
        const bool passes = row.place == Place::consul && has_role(node, Role::MONITORING);
        if (!passes || !is_consul_client(node)) return row.place;
    }
    return Place::other;
}

const v1::OperatingSystem* system_of(const FleetNode& node) {
    const auto found = findings_of<&v1::Finding::has_operating_system, &v1::Finding::operating_system>(node);
    return found.empty() ? nullptr : found.front().first;
}

bool marked(const FleetNode& node, std::string_view file) {
    const auto found = findings_of<&v1::Finding::has_marker_file, &v1::Finding::marker_file>(node);
    return std::ranges::any_of(found,
                               [file](const auto& entry) { return entry.first->path().ends_with(file); });
}

PlanNode plan_node(const FleetNode& node, const Installed& installed) {
    PlanNode made;
    made.node = &node;
    made.name = node_name(node);
    made.place = place_of(node);
    made.installed = installed;
    made.way = package_way(*installed.what, system_of(node));
    made.patroni = has_role(node, Role::PATRONI);
    made.database = made.patroni || has_role(node, Role::POSTGRESQL);
    made.application = runs_application(node);
    made.consul = has_role(node, Role::CONSUL) && !is_consul_client(node);
    made.skips_reconfigure = marked(node, "/skip-auto-reconfigure");
    return made;
}

std::string words_of(const PlanNode& node) {
    const auto& way = node.way;
    const auto& what = *node.installed.what;
    return std::to_string(what.method()) + "/" + std::to_string(static_cast<int>(way.manager)) + "/" +
           way.package + "/" + way.edition + "/" + way.build + "/" + what.architecture() + "/" +
           std::to_string(what.edition()) + "/" + std::to_string(static_cast<int>(what.fips())) + "/" +
           what.held_by();
}

void number_kinds(Crew& crew) {
    std::map<std::string, int> kinds;
    for (auto& site : crew.sites) {
        for (auto& node : site.nodes)
            node.kind = kinds.try_emplace(words_of(node), static_cast<int>(kinds.size())).first->second;
    }
}

// Why the node has no place in the plan; empty: it has one.
std::string lacking(const FleetNode& node) {
    if (!inspected(node)) return "no inspection of it has finished";
    const auto found = installations(node);
    if (found.empty()) return "whether it has GitLab was not seen";
    if (!found.front().version) return "its version of GitLab was not seen";
    return roles_seen(node) ? "" : "what runs on it was not seen";
}

using Named = std::map<std::string, std::vector<std::string>>;

void say(const Named& lacks, std::vector<std::string>& open) {
    for (const auto& [why, names] : lacks) {
        open.push_back(listed_first(names) + (names.size() == 1 ? " has" : " have") +
                       " no step in this plan: " + why);
    }
}

void say_missing(const Fleet& fleet, const std::vector<std::string>& expected,
                 std::vector<std::string>& open) {
    std::vector<std::string> missing;
    for (const auto& name : not_there(fleet, expected)) missing.push_back(clipped(name, 80));
    if (!missing.empty()) say({{"nobody reports from there", missing}}, open);
}

// Of the members that a node tells, the one that leads: by the name that the member's own node has for it, or
// by its address.
bool is_member(const PlanNode& node, const v1::PatroniCluster& cluster,
               const v1::PatroniCluster::Member& member) {
    const auto own = findings_of<&v1::Finding::has_patroni_member, &v1::Finding::patroni_member>(*node.node);
    const bool named = std::ranges::any_of(own, [&](const auto& entry) {
        return entry.first->name() == member.name() && entry.first->scope() == cluster.scope();
    });
    return named || (own.empty() && goes_by(*node.node, split_address(member.address(), 0).host));
}

bool is_leader(const v1::PatroniCluster::Member& member) {
    return member.role() == "leader" || member.role() == "standby_leader" || member.role() == "master";
}

void find_leaders(PlanSite& site) {
    for (const auto& teller : site.nodes) {
        if (!teller.patroni) continue;
        for (const auto& [cluster, finding] :
             findings_of<&v1::Finding::has_patroni_cluster, &v1::Finding::patroni_cluster>(*teller.node)) {
            for (const auto& member : cluster->members()) {
                if (!is_leader(member)) continue;
                const auto [host, port] = split_address(member.address(), 5432);
                for (auto& node : site.nodes) {
                    if (!node.patroni || !is_member(node, *cluster, member)) continue;
                    node.leads = true;
                    if (port == 5432) node.database_host = host;
                }
            }
        }
    }
}

// Two that are said to lead: nobody knows which.
void settle_leaders(PlanSite& site) {
    find_leaders(site);
    if (std::ranges::count_if(site.nodes, &PlanNode::leads) < 2) return;
    for (auto& node : site.nodes) node.leads = false;
}

void name_sites(Crew& crew) {
    std::ranges::sort(crew.sites, {},
                      [](const PlanSite& site) { return std::pair(site.secondary, site.name); });
    int secondaries = 0;
    int primaries = 0;
    for (auto& site : crew.sites) {
        site.whole = crew.open.empty();
        const int number = site.secondary ? ++secondaries : ++primaries;
        site.key = site.secondary ? "secondary-" + std::to_string(number)
                                  : (number == 1 ? "primary" : "primary-" + std::to_string(number));
        settle_leaders(site);
        find_redis_masters(site);
    }
    if (crew.geo && primaries != 1)
        crew.open.push_back(primaries == 0 ? "no node of Geo's primary site is in this plan"
                                           : "more than one site is said to be Geo's primary");
}

}  // namespace

std::string_view place_name(Place place) {
    switch (place) {
        case Place::consul:
            return "Consul";
        case Place::gitaly:
            return "Gitaly";
        case Place::praefect:
            return "Praefect";
        case Place::postgresql:
            return "PostgreSQL";
        case Place::pgbouncer:
            return "PgBouncer";
        case Place::redis:
            return "Redis";
        case Place::rails:
            return "Rails";
        case Place::sidekiq:
            return "Sidekiq";
        case Place::monitoring:
            return "monitoring";
        case Place::other:
            break;
    }
    return "other";
}

PlanNodes PlanSite::at(Place place) const {
    auto nodes = chosen(*this, [place](const PlanNode& node) { return node.place == place; });
    if (place == Place::redis) std::ranges::stable_sort(nodes, {}, &PlanNode::redis_master);
    if (place == Place::pgbouncer) std::ranges::stable_sort(nodes, {}, &PlanNode::leads);
    return nodes;
}

bool PlanSite::has(v1::NodeRoles::Role role) const {
    return std::ranges::any_of(nodes, [role](const PlanNode& node) { return has_role(*node.node, role); });
}

bool Crew::single() const { return std::ranges::all_of(sites, &PlanSite::single); }

bool Crew::has_primary() const {
    return std::ranges::count_if(sites, [](const PlanSite& site) { return !site.secondary; }) == 1;
}

bool changes_edition(const Fleet& fleet, v1::Edition wanted) {
    const auto all = installations(fleet);
    return wanted != v1::EDITION_UNSPECIFIED &&
           std::ranges::any_of(
               all, [wanted](const Installed& installed) { return installed.what->edition() != wanted; });
}

Crew crew_of(const Fleet& fleet, const std::vector<std::string>& expected) {
    Crew crew;
    const auto sites = sites_by_node(fleet);
    crew.geo = sites.geo;
    std::map<std::pair<bool, std::string>, PlanSite> by_name;
    Named lacks;
    for (std::size_t at = 0; at < fleet.nodes.size(); ++at) {
        const auto& node = fleet.nodes[at];
        if (without_gitlab(node)) continue;
        const auto& of = sites.of[at];
        auto why = lacking(node);
        if (why.empty() && crew.geo && !of.known) why = "of which Geo site it is was not seen";
        if (!why.empty()) {
            lacks[why].push_back(clipped(node_name(node), 80));
            continue;
        }
        auto& site = by_name[{of.secondary, of.name}];
        site.name = of.name;
        site.secondary = of.secondary;
        site.nodes.push_back(plan_node(node, installations(node).front()));
    }
    for (auto& [name, site] : by_name) crew.sites.push_back(std::move(site));
    say(lacks, crew.open);
    say_missing(fleet, expected, crew.open);
    name_sites(crew);
    number_kinds(crew);
    return crew;
}

}  // namespace preflight::readiness
