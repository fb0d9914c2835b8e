// RedisLooks: a live node whose services use Redis, for tests of the probe `redis`, and what it found there.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "probes/redis.h"
#include "tests/probes/finding_texts.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {

inline const std::string rails_etc = "/var/opt/gitlab/gitlab-rails/etc";

struct RedisLook {
    Found found;

    std::vector<v1::Reach> reaches() const {
        return all(found, &v1::Finding::has_reach, &v1::Finding::reach);
    }
    std::vector<v1::RedisServer> servers() const {
        return all(found, &v1::Finding::has_redis_server, &v1::Finding::redis_server);
    }
    std::vector<v1::SentinelStatus> sentinels() const {
        return all(found, &v1::Finding::has_sentinel_status, &v1::Finding::sentinel_status);
    }
    std::vector<v1::RedisClusterState> clusters() const {
        return all(found, &v1::Finding::has_redis_cluster_state, &v1::Finding::redis_cluster_state);
    }
};

// With waits that suit servers on loopback.
inline RedisLook look_at_redis(const NodeTree& tree,
                               std::chrono::milliseconds wait = std::chrono::seconds(2)) {
    RedisLook look;
    {
        Findings out("redis", [&](const v1::Finding& finding) { look.found.push_back(finding); });
        look_at_redis_servers(tree.node(Machine::live), {.connect = wait, .tls = wait, .answer = wait}, out);
    }
    return look;
}

// A node whose Rails has this under `production:` in resque.yml.
inline RedisLook look_with_resque(std::string_view production,
                                  std::chrono::milliseconds wait = std::chrono::seconds(2)) {
    NodeTree tree;
    tree.file(rails_etc + "/resque.yml", "production: {" + std::string(production) + "}\n");
    return look_at_redis(tree, wait);
}

}  // namespace preflight::probes
