#include "readiness/checks/redis_health.h"

#include <algorithm>
#include <array>

#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using Server = v1::RedisServer;
using Role = v1::NodeRoles;

constexpr double full_share = 0.9;
constexpr std::uint64_t lag_limit_seconds = 60;
constexpr std::uint64_t jobs_noted = 1000;  // a working instance always has some that wait
constexpr std::uint64_t jobs_counted = 1'000'000'000'000;
constexpr std::uint32_t cluster_slots = 16384;

struct Cases {
    v1::Verdict loading = verdict(v1::BLOCKER, "loading", "a Redis is still loading its data");
    v1::Verdict unsaved = verdict(v1::BLOCKER, "not_saved", "a Redis could not write its data to the disk");
    v1::Verdict refuses =
        verdict(v1::BLOCKER, "refuses_writes", "a Redis takes no writes since its last save failed");
    v1::Verdict broken =
        verdict(v1::BLOCKER, "cluster_failed", "a Redis cluster does not serve all of its slots");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "not every Redis in use told its state");
    v1::Verdict denied = verdict(v1::UNKNOWN, "denied", "a Redis did not tell this login its state");
    v1::Verdict full = verdict(v1::WARNING, "memory_full", "a Redis is close to its limit of memory");
    v1::Verdict evicts =
        verdict(v1::WARNING, "evicts", "a Redis that holds jobs or sessions drops keys when it is full");
    v1::Verdict clients = verdict(v1::WARNING, "clients_full", "a Redis is close to its limit of clients");
    v1::Verdict link = verdict(v1::WARNING, "replica_link", "a replica of Redis is not linked to its master");
    v1::Verdict member = verdict(v1::WARNING, "cluster_member", "a node of a Redis cluster has failed");
    v1::Verdict jobs = verdict(v1::NOTE, "jobs_wait", "many jobs wait in the queues of Sidekiq");
    v1::Verdict ready = verdict(v1::READY, "healthy", "Redis is in order");
};

// Purposes whose keys nobody can make again.
bool must_keep(const Server& server) {
    constexpr std::array<std::string_view, 7> kept{
        "default", "queues", "queues_metadata", "shared_state", "trace_chunks", "sessions", "workhorse"};
    return std::ranges::any_of(server.uses(), [&](const std::string& use) {
        return std::ranges::find(kept, use.substr(use.rfind(' ') + 1)) != kept.end();
    });
}

class Judging {
  public:
    explicit Judging(Cases& cases) : cases_(cases) {}

    void judge(const FleetNode& node, const v1::Finding& finding, const Server& server) {
        telling_.begin(node, finding, server.address());
        if (server.version().empty()) {
            const std::vector<std::string> denied(server.denied().begin(), server.denied().end());
            telling_.say(denied.empty() ? cases_.unseen : cases_.denied,
                         denied.empty() ? "told nothing of itself" : "not answered: " + listed_first(denied));
            return;
        }
        judge_persistence(server);
        judge_memory(server);
        judge_clients(server);
        judge_jobs(server);
        judge_replication(server);
        telling_.end(cases_.ready,
                     "version " + clipped(server.version(), 40) + ", " + clipped(server.role(), 20));
    }

    void judge(const FleetNode& node, const v1::Finding& finding, const v1::RedisClusterState& state) {
        telling_.begin(node, finding, state.address());
        if (state.state() != "ok" || state.slots_failed() > 0 || state.slots_assigned() < cluster_slots) {
            telling_.say(cases_.broken, "state " + clipped(state.state(), 40) + ", " +
                                            std::to_string(state.slots_assigned()) + " slots assigned, " +
                                            std::to_string(state.slots_failed()) + " failed");
        }
        std::vector<std::string> failed;
        for (const auto& one : state.nodes()) {
            if (one.flags().find("fail") != std::string::npos) failed.push_back(clipped(one.address(), 80));
        }
        if (!failed.empty()) telling_.say(cases_.member, listed_first(failed));
        telling_.end(cases_.ready, "all slots are served");
    }

  private:
    void judge_persistence(const Server& server) {
        if (server.loading()) return telling_.say(cases_.loading, "loading");
        if (server.last_save_status().empty())
            return telling_.say(cases_.unseen, "does not tell how it saved");
        if (server.last_save_status() != "ok") {
            const bool refuses = server.stops_writes_on_save_error() && server.role() == "master";
            telling_.say(refuses ? cases_.refuses : cases_.unsaved,
                         "its last save: " + clipped(server.last_save_status(), 40));
        }
        if (server.append_only() && server.append_status() != "ok")
            telling_.say(cases_.unsaved, "its append-only file: " + clipped(server.append_status(), 40));
    }

    void judge_memory(const Server& server) {
        const auto limit = static_cast<double>(server.memory_limit_bytes());
        if (server.memory_limit_bytes() == 0) return;
        if (static_cast<double>(server.used_memory_bytes()) >= full_share * limit) {
            telling_.say(cases_.full, passing(size_text(server.used_memory_bytes())) + " of " +
                                          size_text(server.memory_limit_bytes()));
        }
        if (!must_keep(server) || server.memory_policy() == "noeviction") return;
        if (server.memory_policy().empty()) {
            telling_.say(cases_.unseen, "does not tell its policy of eviction");
        } else {
            telling_.say(cases_.evicts, "policy " + clipped(server.memory_policy(), 40));
        }
    }

    void judge_clients(const Server& server) {
        if (server.clients_limit() == 0) return;
        if (server.clients() < full_share * server.clients_limit()) return;
        telling_.say(cases_.clients, passing(std::to_string(server.clients())) + " of " +
                                         std::to_string(server.clients_limit()) + " clients");
    }

    // Those of a time to come and those that were given up wait for nothing.
    void judge_jobs(const Server& server) {
        std::uint64_t queued = 0;
        std::uint64_t again = 0;
        for (const auto& [name, length] : server.sidekiq()) {
            auto& sum = name == "retry" ? again : queued;
            if (name == "retry" || name.starts_with("queue:")) sum += std::min(length, jobs_counted - sum);
        }
        if (queued + again < jobs_noted) return;
        telling_.say(cases_.jobs, passing(std::to_string(queued) + " in queues, " + std::to_string(again) +
                                          " to be tried again"));
    }

    static std::string link_text(const Server& server) {
        const auto master = server.master().empty() ? "a master that it does not name" : server.master();
        const auto link = server.master_link().empty() ? "not told" : server.master_link();
        return "link to " + clipped(master, 80) + ": " +
               (server.synchronising() ? "being copied" : clipped(link, 20));
    }

    void judge_replication(const Server& server) {
        if (server.role() == "slave") {
            if (server.master_link() != "up" || server.synchronising()) {
                telling_.say(cases_.link, link_text(server));
            }
            return;
        }
        if (server.role() != "master") return telling_.say(cases_.unseen, "does not tell its role");
        std::vector<std::string> apart;
        for (const auto& replica : server.replicas()) {
            const auto name = clipped(replica.address(), 80);
            if (replica.state() != "online") {
                apart.push_back(name + " is " + clipped(replica.state(), 40));
            } else if (replica.lag_seconds() > lag_limit_seconds) {
                apart.push_back(name + " silent for " +
                                passing(std::to_string(replica.lag_seconds()) + " s"));
            }
        }
        if (!apart.empty()) telling_.say(cases_.link, listed_first(apart));
    }

    Cases& cases_;
    Telling telling_;
};

// One that says it is of a cluster, of which nobody told the state.
bool lacks_cluster(const Fleet& fleet, const Server& server) {
    if (server.mode() != "cluster") return false;
    return std::ranges::none_of(fleet.nodes, [&](const FleetNode& node) {
        const auto states =
            findings_of<&v1::Finding::has_redis_cluster_state, &v1::Finding::redis_cluster_state>(node);
        return std::ranges::any_of(states, [&](const auto& state) {
            return state.first->address() == server.address() ||
                   std::ranges::any_of(state.first->nodes(), [&](const auto& member) {
                       return member.address() == server.address();
                   });
        });
    });
}

void judge_node(const Fleet& fleet, const FleetNode& node, Judging& judging, Cases& cases) {
    std::set<std::string> answered;
    for (const auto& [server, finding] :
         findings_of<&v1::Finding::has_redis_server, &v1::Finding::redis_server>(node)) {
        answered.insert(server->address());
        if (server->mode() == "sentinel") continue;
        judging.judge(node, *finding, *server);
        if (lacks_cluster(fleet, *server))
            about(cases.unseen, node, *finding, "nobody told the state of its cluster");
    }
    for (const auto& [state, finding] :
         findings_of<&v1::Finding::has_redis_cluster_state, &v1::Finding::redis_cluster_state>(node))
        judging.judge(node, *finding, *state);
    about_untold(cases.unseen, node, {{Role::RAILS, Role::SIDEKIQ, Role::REDIS}, "redis", {"redis"}},
                 answered);
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    Judging judging(cases);
    for (const auto& node : fleet.nodes) judge_node(fleet, node, judging, cases);
    return kept(
        {&cases.loading, &cases.unsaved, &cases.refuses, &cases.broken, &cases.unseen, &cases.denied,
         &cases.full, &cases.evicts, &cases.clients, &cases.link, &cases.member, &cases.jobs, &cases.ready},
        fleet, "unused", "no node uses Redis");
}

}  // namespace

constexpr Check redis_health{
    .id = "redis.health",
    .asks = "Is every Redis server in order?",
    .judge = judge,
};

}  // namespace preflight::readiness
