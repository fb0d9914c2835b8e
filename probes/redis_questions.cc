#include "probes/redis_questions.h"

#include <algorithm>
#include <array>
#include <vector>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/redis_info.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

constexpr std::size_t queues_limit = 500;
constexpr std::size_t masters_limit = 32;
constexpr std::size_t peers_limit = 100;

// Asks one thing after the other, until the talk ends; keeps what was denied.
template <typename Message>
class Interview {
  public:
    // Whether `denied` also names what a server does not answer because it is busy, of which the login has no
    // part: where else nothing told would look like nothing there.
    enum class Busy { unnamed, named };
    Interview(RedisTalk& talk, Message& message, Busy busy = Busy::unnamed)
        : talk_(talk), message_(message), busy_(busy) {}

    // The reply; nothing where the server refused, or the talk is over. `name` is what it is called in
    // `denied`.
    std::optional<RedisReply> ask(std::string_view name, std::initializer_list<std::string_view> words) {
        if (ended_) return std::nullopt;
        auto reply = talk_.ask(words);
        if (!reply) {
            ended_ = reply.error();
            return std::nullopt;
        }
        if (!reply->is_error()) return std::move(*reply);
        const bool busy = reply->code() == "LOADING" || reply->code() == "MASTERDOWN";
        auto& denied = *message_.mutable_denied();
        if ((!busy || busy_ == Busy::named) && std::ranges::find(denied, name) == denied.end())
            denied.Add(std::string(name));
        return std::nullopt;
    }

    const Ended& ended() const { return ended_; }

  private:
    RedisTalk& talk_;
    Message& message_;
    Busy busy_;
    Ended ended_;
};

std::optional<std::string> setting(Interview<v1::RedisServer>& interview, std::string_view name) {
    const auto reply = interview.ask("CONFIG GET", {"CONFIG", "GET", name});
    if (!reply) return std::nullopt;
    const auto fields = fields_of(*reply);
    const auto found = fields.find(name);
    return found == fields.end() ? std::nullopt : std::optional(found->second);
}

// Sidekiq's own keys; `prefix` is the namespace that GitLab once put before them. False when there are more
// queues than are counted.
bool ask_queues(Interview<v1::RedisServer>& interview, const std::string& prefix, v1::RedisServer& server) {
    const auto queues = interview.ask("SMEMBERS", {"SMEMBERS", prefix + "queues"});
    auto& lengths = *server.mutable_sidekiq();
    std::size_t asked = 0;
    for (const auto& queue : queues ? queues->items : std::vector<RedisReply>()) {
        if (asked++ == queues_limit || interview.ended()) break;
        const auto name = "queue:" + queue.text;
        const auto length = interview.ask("LLEN", {"LLEN", prefix + name});
        if (length) lengths[shown(name)] += static_cast<std::uint64_t>(std::max(0LL, length->number));
    }
    for (const std::string name : {"schedule", "retry", "dead"}) {
        const auto size = interview.ask("ZCARD", {"ZCARD", prefix + name});
        if (size) lengths[name] += static_cast<std::uint64_t>(std::max(0LL, size->number));
    }
    return asked <= queues_limit;
}

// The first of them; `all` is false after it where there are more.
std::vector<RedisInfo> servers_in(const std::optional<RedisReply>& reply, std::size_t limit, bool& all) {
    std::vector<RedisInfo> servers;
    if (!reply) return servers;
    const auto told = std::min(reply->items.size(), limit);
    all = all && told == reply->items.size();
    servers.reserve(told);
    for (std::size_t at = 0; at < told; ++at) servers.push_back(fields_of(reply->items[at]));
    return servers;
}

// The answer is a sentence; of an error only these two codes are Sentinel's verdict and not a refusal.
void ask_quorum(RedisTalk& talk, v1::SentinelStatus::Master& master, v1::SentinelStatus& status,
                Ended& ended) {
    const auto reply = talk.ask({"SENTINEL", "CKQUORUM", master.name()});
    if (!reply) {
        ended = reply.error();
        return;
    }
    const bool verdict = reply->code() == "NOQUORUM" || reply->code() == "NOGOODSLAVE";
    master.set_quorum_reached(reply->kind == RedisReply::Kind::status && reply->text.starts_with("OK"));
    if (!reply->is_error() || verdict) {
        master.set_quorum_answer(shown(reply->text));
    } else {
        status.add_denied("SENTINEL CKQUORUM");
    }
}

void ask_of_master(Interview<v1::SentinelStatus>& interview, v1::SentinelStatus::Master& master, bool& all) {
    const auto replicas = interview.ask("SENTINEL REPLICAS", {"SENTINEL", "REPLICAS", master.name()});
    for (const auto& fields : servers_in(replicas, peers_limit, all)) master.add_replicas(address_in(fields));
    const auto others = interview.ask("SENTINEL SENTINELS", {"SENTINEL", "SENTINELS", master.name()});
    for (const auto& fields : servers_in(others, peers_limit, all)) master.add_sentinels(address_in(fields));
}

std::optional<Place> place_of(const RedisReply& reply) {
    if (reply.items.size() != 2) return std::nullopt;
    const auto port = number_in(reply.items[1].text);
    if (!is_host(reply.items[0].text) || !port || *port == 0 || *port > 65535) return std::nullopt;
    return Place{reply.items[0].text, static_cast<std::uint32_t>(*port), {}};
}

}  // namespace

Ended ask_server(RedisTalk& talk, v1::RedisServer& server, Ended& cut) {
    Interview interview(talk, server);
    const auto info = interview.ask("INFO", {"INFO"});
    if (info && !fill_redis_server(parse_redis_info(info->text), server))
        cut = Problem{v1::Gap::TOO_LARGE, server.address(), "it has more replicas than are told"};
    if (server.mode() == "sentinel") return interview.ended();
    server.set_stops_writes_on_save_error(setting(interview, "stop-writes-on-bgsave-error") == "yes");
    if (server.clients_limit() == 0) {
        const auto limit = setting(interview, "maxclients");
        server.set_clients_limit(static_cast<std::uint32_t>(number_in(limit.value_or("")).value_or(0)));
    }
    return interview.ended();
}

Ended ask_sidekiq(RedisTalk& talk, v1::RedisServer& server) {
    Interview interview(talk, server, Interview<v1::RedisServer>::Busy::named);
    bool all = ask_queues(interview, "", server);
    all = ask_queues(interview, "resque:gitlab:", server) && all;
    if (!interview.ended() && !all)
        return Problem{v1::Gap::TOO_LARGE, server.address(), "there are more queues than are counted"};
    return interview.ended();
}

Ended ask_cluster(RedisTalk& talk, v1::RedisServer& server, v1::RedisClusterState& state) {
    if (server.mode() != "cluster") return std::nullopt;
    Interview interview(talk, server);
    const auto info = interview.ask("CLUSTER INFO", {"CLUSTER", "INFO"});
    const auto nodes = interview.ask("CLUSTER NODES", {"CLUSTER", "NODES"});
    const bool all =
        fill_cluster_state(parse_redis_info(info ? info->text : ""), nodes ? nodes->text : "", state);
    if (!interview.ended() && !all)
        return Problem{v1::Gap::TOO_LARGE, server.address(), "it has more nodes than are told"};
    return interview.ended();
}

Ended ask_sentinel(RedisTalk& talk, v1::SentinelStatus& status) {
    Interview interview(talk, status);
    if (const auto info = interview.ask("INFO", {"INFO"}))
        status.set_version(version_in(parse_redis_info(info->text)));
    const auto masters = interview.ask("SENTINEL MASTERS", {"SENTINEL", "MASTERS"});
    Ended ended;
    bool all = true;
    for (const auto& fields : servers_in(masters, masters_limit, all)) {
        auto& master = *status.add_masters();
        master = sentinel_master(fields);
        ask_quorum(talk, master, status, ended);
        if (ended) return ended;
        ask_of_master(interview, master, all);
    }
    if (!interview.ended() && !all) {
        return Problem{v1::Gap::TOO_LARGE, status.address(),
                       "it knows more masters, replicas or Sentinels than are told"};
    }
    return interview.ended();
}

Ended ask_masters(RedisTalk& talk, const std::set<std::string>& names, std::map<std::string, Place>& places,
                  v1::SentinelStatus& status) {
    Interview interview(talk, status);
    for (const auto& name : names) {
        constexpr std::string_view command = "SENTINEL GET-MASTER-ADDR-BY-NAME";
        const auto reply = interview.ask(command, {"SENTINEL", "GET-MASTER-ADDR-BY-NAME", name});
        const auto place = reply ? place_of(*reply) : std::nullopt;
        if (place) places[name] = *place;
    }
    return interview.ended();
}

}  // namespace preflight::probes
