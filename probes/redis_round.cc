#include "probes/redis_round.h"

#include "probes/node/tls_files.h"
#include "probes/reach_report.h"
#include "probes/redis_questions.h"

namespace preflight::probes {
namespace {

constexpr std::string_view affects = "what this Redis says of itself";

void set_uses(const std::vector<std::string>& uses, v1::Reach& reach) {
    for (const auto& use : uses) reach.add_uses(use);
}

}  // namespace

std::optional<RedisRound::Arrival> RedisRound::arrive(const RedisVisit& visit, std::string_view kind) {
    const auto address = visit.place.text();
    if (Stream::Clock::now() >= limits_.until) {
        out_.gap({v1::Gap::TIMED_OUT, address, "no time was left to ask it"}, affects);
        return std::nullopt;
    }
    Arrival arrival;
    arrival.reach.set_kind(std::string(kind));
    set_uses(visit.uses, arrival.reach);
    std::optional<TlsSettings> tls;
    if (visit.login->tls) {
        auto read = read_tls(node_, *visit.login->tls);
        if (!read) {
            out_.gap(read.error(), affects);
            return std::nullopt;
        }
        tls = std::move(*read);
    }
    arrival.talk = open_redis(node_, visit.place, tls ? &*tls : nullptr, *visit.login, visit.database,
                              limits_, arrival.reach);
    // That this login is refused says nothing of the service's own.
    const bool unknown = visit.login->elsewhere && !visit.login->password.present();
    if (unknown && arrival.reach.failed_at() == v1::Reach::AUTHENTICATION) {
        out_.gap(
            {v1::Gap::DENIED, address,
             "it wants a password that is not read here: of a command, an encrypted file, or a missing one"},
            affects);
        return std::nullopt;
    }
    return arrival;
}

void RedisRound::report(const v1::Reach& reach) { report_reach(reach, affects, out_); }

void RedisRound::visit(const RedisVisit& visit) {
    auto arrival = arrive(visit, "redis");
    if (!arrival) return;
    if (!arrival->talk) return report(arrival->reach);
    v1::RedisServer server;
    server.set_address(visit.place.text());
    for (const auto& use : visit.uses) server.add_uses(use);
    Ended cut;
    auto ended = ask_server(*arrival->talk, server, cut);
    const bool told = !server.version().empty() || !server.denied().empty();
    // An answer that never came whole, after a good beginning.
    if (ended && !told) fail_by(arrival->reach, v1::Reach::PROTOCOL, *ended, limits_.until);
    if (!told && arrival->reach.reached())
        fail(arrival->reach, v1::Reach::PROTOCOL, "it does not say what it is, as a Redis server would");
    report(arrival->reach);
    if (!told) return;
    if (!ended && visit.holds_queues) ended = ask_sidekiq(*arrival->talk, server);
    *out_.add(visit.place.text()).mutable_redis_server() = server;
    if (cut) out_.gap(*cut, affects);
    if (ended) return out_.gap(*ended, affects);
    report_cluster(*arrival->talk, visit, server);
}

// Each node knows the whole cluster: it is reported once.
void RedisRound::report_cluster(RedisTalk& talk, const RedisVisit& visit, v1::RedisServer& server) {
    const auto address = visit.place.text();
    if (server.mode() != "cluster" || seen_in_clusters_.contains(address)) return;
    v1::RedisClusterState state;
    state.set_address(address);
    const auto denied = server.denied_size();
    const auto ended = ask_cluster(talk, server, state);
    if (ended) out_.gap(*ended, "the state of the Redis cluster");
    if (ended && state.nodes().empty()) return;
    if (server.denied_size() > denied) {
        out_.gap({v1::Gap::DENIED, address, "this login may not run " + server.denied(denied)},
                 "the state of the Redis cluster");
    }
    if (state.state().empty() && state.nodes().empty()) return;
    seen_in_clusters_.insert(address);
    for (const auto& node : state.nodes()) seen_in_clusters_.insert(node.address());
    *out_.add(address).mutable_redis_cluster_state() = state;
}

std::map<std::string, Place> RedisRound::visit(const SentinelVisit& visit) {
    std::map<std::string, Place> places;
    auto arrival = arrive({visit.place, visit.login, 0, false, visit.uses}, "sentinel");
    if (!arrival) return places;
    if (!arrival->talk) {
        report(arrival->reach);
        return places;
    }
    v1::SentinelStatus status;
    status.set_address(visit.place.text());
    auto ended = ask_masters(*arrival->talk, visit.masters, places, status);
    for (const auto& name : visit.masters) {
        if (ended || places.contains(name)) continue;
        if (status.denied().empty()) {
            fail(arrival->reach, v1::Reach::DATABASE, "it watches no master of the name " + name);
        } else {
            fail(arrival->reach, v1::Reach::PROTOCOL,
                 "it does not say where a master is, as a Sentinel would");
        }
    }
    if (ended) fail_by(arrival->reach, v1::Reach::PROTOCOL, *ended, limits_.until);
    report(arrival->reach);
    if (ended) return places;
    ended = ask_sentinel(*arrival->talk, status);
    *out_.add(visit.place.text()).mutable_sentinel_status() = status;
    if (ended) out_.gap(*ended, "what this Sentinel knows");
    return places;
}

}  // namespace preflight::probes
