#include "readiness/checks/redis_health.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::string server(std::string_view more, std::string_view uses = "uses: 'rails queues'") {
    return "findings { probe: 'redis' reach { kind: 'redis' address: '10.20.0.61:6379' reached: true } } "
           "findings { probe: 'redis' redis_server { address: '10.20.0.61:6379' " +
           std::string(uses) + " " +
           with_others(more, {{"version", "'7.2.15'"}, {"role", "'master'"}, {"last_save_status", "'ok'"}}) +
           " } } ";
}

FleetNode web(const std::string& findings) {
    return node("web1", roles("RAILS") + ran({"redis"}) + findings);
}

std::vector<v1::Verdict> health(std::string_view more) {
    return judged(redis_health, fleet_of({web(server(more))}));
}

TEST(RedisHealth, IsReadyWhereNothingIsWrong) {
    const auto whole =
        server("append_only: true append_status: 'ok' replicas { address: 'r:6379' state: 'online' }");
    EXPECT_THAT(judged(redis_health, fleet_of({web(whole)})), ElementsAre(says(v1::READY, "healthy")));
    expect_no_loss_is_green(redis_health, fleet_of({web(whole)}), states);
}

TEST(RedisHealth, BlocksWhatIsNotOnTheDisk) {
    EXPECT_THAT(health("loading: true"), ElementsAre(says(v1::BLOCKER, "loading")));
    EXPECT_THAT(health("last_save_status: 'err'"), ElementsAre(says(v1::BLOCKER, "not_saved")));
    EXPECT_THAT(health("append_only: true append_status: 'err'"),
                ElementsAre(says(v1::BLOCKER, "not_saved")));
}

TEST(RedisHealth, BlocksWhatTakesNoWritesUntilItCanSave) {
    EXPECT_THAT(health("last_save_status: 'err' stops_writes_on_save_error: true"),
                ElementsAre(says(v1::BLOCKER, "refuses_writes")));
    EXPECT_THAT(health("stops_writes_on_save_error: true"), ElementsAre(says(v1::READY, "healthy")));
    EXPECT_THAT(health("role: 'slave' master_link: 'up' last_save_status: 'err' stops_writes_on_save_error: "
                       "true"),
                ElementsAre(says(v1::BLOCKER, "not_saved")))
        << "nobody writes to a replica";
}

TEST(RedisHealth, WarnsOfClientsCloseToTheirLimit) {
    EXPECT_THAT(health("clients: 900 clients_limit: 1000"), ElementsAre(says(v1::WARNING, "clients_full")));
    EXPECT_THAT(health("clients: 899 clients_limit: 1000"), ElementsAre(says(v1::READY, "healthy")));
    EXPECT_THAT(health("clients: 4294967295"), ElementsAre(says(v1::READY, "healthy")))
        << "no limit was told";
}

TEST(RedisHealth, NotesJobsThatWait) {
    const auto verdicts = health(
        "sidekiq { key: 'queue:default' value: 600 } sidekiq { key: 'queue:mailers' value: 300 } "
        "sidekiq { key: 'retry' value: 100 } sidekiq { key: 'dead' value: 9000 }");
    ASSERT_THAT(verdicts, ElementsAre(says(v1::NOTE, "jobs_wait")));
    EXPECT_THAT(verdicts[0].evidence(0).what(), ::testing::EndsWith("900 in queues, 100 to be tried again"));
    EXPECT_THAT(health("sidekiq { key: 'queue:default' value: 999 } sidekiq { key: 'schedule' value: 9000 }"),
                ElementsAre(says(v1::READY, "healthy")));
    EXPECT_THAT(health("sidekiq { key: 'queue:a' value: 18446744073709551615 } "
                       "sidekiq { key: 'queue:b' value: 18446744073709551615 }"),
                ElementsAre(says(v1::NOTE, "jobs_wait")));
}

TEST(RedisHealth, WarnsOfLittleMemory) {
    EXPECT_THAT(health("used_memory_bytes: 900 memory_limit_bytes: 1000 memory_policy: 'noeviction'"),
                ElementsAre(says(v1::WARNING, "memory_full")));
    EXPECT_THAT(health("used_memory_bytes: 899 memory_limit_bytes: 1000 memory_policy: 'noeviction'"),
                ElementsAre(says(v1::READY, "healthy")));
    EXPECT_THAT(health("used_memory_bytes: 18446744073709551615"), ElementsAre(says(v1::READY, "healthy")));
}

TEST(RedisHealth, WarnsOfJobsThatMayBeDropped) {
    constexpr std::string_view drops = "memory_limit_bytes: 1000 memory_policy: 'allkeys-lru'";
    EXPECT_THAT(health(drops), ElementsAre(says(v1::WARNING, "evicts")));
    EXPECT_THAT(judged(redis_health, fleet_of({web(server(drops, "uses: 'rails cache'"))})),
                ElementsAre(says(v1::READY, "healthy")));
    EXPECT_THAT(health("memory_policy: 'allkeys-lru'"), ElementsAre(says(v1::READY, "healthy")));
    EXPECT_THAT(health("memory_limit_bytes: 1000"), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(RedisHealth, WarnsOfReplicasThatAreNotLinked) {
    for (const auto* more :
         {"replicas { address: 'r:6379' state: 'wait_bgsave' }",
          "replicas { address: 'r:6379' state: 'online' lag_seconds: 18446744073709551615 }",
          "role: 'slave' master_link: 'down'", "role: 'slave' master_link: 'up' synchronising: true"})
        EXPECT_THAT(health(more), ElementsAre(says(v1::WARNING, "replica_link"))) << more;
    EXPECT_THAT(health("role: 'slave'")[0].evidence(0).what(),
                ::testing::EndsWith("link to a master that it does not name: not told"));
    EXPECT_THAT(health("role: 'slave' master_link: 'up'"), ElementsAre(says(v1::READY, "healthy")));
}

TEST(RedisHealth, JudgesAClusterAsAWhole) {
    const auto in_cluster = server("mode: 'cluster'", "uses: 'rails cache'");
    const auto of = [&](std::string_view state) {
        return judged(redis_health, fleet_of({web(in_cluster +
                                                  "findings { probe: 'redis' redis_cluster_state { "
                                                  "address: '10.20.0.61:6379' " +
                                                  std::string(state) + " } } ")}));
    };
    EXPECT_THAT(of("state: 'ok' slots_assigned: 16384 slots_ok: 16384"),
                ElementsAre(says(v1::READY, "healthy")));
    EXPECT_THAT(of("state: 'fail' slots_assigned: 16384"),
                UnorderedElementsAre(says(v1::BLOCKER, "cluster_failed"), says(v1::READY, "healthy")));
    EXPECT_THAT(of("state: 'ok' slots_assigned: 16384 nodes { address: 'a:1' flags: 'master,fail' }"),
                UnorderedElementsAre(says(v1::WARNING, "cluster_member"), says(v1::READY, "healthy")));
    EXPECT_FALSE(is_green(judged(redis_health, fleet_of({web(in_cluster)}))));
}

TEST(RedisHealth, IsUnknownWhereItHidesItsState) {
    EXPECT_THAT(health("version: '' denied: 'INFO'"), ElementsAre(says(v1::UNKNOWN, "denied")));
    EXPECT_THAT(health("denied: 'CONFIG GET'"), ElementsAre(says(v1::READY, "healthy")));
}

TEST(RedisHealth, IsUnknownOfServersThatWereNotHeard) {
    EXPECT_THAT(health("last_save_status: ''"), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(health("role: ''"), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(redis_health,
                       fleet_of({web(server("") + "findings { probe: 'redis' reach { kind: 'redis' address: "
                                                  "'10.20.0.62:6379' detail: 'refused' } } ")})),
                UnorderedElementsAre(says(v1::UNKNOWN, "unseen"), says(v1::READY, "healthy")));
    EXPECT_THAT(judged(redis_health, fleet_of({node("web1", roles("RAILS"))})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(redis_health, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(RedisHealth, DoesNotApplyWhereNobodyUsesIt) {
    EXPECT_THAT(judged(redis_health, fleet_of({node("db1", roles("POSTGRESQL") + ran({"redis"}))})),
                ElementsAre(says(v1::NOT_APPLICABLE, "unused")));
}

}  // namespace
}  // namespace preflight::readiness
