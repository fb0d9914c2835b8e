#include "readiness/checks/redis_sentinel.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::string master(std::string_view more = "") {
    return "masters { " +
           with_others(more, {{"name", "'gitlab-redis'"},
                              {"address", "'10.20.0.61:6379'"},
                              {"flags", "'master'"},
                              {"quorum", "2"},
                              {"quorum_answer", "'OK 3 usable Sentinels'"},
                              {"quorum_reached", "true"},
                              {"replicas", "['10.20.0.62:6379', '10.20.0.63:6379']"},
                              {"sentinels", "['10.20.0.62:26379', '10.20.0.63:26379']"}}) +
           " } ";
}

std::string sentinel(const std::string& said, std::string_view address = "10.20.0.61:26379") {
    return "findings { probe: 'redis' reach { kind: 'sentinel' reached: true address: '" +
           std::string(address) + "' } } findings { probe: 'redis' sentinel_status { address: '" +
           std::string(address) + "' " + said + " } } ";
}

FleetNode watcher(std::string_view name, const std::string& findings) {
    return node(name, roles("REDIS, SENTINEL") + ran({"redis"}) + findings);
}

std::vector<v1::Verdict> of(const std::string& said) {
    return judged(redis_sentinel, fleet_of({watcher("redis1", sentinel(said))}));
}

TEST(RedisSentinel, IsReadyWhereTheyAgree) {
    const auto fleet = fleet_of(
        {watcher("redis1", sentinel(master())), watcher("redis2", sentinel(master(), "10.20.0.62:26379"))});
    EXPECT_THAT(judged(redis_sentinel, fleet), ElementsAre(says(v1::READY, "agree")));
    expect_no_loss_is_green(redis_sentinel, fleet, states);
}

TEST(RedisSentinel, BlocksWithoutAQuorum) {
    EXPECT_THAT(of(master("quorum_reached: false quorum_answer: 'NOQUORUM 1 usable Sentinels'")),
                ElementsAre(says(v1::BLOCKER, "no_quorum")));
}

TEST(RedisSentinel, BlocksAMasterThatIsDown) {
    EXPECT_THAT(of(master("flags: 'master,o_down'")), ElementsAre(says(v1::BLOCKER, "master_down")));
}

TEST(RedisSentinel, BlocksWhereTwoNameDifferentMasters) {
    const auto other = sentinel(master("address: '10.20.0.62:6379'"), "10.20.0.62:26379");
    EXPECT_THAT(judged(redis_sentinel, fleet_of({node("web1", ran({"redis"}) + sentinel(master()) + other)})),
                ElementsAre(says(v1::BLOCKER, "masters_differ")));
    const auto second =
        watcher("redis2", other + "findings { probe: 'system' host { addresses: '10.20.0.62' } } ");
    EXPECT_THAT(judged(redis_sentinel, fleet_of({watcher("redis1", sentinel(master())), second})),
                Contains(says(v1::BLOCKER, "masters_differ")));
}

// Both sites of Geo may call theirs by one name.
TEST(RedisSentinel, KeepsTheSentinelsOfTwoSitesApart) {
    const auto there =
        sentinel(master("address: '10.30.0.61:6379' sentinels: ['10.30.0.62:26379', '10.30.0.63:26379']"),
                 "10.30.0.61:26379");
    EXPECT_THAT(
        judged(redis_sentinel, fleet_of({watcher("redis1", sentinel(master())), watcher("geo1", there)})),
        ElementsAre(says(v1::READY, "agree")));
}

TEST(RedisSentinel, WarnsOfTooFew) {
    EXPECT_THAT(of(master("sentinels: ['10.20.0.62:26379']")),
                ElementsAre(says(v1::WARNING, "few_sentinels")));
    EXPECT_THAT(of(master("replicas: []")), ElementsAre(says(v1::WARNING, "no_replica")));
}

TEST(RedisSentinel, IsUnknownWhereItHidesItsState) {
    EXPECT_THAT(of("denied: 'SENTINEL MASTERS'"), ElementsAre(says(v1::UNKNOWN, "denied")));
    EXPECT_THAT(of(master("quorum_reached: false quorum_answer: ''") + "denied: 'SENTINEL CKQUORUM'"),
                ElementsAre(says(v1::UNKNOWN, "denied")));
}

TEST(RedisSentinel, IsUnknownWhereItDidNotAnswer) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of(master("quorum_reached: false quorum_answer: ''")),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of(master("address: ''")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    const auto asks = "findings { probe: 'endpoints' redis_endpoint { mode: SENTINEL nodes: 'a:26379' } } ";
    EXPECT_THAT(judged(redis_sentinel, fleet_of({node("web1", roles("RAILS") + ran({"redis"}) + asks)})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(redis_sentinel, fleet_of({node("redis1", roles("SENTINEL"))})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(redis_sentinel, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(RedisSentinel, DoesNotApplyWhereThereIsNone) {
    EXPECT_THAT(judged(redis_sentinel, fleet_of({node("web1", roles("RAILS") + ran({"redis"}))})),
                ElementsAre(says(v1::NOT_APPLICABLE, "unused")));
}

}  // namespace
}  // namespace preflight::readiness
