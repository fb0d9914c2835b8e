#include "readiness/servers.h"

#include <algorithm>
#include <optional>
#include <set>
#include <unordered_set>

#include "readiness/coverage.h"
#include "readiness/installed.h"
#include "readiness/node_match.h"
#include "readiness/server_kinds.h"
#include "readiness/survey.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Component = v1::ServerIs::Component;

template <typename List>
std::vector<std::string> texts(const List& list) {
    return {list.begin(), list.end()};
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

// Where servers of this component said on the node what they are, in order.
std::vector<std::string_view> told_addresses(const FleetNode& node, Component component) {
    std::vector<std::string_view> told;
    const auto take = [&told](const auto& found) {
        for (const auto& [server, finding] : found) told.push_back(server->address());
    };
    switch (component) {
        case v1::ServerIs::POSTGRESQL:
            take(findings_of<&v1::Finding::has_postgres_instance, &v1::Finding::postgres_instance>(node));
            break;
        case v1::ServerIs::GITALY:
        case v1::ServerIs::GIT:
            take(findings_of<&v1::Finding::has_gitaly_status, &v1::Finding::gitaly_status>(node));
            break;
        case v1::ServerIs::CONSUL:
            take(findings_of<&v1::Finding::has_consul_cluster, &v1::Finding::consul_cluster>(node));
            break;
        case v1::ServerIs::PATRONI:
            take(findings_of<&v1::Finding::has_patroni_cluster, &v1::Finding::patroni_cluster>(node));
            break;
        case v1::ServerIs::PGBOUNCER:
            take(findings_of<&v1::Finding::has_pgbouncer_status, &v1::Finding::pgbouncer_status>(node));
            break;
        default:
            for (const auto& [server, finding] :
                 findings_of<&v1::Finding::has_redis_server, &v1::Finding::redis_server>(node)) {
                if (server->flavour() != v1::RedisServer::FLAVOUR_UNSPECIFIED)
                    told.push_back(server->address());
            }
    }
    std::ranges::sort(told);
    return told;
}

// Nobody tells of one: is there nothing at all of what no GitLab goes without?
bool is_untold(Component component, const Fleet& fleet) {
    if (!needs_one(component) || std::ranges::all_of(fleet.nodes, without_gitlab)) return false;
    const bool redis = component == v1::ServerIs::REDIS || component == v1::ServerIs::VALKEY;
    return !redis || std::ranges::all_of(fleet.nodes, [component](const FleetNode& node) {
        return told_addresses(node, component).empty();
    });
}

class Gathering {
  public:
    Gathering(Component component, const Fleet& fleet, const Upgrade& upgrade) : component_(component) {
        for (const auto& endpoint : endpoints_of(fleet, upgrade.external)) {
            if (endpoint.coverage.state() == v1::EndpointCoverage::COVERED)
                covered_.insert(endpoint.coverage.address());
        }
    }

    void take(const FleetNode& node) {
        const auto before = found_.size();
        take_told(node);
        const auto& kind = server_kind(component_);
        take_untold(node, kind);
        if (could_use(node, component_) && !saw_all(node, kind.probe)) {
            unheard_.push_back({&node, nullptr, {}});
            if (component_ == v1::ServerIs::POSTGRESQL && found_.size() == before) take_directories(node);
        }
    }

    Servers result(const Fleet& fleet) && {
        join_clusters(found_);
        const bool none = found_.empty() && unheard_.empty();
        return {server_kind(component_).probe, SharedList(std::move(found_)), SharedList(std::move(unheard_)),
                none && is_untold(component_, fleet)};
    }

  private:
    Server server(const FleetNode& node, const v1::Finding& finding, const std::string& address,
                  const std::string& version, std::vector<std::string> uses) const {
        const bool bundled = covered_.contains(address) || (serves(node, component_) && is_of_node(address));
        return {&node, &finding, address, version, false, std::move(uses), bundled};
    }

    static bool is_of_node(const std::string& address) {
        return address.starts_with('/') || is_loopback(split_address(address, 0).host);
    }

    // Was not reached; or was, and still said nothing of itself.
    void take_untold(const FleetNode& node, const ServerKind& kind) {
        std::optional<std::vector<std::string_view>> told;
        for (const auto& [reach, finding] : findings_of<&v1::Finding::has_reach, &v1::Finding::reach>(node)) {
            if (std::ranges::find(kind.reach, reach->kind()) == kind.reach.end()) continue;
            const auto what = [&, reach = reach] {
                return std::string(kind.name) + " at " + reach->address();
            };
            if (!reach->reached()) {
                unheard_.push_back({&node, finding, what() + " was not reached"});
                continue;
            }
            if (!told) told = told_addresses(node, component_);
            if (!std::ranges::binary_search(*told, std::string_view(reach->address())))
                unheard_.push_back({&node, finding, what() + " answered, but did not say what it is"});
        }
    }

    // Each that a finding of this kind tells of; `version` is that of one, or nullptr where it is another's.
    template <auto has, auto get, typename VersionOf>
    void add(const FleetNode& node, VersionOf version_of) {
        for (const auto& [told, finding] : findings_of<has, get>(node)) {
            const std::string* version = version_of(*told);
            if (version == nullptr) continue;
            std::vector<std::string> uses;
            if constexpr (requires { told->uses(); }) uses = texts(told->uses());
            found_.push_back(server(node, *finding, told->address(), *version, std::move(uses)));
        }
    }

    void take_told(const FleetNode& node) {
        const auto version = [](const auto& told) { return &told.version(); };
        switch (component_) {
            case v1::ServerIs::POSTGRESQL:
                return add<&v1::Finding::has_postgres_instance, &v1::Finding::postgres_instance>(node,
                                                                                                 version);
            case v1::ServerIs::CONSUL:
                return add<&v1::Finding::has_consul_cluster, &v1::Finding::consul_cluster>(node, version);
            case v1::ServerIs::PATRONI:
                return add<&v1::Finding::has_patroni_cluster, &v1::Finding::patroni_cluster>(node, version);
            case v1::ServerIs::PGBOUNCER:
                return add<&v1::Finding::has_pgbouncer_status, &v1::Finding::pgbouncer_status>(node, version);
            case v1::ServerIs::REDIS:
            case v1::ServerIs::VALKEY:
                return take_redis(node);
            case v1::ServerIs::GITALY:
            case v1::ServerIs::GIT:
                return take_gitaly(node);
            default:
                return;
        }
    }

    void take_redis(const FleetNode& node) {
        const auto flavour =
            component_ == v1::ServerIs::REDIS ? v1::RedisServer::REDIS : v1::RedisServer::VALKEY;
        add<&v1::Finding::has_redis_server, &v1::Finding::redis_server>(
            node, [flavour](const v1::RedisServer& told) {
                return told.flavour() == flavour ? &told.version() : nullptr;
            });
    }

    // Behind a Praefect others answer.
    void take_gitaly(const FleetNode& node) {
        add<&v1::Finding::has_gitaly_status, &v1::Finding::gitaly_status>(
            node, [this](const v1::GitalyStatus& told) -> const std::string* {
                if (told.praefect()) return nullptr;
                return component_ == v1::ServerIs::GITALY ? &told.server_version() : &told.git_version();
            });
    }

    void take_directories(const FleetNode& node) {
        for (const auto& [directory, finding] :
             findings_of<&v1::Finding::has_postgres_server, &v1::Finding::postgres_server>(node)) {
            found_.push_back({&node,
                              finding,
                              directory->data_directory(),
                              directory->major(),
                              true,
                              {directory->purpose()},
                              true});
        }
    }

    std::vector<Server> found_;
    std::vector<Unheard> unheard_;
    Component component_;
    std::unordered_set<std::string> covered_;  // addresses where a reporting node answers
};

}  // namespace

Servers servers_of(Component component, const Fleet& fleet, const Upgrade& upgrade) {
    if (fleet.survey) {
        const auto known = fleet.survey->servers.find(component);
        if (known != fleet.survey->servers.end()) return known->second;
    }
    Gathering gathering(component, fleet, upgrade);
    for (const auto& node : fleet.nodes) gathering.take(node);
    return std::move(gathering).result(fleet);
}

std::map<Component, Servers> all_servers_of(const Fleet& fleet, const Upgrade& upgrade) {
    std::map<Component, Gathering> gatherings;
    for (int number = v1::ServerIs::Component_MIN; number <= v1::ServerIs::Component_MAX; ++number) {
        const auto component = static_cast<Component>(number);
        gatherings.try_emplace(component, component, fleet, upgrade);
    }
    for (const auto& node : fleet.nodes) {
        for (auto& [component, gathering] : gatherings) gathering.take(node);
    }
    std::map<Component, Servers> all;
    for (auto& [component, gathering] : gatherings)
        all.emplace(component, std::move(gathering).result(fleet));
    return all;
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

std::string_view component_name(Component component) { return server_kind(component).name; }

bool used_for(const Server& server, const google::protobuf::RepeatedPtrField<std::string>& purposes) {
    if (purposes.empty()) return true;
    return std::ranges::any_of(server.uses, [&](const std::string& use) {
        const auto purpose = use.substr(use.rfind(' ') + 1);
        return std::ranges::find(purposes, purpose) != purposes.end();
    });
}

}  // namespace preflight::readiness
