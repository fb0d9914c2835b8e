// RedisRound: goes to each Redis server and Sentinel once, and reports what it meets.
#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "probes/node/dial.h"
#include "probes/probe.h"
#include "probes/redis_login.h"
#include "probes/redis_talk.h"

namespace preflight::probes {

// One server with one login, and everybody who needs it so.
struct RedisVisit {
    Place place;
    const RedisLogin* login = nullptr;  // of a client that outlives the visit
    std::uint32_t database = 0;
    bool holds_queues = false;  // Sidekiq's
    std::vector<std::string> uses;
};

struct SentinelVisit {
    Place place;
    const RedisLogin* login = nullptr;
    std::set<std::string> masters;  // that its users ask it for
    std::vector<std::string> uses;
};

class RedisRound {
  public:
    RedisRound(const Node& node, const DialLimits& limits, Findings& out)
        : node_(node), limits_(limits), out_(out) {}

    void visit(const RedisVisit& visit);
    // Where the Sentinel says that its users' masters are.
    std::map<std::string, Place> visit(const SentinelVisit& visit);

  private:
    // Nothing after a gap; without a talk where the reach has failed.
    struct Arrival {
        v1::Reach reach;
        std::optional<RedisTalk> talk;
    };
    std::optional<Arrival> arrive(const RedisVisit& visit, std::string_view kind);
    void report(const v1::Reach& reach);
    void report_cluster(RedisTalk& talk, const RedisVisit& visit, v1::RedisServer& server);

    const Node& node_;
    DialLimits limits_;
    Findings& out_;
    std::set<std::string> seen_in_clusters_;  // addresses of nodes
};

}  // namespace preflight::probes
