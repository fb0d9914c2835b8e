#include "probes/redis.h"

#include <algorithm>
#include <chrono>
#include <string>
#include <vector>

#include "probes/address.h"
#include "probes/paths.h"
#include "probes/redis_clients.h"
#include "probes/redis_conf.h"
#include "probes/redis_round.h"
#include "probes/redis_uses.h"
#include "probes/text.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t visits_limit = 64;

std::string use_of(const v1::RedisEndpoint& endpoint) {
    return endpoint.service() == "rails" ? "rails " + endpoint.purpose() : endpoint.service();
}

// What a server of this node itself listens on, by its own configuration: the socket before a port.
std::optional<RedisClient> own_server(const EndpointsView& view, std::string_view service,
                                      std::string_view path) {
    const auto text = view.config_of(service, path, "what this node's own Redis says of itself");
    if (!text) return std::nullopt;
    const auto listeners = parse_redis_conf(*text, service, path).items;
    auto best = std::ranges::find_if(listeners, [](const auto& one) { return !one.socket().empty(); });
    if (best == listeners.end()) best = std::ranges::find(listeners, false, &v1::Listener::tls);
    if (best == listeners.end()) best = listeners.begin();
    if (best == listeners.end()) return std::nullopt;
    RedisClient client;
    client.endpoint.set_service(std::string(service));
    client.endpoint.set_socket(best->socket());
    const bool any = best->address() == "0.0.0.0" || best->address() == "::";
    client.endpoint.set_host(any ? "127.0.0.1" : best->address());
    client.endpoint.set_port(best->port());
    auto login = parse_redis_conf_login(*text);
    if (!best->tls()) login.tls.reset();
    client.server = std::move(login);
    return client;
}

// Reads the password where a file of its own holds it.
bool settle(const Node& node, RedisLogin& login, Findings& out) {
    if (login.password_file.empty()) return true;
    constexpr std::uint64_t limit_bytes = 4096;
    const auto text = node.read_file(login.password_file, limit_bytes);
    if (!text) {
        out.gap(text.error(), "what this Redis says of itself");
        return false;
    }
    login.password = Secret(std::string(trimmed(*text)));
    login.password_file.clear();
    return true;
}

struct Clients {
    std::vector<RedisClient> of_services;
    std::optional<RedisClient> server;    // this node's own
    std::optional<RedisClient> sentinel;  // this node's own
    std::string source;                   // a file that names one

    bool empty() const { return of_services.empty() && !server && !sentinel; }
};

Clients read_clients(const EndpointsView& view) {
    Clients clients;
    const auto take = [&](RedisUses uses) {
        view.report(uses.parsed.problems, uses.affects);
        if (clients.source.empty() && !uses.parsed.items.empty()) clients.source = uses.path;
        for (auto& client : uses.parsed.items) clients.of_services.push_back(std::move(client));
    };
    for (auto& uses : redis_of_rails(view)) take(std::move(uses));
    for (auto& uses : redis_of_clients(view)) take(std::move(uses));
    const std::string registry(registry_configuration(view));
    if (const auto text = view.config_of("registry", registry, registry_affected))
        take({registry, registry_affected, parse_registry_redis(*text, registry)});
    clients.server = own_server(view, "redis", paths::redis_conf);
    clients.sentinel = own_server(view, "sentinel", paths::sentinel_conf);
    if (clients.source.empty() && clients.server) clients.source = paths::redis_conf;
    if (clients.source.empty() && clients.sentinel) clients.source = paths::sentinel_conf;
    return clients;
}

bool same_place(const Place& one, const Place& other) {
    return one.host == other.host && one.port == other.port && one.socket == other.socket;
}

void add_use(const std::string& use, std::vector<std::string>& uses) {
    if (std::ranges::find(uses, use) == uses.end()) uses.push_back(use);
}

// Who is to be visited; equal ones once.
class Visits {
  public:
    explicit Visits(const std::vector<RedisClient>& clients) {
        const auto queues = [](const auto& client) { return use_of(client.endpoint) == "rails queues"; };
        queues_use_ = std::ranges::any_of(clients, queues) ? "rails queues" : "rails default";
    }

    void add(const RedisClient& client) {
        const auto& endpoint = client.endpoint;
        if (endpoint.mode() == v1::RedisEndpoint::SENTINEL) {
            for (const auto& node : endpoint.nodes()) add_sentinel(place_in(node), client, client.sentinel);
        } else if (endpoint.mode() == v1::RedisEndpoint::CLUSTER) {
            for (const auto& node : endpoint.nodes()) add_server(place_in(node), client);
        } else {
            add_server({endpoint.host(), endpoint.port(), endpoint.socket()}, client);
        }
    }

    void add_server(const Place& place, const RedisClient& client) {
        const auto use = use_of(client.endpoint);
        const auto database = client.endpoint.database();
        const auto same = [&](const RedisVisit& visit) {
            return same_place(visit.place, place) && *visit.login == client.server &&
                   visit.database == database;
        };
        auto visit = std::ranges::find_if(servers, same);
        if (visit == servers.end())
            visit = servers.insert(servers.end(), {place, &client.server, database, false, {}});
        visit->holds_queues = visit->holds_queues || use == queues_use_;
        add_use(use, visit->uses);
    }

    void add_sentinel(const Place& place, const RedisClient& client, const RedisLogin& login) {
        const auto same = [&](const SentinelVisit& visit) {
            return same_place(visit.place, place) && *visit.login == login;
        };
        auto visit = std::ranges::find_if(sentinels, same);
        if (visit == sentinels.end()) visit = sentinels.insert(sentinels.end(), {place, &login, {}, {}});
        const auto& master = client.endpoint.master_name();
        if (!master.empty()) visit->masters.insert(master);
        add_use(use_of(client.endpoint), visit->uses);
    }

    std::vector<RedisVisit> servers;
    std::vector<SentinelVisit> sentinels;

  private:
    static Place place_in(const std::string& node) {
        const auto address = parse_address(node);
        return address ? Place{address->host, address->port, {}} : Place{node, 0, {}};
    }

    std::string queues_use_;
};

// The masters that Sentinels name, for those who ask for them by that name. Sentinels that disagree send to
// all of them.
void add_masters(const SentinelVisit& asked, const std::map<std::string, Place>& places,
                 const std::vector<RedisClient>& clients, Visits& masters) {
    for (const auto& client : clients) {
        const auto& endpoint = client.endpoint;
        const auto place = places.find(endpoint.master_name());
        if (endpoint.mode() != v1::RedisEndpoint::SENTINEL || place == places.end()) continue;
        const bool asks_here =
            std::ranges::find(endpoint.nodes(), asked.place.text()) != endpoint.nodes().end();
        if (asks_here && client.sentinel == *asked.login) masters.add_server(place->second, client);
    }
}

void visit_all(const Clients& clients, RedisRound& round) {
    Visits visits(clients.of_services);
    for (const auto& client : clients.of_services) visits.add(client);
    if (clients.server) visits.add(*clients.server);
    if (clients.sentinel) {
        const auto& own = clients.sentinel->endpoint;
        visits.add_sentinel({own.host(), own.port(), own.socket()}, *clients.sentinel,
                            clients.sentinel->server);
    }
    for (const auto& visit : visits.servers) round.visit(visit);
    Visits masters(clients.of_services);
    for (const auto& visit : visits.sentinels)
        add_masters(visit, round.visit(visit), clients.of_services, masters);
    for (const auto& visit : masters.servers) round.visit(visit);
}

void look(const Node& node, const Asked& asked, Findings& out) {
    look_at_redis_servers(node, {.until = asked.end_of_waiting(redis.limit)}, out);
}

}  // namespace

void look_at_redis_servers(const Node& node, const DialLimits& limits, Findings& out) {
    // What a tree's files do not say is for the probe `endpoints`: here it is one gap.
    Findings quiet(redis.name, [](const v1::Finding&) {});
    const EndpointsView view(node, node.live() ? out : quiet);
    auto clients = read_clients(view);
    if (clients.empty()) return;
    if (!node.live()) {
        return out.gap({v1::Gap::NOT_LIVE, clients.source, "a tree has no servers to be asked"},
                       "what the Redis servers in use say of themselves");
    }
    std::erase_if(clients.of_services, [&](auto& client) {
        return !settle(node, client.server, out) || !settle(node, client.sentinel, out);
    });
    if (clients.of_services.size() > visits_limit) {
        out.gap({v1::Gap::DROPPED, clients.source, "more uses of Redis than are asked"}, "the Redis in use");
        clients.of_services.erase(clients.of_services.begin() + visits_limit, clients.of_services.end());
    }
    RedisRound round(node, limits, out);
    visit_all(clients, round);
}

constexpr Probe redis{
    .name = "redis",
    .looks_at = "each Redis server, Sentinel and cluster in use, asked: reach, version, replication, queues",
    .needs = ReadAllFiles{},
    .limit = 20s,
    .look = look,
};

}  // namespace preflight::probes
