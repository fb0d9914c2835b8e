#include "readiness/checks/redis_version.h"

#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;

constexpr std::string_view elsewhere = "redis.example.test:6379";

std::string redis(std::string_view flavour, std::string_view version, std::string_view address = elsewhere) {
    return "findings { probe: 'redis' reach { kind: 'redis' address: '" + std::string(address) +
           "' reached: true } } findings { probe: 'redis' redis_server { address: '" + std::string(address) +
           "' flavour: " + std::string(flavour) + " version: '" + std::string(version) +
           "' uses: 'rails cache' } } ";
}

FleetNode web(const std::string& findings, std::string_view with_roles = "RAILS",
              std::string_view version = "18.11.9") {
    return node("web1", installed(version) + roles(with_roles) + ran({"redis"}) + findings);
}

std::vector<v1::Verdict> of(const FleetNode& one) { return judged(redis_version, fleet_of({one})); }

TEST(RedisVersion, IsReadyForRedisAndForValkey) {
    EXPECT_THAT(of(web(redis("REDIS", "7.2.5"))), ElementsAre(says(v1::READY, "fit")));
    EXPECT_THAT(of(web(redis("VALKEY", "7.2.11"))), ElementsAre(says(v1::READY, "fit")));
    EXPECT_THAT(of(web(redis("REDIS", "7.2.5") + redis("VALKEY", "8.0.1", "b:6379"))),
                ElementsAre(says(v1::READY, "fit"), says(v1::READY, "fit")));
}

TEST(RedisVersion, BlocksOneThatIsTooOld) {
    EXPECT_THAT(of(web(redis("REDIS", "6.2.14"))),
                ElementsAre(AllOf(says(v1::BLOCKER, "too_old"),
                                  mentions("Redis is below 7.0, which GitLab 19.2.4"))));
    EXPECT_THAT(of(web(redis("VALKEY", "7.0.1"))), ElementsAre(says(v1::BLOCKER, "too_old")));
}

TEST(RedisVersion, NotesOneBelowWhatIsRecommended) {
    EXPECT_THAT(of(web(redis("REDIS", "7.0.15"))), ElementsAre(says(v1::NOTE, "below_recommended")));
}

// The package brings a new one with each version.
TEST(RedisVersion, DoesNotAskThePackagesOwn) {
    const auto own = redis("REDIS", "6.2.14", "/var/opt/gitlab/redis/redis.socket");
    EXPECT_THAT(of(web(own, "RAILS, REDIS")), ElementsAre(says(v1::READY, "fit")));
    EXPECT_THAT(of(web(own, "RAILS")), ElementsAre(says(v1::BLOCKER, "too_old"))) << "somebody else's socket";
}

TEST(RedisVersion, IsUnknownOnceWhereNoneWasHeard) {
    EXPECT_THAT(of(node("web1", installed("18.11.9") + roles("RAILS"))),
                ElementsAre(says(v1::UNKNOWN, "unheard")));
    EXPECT_THAT(of(web("")), ElementsAre(says(v1::UNKNOWN, "untold")));
    EXPECT_THAT(judged(redis_version, Fleet{}), ElementsAre(says(v1::UNKNOWN, "untold")));
    const auto odd = redis("FLAVOUR_UNSPECIFIED", "7.2");
    EXPECT_THAT(of(web(odd)), ElementsAre(says(v1::UNKNOWN, "unheard"))) << "it does not say what it is";
    EXPECT_THAT(of(web(redis("REDIS", ""))), ElementsAre(says(v1::UNKNOWN, "version_unseen")));
}

TEST(RedisVersion, DoesNotApplyWithoutGitLab) {
    EXPECT_THAT(of(node_without_gitlab()), ElementsAre(says(v1::NOT_APPLICABLE, "unused")));
}

TEST(RedisVersion, IsNeverReadyWhereAnythingIsMissing) {
    expect_no_loss_is_green(
        redis_version, fleet_of({web(redis("REDIS", "7.2.5"))}),
        [](const v1::Finding& finding) { return !finding.has_reach() && !finding.has_node_roles(); });
}

}  // namespace
}  // namespace preflight::readiness
