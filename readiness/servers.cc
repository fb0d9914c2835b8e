#include "readiness/servers.h"

#include <algorithm>
#include <set>

#include "readiness/coverage.h"
#include "readiness/installed.h"
#include "readiness/node_match.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Component = v1::ServerIs::Component;
using Role = v1::NodeRoles;

struct Kind {
    Component component;
    std::string_view name;
    std::string_view probe;
    std::vector<std::string_view> reach;  // kinds of Reach that the probe tells
};

const Kind& kind_of(Component component) {
    static const std::vector<Kind> kinds{
        {v1::ServerIs::COMPONENT_UNSPECIFIED, "server", "", {}},
        {v1::ServerIs::POSTGRESQL, "PostgreSQL", "postgres", {"postgresql"}},
        {v1::ServerIs::REDIS, "Redis", "redis", {"redis"}},
        {v1::ServerIs::VALKEY, "Valkey", "redis", {"redis"}},
        {v1::ServerIs::GITALY, "Gitaly", "gitaly", {"gitaly"}},
        {v1::ServerIs::CONSUL, "Consul", "consul", {"consul"}},
        {v1::ServerIs::PATRONI, "Patroni", "patroni", {"patroni"}},
        {v1::ServerIs::PGBOUNCER, "PgBouncer", "pgbouncer", {"pgbouncer"}},
        {v1::ServerIs::GIT, "Git", "gitaly", {"gitaly"}},
    };
    const auto found = std::ranges::find(kinds, component, &Kind::component);
    return found == kinds.end() ? kinds.front() : *found;
}

template <typename List>
std::vector<std::string> texts(const List& list) {
    return {list.begin(), list.end()};
}

// Does the node use such a server, or might it? One that does not say what it is might use any.
bool could_use(const FleetNode& node, Component component) {
    if (without_gitlab(node)) return false;
    if (!roles_seen(node)) return true;
    switch (component) {
        case v1::ServerIs::CONSUL:
            return has_role(node, Role::CONSUL);
        case v1::ServerIs::PATRONI:
            return has_role(node, Role::PATRONI);
        case v1::ServerIs::PGBOUNCER:
            return has_role(node, Role::PGBOUNCER);
        case v1::ServerIs::POSTGRESQL:
            return runs_application(node) || has_role(node, Role::POSTGRESQL) ||
                   has_role(node, Role::PRAEFECT);
        case v1::ServerIs::GITALY:
        case v1::ServerIs::GIT:
            return runs_application(node) || has_role(node, Role::GITALY) || has_role(node, Role::PRAEFECT);
        default:
            return runs_application(node) || has_role(node, Role::REDIS);
    }
}

// Does the node run such a server of the package's? On a loopback address a proxy to another host may listen.
bool serves(const FleetNode& node, Component component) {
    switch (component) {
        case v1::ServerIs::POSTGRESQL:
            return has_role(node, Role::POSTGRESQL) || has_role(node, Role::PATRONI);
        case v1::ServerIs::REDIS:
        case v1::ServerIs::VALKEY:
            return has_role(node, Role::REDIS);
        case v1::ServerIs::GITALY:
        case v1::ServerIs::GIT:
            return has_role(node, Role::GITALY);
        case v1::ServerIs::CONSUL:
            return has_role(node, Role::CONSUL);
        case v1::ServerIs::PATRONI:
            return has_role(node, Role::PATRONI);
        case v1::ServerIs::PGBOUNCER:
            return has_role(node, Role::PGBOUNCER);
        default:
            return false;
    }
}

// Through a pooler, or by another name: what says that it is the same cluster is the same.
void join_clusters(std::vector<Server>& servers) {
    std::set<std::string> bundled;
    const auto cluster_of = [](const Server& server) {
        return server.finding->has_postgres_instance()
                   ? server.finding->postgres_instance().system_identifier()
                   : std::string();
    };
    for (const auto& server : servers) {
        if (server.bundled) bundled.insert(cluster_of(server));
    }
    bundled.erase("");
    for (auto& server : servers) server.bundled = server.bundled || bundled.contains(cluster_of(server));
}

// Of a finding in which a server says what it is; empty for every other finding.
std::string told_address(const v1::Finding& finding) {
    switch (finding.what_case()) {
        case v1::Finding::kPostgresInstance:
            return finding.postgres_instance().address();
        case v1::Finding::kRedisServer:
            return finding.redis_server().flavour() == v1::RedisServer::FLAVOUR_UNSPECIFIED
                       ? std::string()
                       : finding.redis_server().address();
        case v1::Finding::kGitalyStatus:
            return finding.gitaly_status().address();
        case v1::Finding::kConsulCluster:
            return finding.consul_cluster().address();
        case v1::Finding::kPatroniCluster:
            return finding.patroni_cluster().address();
        case v1::Finding::kPgbouncerStatus:
            return finding.pgbouncer_status().address();
        default:
            return {};
    }
}

class Gathering {
  public:
    Gathering(Component component, const Fleet& fleet, const Upgrade& upgrade) : component_(component) {
        for (const auto& endpoint : endpoints_of(fleet, upgrade.external)) {
            if (endpoint.coverage.state() == v1::EndpointCoverage::COVERED)
                covered_.insert(endpoint.coverage.address());
        }
    }

    void take(const FleetNode& node, Servers& servers) {
        const auto before = servers.found.size();
        take_told(node, servers.found);
        const auto& kind = kind_of(component_);
        take_untold(node, kind, servers);
        if (could_use(node, component_) && !saw_all(node, kind.probe)) {
            servers.unheard.push_back({&node, nullptr, {}});
            if (component_ == v1::ServerIs::POSTGRESQL && servers.found.size() == before)
                take_directories(node, servers.found);
        }
    }

  private:
    Server server(const FleetNode& node, const v1::Finding& finding, const std::string& address,
                  const std::string& version, std::vector<std::string> uses) const {
        const auto [host, port] = split_address(address, 0);
        const bool local = address.starts_with('/') || is_loopback(host);
        return {&node,
                &finding,
                address,
                version,
                false,
                std::move(uses),
                (local && serves(node, component_)) || covered_.contains(address)};
    }

    // Was not reached; or was, and still said nothing of itself.
    static void take_untold(const FleetNode& node, const Kind& kind, Servers& servers) {
        std::set<std::string> told;
        for (const auto& finding : node.inspection.findings()) told.insert(told_address(finding));
        for (const auto& [reach, finding] : findings_of<&v1::Finding::has_reach, &v1::Finding::reach>(node)) {
            if (std::ranges::find(kind.reach, reach->kind()) == kind.reach.end()) continue;
            const auto what = std::string(kind.name) + " at " + reach->address();
            if (!reach->reached()) {
                servers.unheard.push_back({&node, finding, what + " was not reached"});
            } else if (!told.contains(reach->address())) {
                servers.unheard.push_back({&node, finding, what + " answered, but did not say what it is"});
            }
        }
    }

    void take_told(const FleetNode& node, std::vector<Server>& found) const {
        for (const auto& finding : node.inspection.findings()) {
            if (finding.has_postgres_instance() && component_ == v1::ServerIs::POSTGRESQL) {
                const auto& told = finding.postgres_instance();
                found.push_back(server(node, finding, told.address(), told.version(), texts(told.uses())));
            } else if (finding.has_redis_server()) {
                const auto& told = finding.redis_server();
                const auto flavour = component_ == v1::ServerIs::REDIS ? v1::RedisServer::REDIS
                                     : component_ == v1::ServerIs::VALKEY
                                         ? v1::RedisServer::VALKEY
                                         : v1::RedisServer::FLAVOUR_UNSPECIFIED;
                if (flavour == v1::RedisServer::FLAVOUR_UNSPECIFIED || told.flavour() != flavour) continue;
                found.push_back(server(node, finding, told.address(), told.version(), texts(told.uses())));
            } else if (finding.has_gitaly_status() && !finding.gitaly_status().praefect()) {
                const auto& told = finding.gitaly_status();
                if (component_ == v1::ServerIs::GITALY)
                    found.push_back(
                        server(node, finding, told.address(), told.server_version(), texts(told.uses())));
                if (component_ == v1::ServerIs::GIT)
                    found.push_back(
                        server(node, finding, told.address(), told.git_version(), texts(told.uses())));
            } else if (finding.has_consul_cluster() && component_ == v1::ServerIs::CONSUL) {
                const auto& told = finding.consul_cluster();
                found.push_back(server(node, finding, told.address(), told.version(), {}));
            } else if (finding.has_patroni_cluster() && component_ == v1::ServerIs::PATRONI) {
                const auto& told = finding.patroni_cluster();
                found.push_back(server(node, finding, told.address(), told.version(), {}));
            } else if (finding.has_pgbouncer_status() && component_ == v1::ServerIs::PGBOUNCER) {
                const auto& told = finding.pgbouncer_status();
                found.push_back(server(node, finding, told.address(), told.version(), {}));
            }
        }
    }

    static void take_directories(const FleetNode& node, std::vector<Server>& found) {
        for (const auto& [directory, finding] :
             findings_of<&v1::Finding::has_postgres_server, &v1::Finding::postgres_server>(node)) {
            found.push_back({&node,
                             finding,
                             directory->data_directory(),
                             directory->major(),
                             true,
                             {directory->purpose()},
                             true});
        }
    }

    Component component_;
    std::set<std::string> covered_;  // addresses where a reporting node answers
};

bool needs_one(Component component) {
    return component == v1::ServerIs::POSTGRESQL || component == v1::ServerIs::REDIS ||
           component == v1::ServerIs::VALKEY || component == v1::ServerIs::GITALY ||
           component == v1::ServerIs::GIT;
}

bool serves_as(const v1::Finding& finding, Component component) {
    const bool redis = component == v1::ServerIs::REDIS || component == v1::ServerIs::VALKEY;
    return redis && finding.has_redis_server() && !told_address(finding).empty();
}

// Is there nothing at all of what no GitLab goes without?
bool is_untold(const Servers& servers, Component component, const Fleet& fleet) {
    if (!needs_one(component) || !servers.found.empty() || !servers.unheard.empty()) return false;
    return !std::ranges::all_of(fleet.nodes, without_gitlab) &&
           std::ranges::none_of(fleet.nodes, [component](const FleetNode& node) {
               return std::ranges::any_of(
                   node.inspection.findings(),
                   [component](const v1::Finding& finding) { return serves_as(finding, component); });
           });
}

}  // namespace

Servers servers_of(Component component, const Fleet& fleet, const Upgrade& upgrade) {
    Servers servers{.probe = kind_of(component).probe};
    Gathering gathering(component, fleet, upgrade);
    for (const auto& node : fleet.nodes) gathering.take(node, servers);
    join_clusters(servers.found);
    servers.untold = is_untold(servers, component, fleet);
    return servers;
}

void about_unheard(v1::Verdict& verdict, const Servers& servers) {
    for (const auto& unheard : servers.unheard) {
        if (unheard.finding != nullptr) {
            about(verdict, *unheard.node, *unheard.finding, unheard.why);
        } else {
            about_unseen(verdict, *unheard.node, servers.probe);
        }
    }
}

std::string_view component_name(Component component) { return kind_of(component).name; }

bool used_for(const Server& server, const google::protobuf::RepeatedPtrField<std::string>& purposes) {
    if (purposes.empty()) return true;
    return std::ranges::any_of(server.uses, [&](const std::string& use) {
        const auto purpose = use.substr(use.rfind(' ') + 1);
        return std::ranges::find(purposes, purpose) != purposes.end();
    });
}

}  // namespace preflight::readiness
