#include "readiness/checks/redis_sentinel.h"

#include <algorithm>

#include "readiness/node_match.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using Status = v1::SentinelStatus;
using Master = v1::SentinelStatus::Master;

constexpr int enough_sentinels = 3;

struct Cases {
    v1::Verdict no_quorum =
        verdict(v1::BLOCKER, "no_quorum", "the Sentinels that are there could not agree on a failover");
    v1::Verdict differ =
        verdict(v1::BLOCKER, "masters_differ", "the Sentinels do not name one Redis as master");
    v1::Verdict down = verdict(v1::BLOCKER, "master_down", "by a Sentinel the Redis master is down");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "not every Sentinel in use told its state");
    v1::Verdict denied = verdict(v1::UNKNOWN, "denied", "a Sentinel hides its state from the login");
    v1::Verdict few =
        verdict(v1::WARNING, "few_sentinels", "fewer than three Sentinels watch a Redis master");
    v1::Verdict alone =
        verdict(v1::WARNING, "no_replica", "a Redis master that Sentinels watch has no replica");
    v1::Verdict ready = verdict(v1::READY, "agree", "the Sentinels agree, and are enough");
};

struct Told {
    const FleetNode* node = nullptr;
    const v1::Finding* finding = nullptr;
    const Status* status = nullptr;
};

std::vector<Told> statuses(const Fleet& fleet) {
    std::vector<Told> all;
    for (const auto& node : fleet.nodes) {
        for (const auto& [status, finding] :
             findings_of<&v1::Finding::has_sentinel_status, &v1::Finding::sentinel_status>(node))
            all.push_back({&node, finding, status});
    }
    return all;
}

bool knows(const Master& master, const Told& other) {
    return std::ranges::any_of(master.sentinels(), [&](const std::string& address) {
        return address == other.status->address() || goes_by(*other.node, split_address(address, 0).host);
    });
}

// Names of masters are alike on the sites of Geo: those belong together that one node asks, or that know each
// other.
bool together(const Told& one, const Master& master, const Told& other) {
    return one.node == other.node || knows(master, other);
}

class Judging {
  public:
    Judging(const std::vector<Told>& all, Cases& cases) : all_(all), cases_(cases) {}

    void judge(const Told& told) {
        telling_.begin(*told.node, *told.finding, told.status->address());
        const std::vector<std::string> denied(told.status->denied().begin(), told.status->denied().end());
        if (!denied.empty()) telling_.say(cases_.denied, "not allowed: " + listed_first(denied));
        if (told.status->masters().empty() && denied.empty())
            telling_.say(cases_.unseen, "watches no master");
        std::vector<std::string> names;
        names.reserve(static_cast<std::size_t>(told.status->masters_size()));
        for (const auto& master : told.status->masters()) {
            judge(told, master, denied.empty());
            names.push_back(clipped(master.name(), 60) + " at " + clipped(master.address(), 80));
        }
        telling_.end(cases_.ready, listed_first(names));
    }

  private:
    void judge(const Told& told, const Master& master, bool told_all) {
        const auto name = clipped(master.name(), 60) + " ";
        const bool answered = master.quorum_reached() || !master.quorum_answer().empty();
        if (!answered && told_all)
            telling_.say(cases_.unseen, name + "does not tell whether a quorum is there");
        if (answered && !master.quorum_reached())
            telling_.say(cases_.no_quorum, name + clipped(master.quorum_answer(), 200));
        if (master.flags().find("s_down") != std::string::npos ||
            master.flags().find("o_down") != std::string::npos)
            telling_.say(cases_.down, name + clipped(master.flags(), 80));
        if (master.address().empty()) telling_.say(cases_.unseen, name + "has no address");
        judge_numbers(master, name, told_all);
        for (const auto& other : all_) compare(told, master, other);
    }

    void judge_numbers(const Master& master, const std::string& name, bool told_all) {
        if (!told_all) return;
        if (master.sentinels_size() + 1 < enough_sentinels) {
            telling_.say(cases_.few,
                         name + "is watched by " +
                             counted(static_cast<std::size_t>(master.sentinels_size()) + 1, "Sentinel"));
        }
        if (master.replicas().empty()) telling_.say(cases_.alone, name + "has no replica");
    }

    void compare(const Told& told, const Master& master, const Told& other) {
        if (!together(told, master, other)) return;
        for (const auto& same : other.status->masters()) {
            if (same.name() != master.name() || same.address() == master.address()) continue;
            telling_.say(cases_.differ,
                         clipped(master.name(), 60) + " is at " + clipped(master.address(), 80) + ", by " +
                             clipped(other.status->address(), 80) + " at " + clipped(same.address(), 80));
        }
    }

    const std::vector<Told>& all_;
    Cases& cases_;
    Telling telling_;
};

// Sentinels that a service of the node is configured to ask.
bool asks_sentinels(const FleetNode& node) {
    const auto endpoints = findings_of<&v1::Finding::has_redis_endpoint, &v1::Finding::redis_endpoint>(node);
    return std::ranges::any_of(endpoints, [](const auto& endpoint) {
        return endpoint.first->mode() == v1::RedisEndpoint::SENTINEL;
    });
}

void note_unheard(const FleetNode& node, Cases& cases) {
    std::set<std::string> answered;
    for (const auto& [status, finding] :
         findings_of<&v1::Finding::has_sentinel_status, &v1::Finding::sentinel_status>(node))
        answered.insert(status->address());
    const bool silent = asks_sentinels(node) && answered.empty();
    if (silent || unheard(node, {v1::NodeRoles::SENTINEL}, "redis", !answered.empty()))
        about_unseen(cases.unseen, node, "redis");
    about_unanswered(cases.unseen, node, {"sentinel"}, answered);
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    const auto all = statuses(fleet);
    Judging judging(all, cases);
    for (const auto& told : all) judging.judge(told);
    for (const auto& node : fleet.nodes) note_unheard(node, cases);
    return kept({&cases.no_quorum, &cases.differ, &cases.down, &cases.unseen, &cases.denied, &cases.few,
                 &cases.alone, &cases.ready},
                fleet, "unused", "no node uses Sentinels");
}

}  // namespace

constexpr Check redis_sentinel{
    .id = "redis.sentinel",
    .asks = "Do the Sentinels agree, and are they enough?",
    .judge = judge,
};

}  // namespace preflight::readiness
