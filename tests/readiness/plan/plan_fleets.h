// Plan fleets: fleets whose plans the tests read, and those plans as lines.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "readiness/plan.h"
#include "tests/readiness/losses.h"

namespace preflight::readiness {

using Lines = std::vector<std::string>;
using Phase = v1::PlanStep;

inline std::string no_geo() { return "findings { probe: 'geo' geo_role { role: NOT_CONFIGURED } } "; }

inline std::string geo_site(std::string_view role, std::string_view name) {
    return "findings { probe: 'geo' geo_role { role: " + std::string(role) + " site_name: '" +
           std::string(name) + "' } } ";
}

inline std::string goes_by(std::string_view address) {
    return "findings { probe: 'system' host { addresses: '" + std::string(address) + "' } } ";
}

inline std::string uses_gitaly(std::string_view host) {
    return "findings { probe: 'endpoints' gitaly_endpoint { storage: 'default' address: 'tcp://" +
           std::string(host) + ":8075' host: '" + std::string(host) + "' port: 8075 placement: REMOTE } } ";
}

inline std::string migrates(std::string_view value, std::string_view of = "gitlab_rails") {
    return "findings { probe: 'settings' setting { key: \"" + std::string(of) +
           "['auto_migrate']\" value: '" + std::string(value) + "' state: LITERAL origin: ATTRIBUTES } } ";
}

inline std::string sees_all() { return ran({"settings", "postgres", "services", "geo", "endpoints"}); }

// A PostgreSQL as a node sees it at this address; all see the same cluster.
inline std::string uses_postgresql(std::string_view version, std::string_view address) {
    return "findings { probe: 'postgres' postgres_instance { address: '" + std::string(address) +
           "' uses: 'rails main' role: PRIMARY system_identifier: '7301' version: '" + std::string(version) +
           "' } } ";
}

// The package's own.
inline std::string runs_postgresql(std::string_view version) {
    return uses_postgresql(version, "/var/opt/gitlab/postgresql/.s.PGSQL.5432");
}

// A server of Consul that knows so many, itself included.
inline std::string with_consul_servers(int count) {
    std::string peers;
    for (int at = 1; at <= count; ++at) peers += "peers: '10.8.0." + std::to_string(at) + ":8300' ";
    return "findings { probe: 'consul' consul_cluster { server: true " + peers + "} } ";
}

// A Sentinel that knows so many, itself included, and whose master has this.
inline std::string with_sentinels(int count, std::string_view more = "replicas: '10.9.0.98:6379' ") {
    std::string others;
    for (int at = 1; at < count; ++at) others += "sentinels: '10.9.0." + std::to_string(at) + ":26379' ";
    return "findings { probe: 'redis' sentinel_status { masters { address: '10.9.0.99:6379' " + others +
           std::string(more) + "} } } ";
}

// A node of the package on Ubuntu 24.04 that tells all that a plan asks.
inline FleetNode member(std::string_view name, std::string_view version, std::string_view with_roles,
                        const std::string& more = no_geo()) {
    return node(name,
                installed(version) + runs_on("ubuntu", "24.04") + roles(with_roles) + sees_all() + more);
}

inline FleetNode single_node(std::string_view version, std::string_view postgresql = "17.10") {
    return member("gitlab", version, "RAILS, SIDEKIQ, GITALY, POSTGRESQL, REDIS, MONITORING",
                  runs_postgresql(postgresql) + no_geo());
}

// Consul, Gitaly, one PostgreSQL, PgBouncer, Redis, two Rails, one Sidekiq, monitoring.
inline Fleet several_nodes(std::string_view version, const std::string& of_rails = "") {
    const auto rails = no_geo() + uses_postgresql("17.10", "10.0.0.21:5432") + of_rails;
    return fleet_of({
        member("consul1", version, "CONSUL"),
        member("consul2", version, "CONSUL"),
        member("gitaly1", version, "GITALY"),
        member("db1", version, "POSTGRESQL",
               no_geo() + goes_by("10.0.0.21") + runs_postgresql("17.10") +
                   "findings { probe: 'endpoints' listener { service: 'postgresql' address: '0.0.0.0' port: "
                   "5432 } } "),
        member("pgb1", version, "PGBOUNCER, CONSUL"),
        member("redis1", version, "REDIS"),
        member("web1", version, "RAILS, PAGES", rails),
        member("web2", version, "RAILS, PAGES", rails + migrates("false")),
        member("job1", version, "SIDEKIQ", no_geo() + migrates("false")),
        member("mon1", version, "MONITORING, CONSUL",
               no_geo() + "findings { probe: 'consul' consul_cluster { server: false } } "),
        node("lb1", "findings { probe: 'installation' installation { method: NONE } }"),
    });
}

// Of several nodes, web1 sees that Rails goes through PgBouncer.
inline Fleet behind_pgbouncer(std::string_view version) {
    auto fleet = several_nodes(version);
    for (auto& node : fleet.nodes) {
        if (node_name(node) != "web1") continue;
        for (auto& finding : *node.inspection.mutable_findings()) {
            if (finding.has_postgres_instance())
                finding.mutable_postgres_instance()->set_through_pgbouncer(true);
        }
    }
    return fleet;
}

inline v1::Plan plan_of(Fleet fleet, const Upgrade& upgrade, const std::vector<v1::Verdict>& verdicts = {}) {
    normalise(fleet);
    const auto route = find_route(fleet, upgrade, built_in_knowledge());
    return make_plan(fleet, upgrade, route, {verdicts.begin(), verdicts.end()}, built_in_knowledge());
}

inline v1::Plan plan_of(const Fleet& fleet, std::string_view target = "19.3.0",
                        const std::vector<v1::Verdict>& verdicts = {}) {
    return plan_of(fleet, to(target), verdicts);
}

// "19.3.0/install_gitaly gitaly1 gitaly2"
inline std::string line_of(const v1::PlanStep& step) {
    auto line = step.id();
    for (const auto& node : step.nodes()) line += " " + node;
    return line;
}

inline Lines lines(const v1::Plan& plan) {
    Lines found;
    for (const auto& step : plan.steps()) found.push_back(line_of(step));
    return found;
}

// Those of one hop's phase, without its version.
inline Lines lines(const v1::Plan& plan, Phase::Phase phase, std::string_view to = "19.3.0") {
    Lines found;
    for (const auto& step : plan.steps()) {
        if (step.phase() != phase || step.to() != to) continue;
        found.push_back(line_of(step).substr(to.empty() ? 0 : to.size() + 1));
    }
    return found;
}

// Those between two lines, both included: what the test is about.
inline Lines from_to(const Lines& all, std::string_view first, std::string_view last) {
    const auto begin = std::ranges::find_if(all, [&](const auto& line) { return line.starts_with(first); });
    const auto end = std::find_if(begin, all.end(), [&](const auto& line) { return line.starts_with(last); });
    return {begin, end == all.end() ? end : end + 1};
}

inline const v1::PlanStep& step(const v1::Plan& plan, std::string_view id) {
    const auto found = std::ranges::find(plan.steps(), id, &v1::PlanStep::id);
    if (found == plan.steps().end()) throw std::invalid_argument("no step " + std::string(id));
    return *found;
}

// The commands of a step, one a line.
inline Lines commands(const v1::PlanStep& step) {
    Lines found;
    for (const auto& command : step.commands()) {
        std::string line;
        for (const auto& word : command.argv()) line += (line.empty() ? "" : " ") + word;
        found.push_back(line);
    }
    return found;
}

inline std::string open_points(const v1::Plan& plan) {
    std::string text;
    for (const auto& point : plan.open()) text += point + "\n";
    return text;
}

}  // namespace preflight::readiness
