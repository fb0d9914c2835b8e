// How servers are judged by what each version of GitLab requires; postgresql.version and redis.version say
// it.
#include "readiness/component_fit.h"

#include "readiness/checks/postgresql_version.h"
#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::Not;

constexpr std::string_view elsewhere = "db.example.test:5432";
constexpr std::string_view own_socket = "/var/opt/gitlab/postgresql/.s.PGSQL.5432";

std::string postgres(std::string_view version, std::string_view address = elsewhere) {
    return "findings { probe: 'postgres' source: 'postgres' postgres_instance { address: '" +
           std::string(address) + "' uses: 'rails main' version: '" + std::string(version) + "' } } ";
}

FleetNode web(std::string_view version, const std::string& findings, std::string_view with_roles = "RAILS") {
    return node("web1", installed(version) + roles(with_roles) + ran({"postgres", "redis", "settings"}) +
                            findings + "findings { probe: 'geo' geo_role { role: NOT_CONFIGURED } } ");
}

std::vector<v1::Verdict> of(const FleetNode& one, std::string_view target = "19.3.0") {
    return judged(postgresql_version, fleet_of({one}), to(target));
}

TEST(ComponentFit, IsReadyWhereEachHopIsServed) {
    EXPECT_THAT(of(web("19.2.4", postgres("17.5"))), ElementsAre(says(v1::READY, "fit")));
    EXPECT_THAT(of(web("18.11.9", postgres("17.5"))), ElementsAre(says(v1::READY, "fit")));
    EXPECT_THAT(of(web("19.3.0", postgres("17.5"))), ElementsAre(says(v1::READY, "fit"))) << "no hop to make";
}

TEST(ComponentFit, BlocksBeforeTheFirstHopThatNeedsMore) {
    const auto verdicts = of(web("17.11.7", postgres("16.8")));
    ASSERT_THAT(verdicts,
                ElementsAre(AllOf(says(v1::BLOCKER, "too_old"),
                                  mentions("below 17, which GitLab 19.2.4 needs: upgrade it before the hop "
                                           "18.11.11 → 19.2.4"))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "PostgreSQL 16.8 at db.example.test:5432");
    EXPECT_FALSE(verdicts[0].evidence(1).source().empty()) << "the rule that says so";
    EXPECT_THAT(of(web("17.11.7", postgres("14.17"))),
                ElementsAre(AllOf(says(v1::BLOCKER, "too_old"), mentions("17.11.7 → 18.2.8"))));
}

// The package brings the minor of its own server with each version: only the major stays.
TEST(ComponentFit, CountsTheMajorAloneOfThePackagesOwnPostgresql) {
    const auto own = postgres("16.6", own_socket);
    EXPECT_THAT(of(web("17.11.7", own, "RAILS, POSTGRESQL"), "18.2.8"), ElementsAre(says(v1::READY, "fit")));
    EXPECT_THAT(of(web("17.11.7", postgres("16.6")), "18.2.8"), ElementsAre(says(v1::BLOCKER, "too_old")));
}

TEST(ComponentFit, NotesWhereThePackageUpgradesItsOwnServerOnTheWay) {
    const auto own = postgres("16.10", own_socket);
    EXPECT_THAT(
        of(web("18.8.11", own, "RAILS, POSTGRESQL")),
        ElementsAre(AllOf(says(v1::NOTE, "upgrades_itself"), mentions("before the hop 18.11.11 → 19.2.4"))));
    EXPECT_THAT(of(web("18.11.9", own, "RAILS, POSTGRESQL")), ElementsAre(says(v1::BLOCKER, "too_old")))
        << "the hop that would have done it is past";
}

TEST(ComponentFit, DoesNotCountOnThePackageWhereItIsKeptFromIt) {
    const auto own = postgres("16.10", own_socket);
    const std::string marker = "findings { marker_file { path: '/etc/gitlab/disable-postgresql-upgrade' } } ";
    const auto blocked = ElementsAre(says(v1::BLOCKER, "too_old"));
    EXPECT_THAT(of(web("18.8.11", own + marker, "RAILS, POSTGRESQL")), blocked);
    EXPECT_THAT(of(web("18.8.11", own, "RAILS, PATRONI")), blocked);
    EXPECT_THAT(of(web("18.8.11", own + "findings { geo_role { role: PRIMARY } } ", "RAILS, POSTGRESQL")),
                blocked);
    EXPECT_THAT(of(web("18.8.11", postgres("16.10", "127.0.0.1:5432"))), blocked)
        << "a proxy to another host's";
    const std::string pinned = "findings { probe: 'settings' setting { key: \"postgresql['version']\" } } ";
    EXPECT_THAT(of(web("18.8.11", own + pinned, "RAILS, POSTGRESQL")), blocked);
    const std::string lifted = "findings { marker_file { path: '/etc/gitlab/skip-auto-reconfigure' } } ";
    EXPECT_THAT(of(web("18.8.11", own + lifted, "RAILS, POSTGRESQL")),
                ElementsAre(says(v1::NOTE, "upgrades_itself")))
        << "the plan takes that one away";
}

// Each may hide what keeps the package from it.
TEST(ComponentFit, DoesNotCountOnThePackageWhereWhatKeepsItWasNotSeen) {
    const auto own = installed("18.8.11") + roles("RAILS, POSTGRESQL") + postgres("16.10", own_socket);
    const std::string geo = "findings { probe: 'geo' geo_role { role: NOT_CONFIGURED } } ";
    const auto blocked = ElementsAre(says(v1::BLOCKER, "too_old"));
    EXPECT_THAT(of(node("web1", own + ran({"postgres", "settings"}) + geo)),
                ElementsAre(says(v1::NOTE, "upgrades_itself")));
    EXPECT_THAT(of(node("web1", own + ran({"postgres"}) + geo)), blocked) << "postgresql['version']";
    EXPECT_THAT(
        of(node("web1", own + ran({"postgres", "settings"}) + geo + gap("settings", "cause: DENIED"))),
        blocked);
    EXPECT_THAT(
        of(node("web1", own + ran({"postgres", "settings"}) + geo + gap("installation", "cause: DENIED"))),
        blocked)
        << "disable-postgresql-upgrade";
    EXPECT_THAT(of(node("web1", own + ran({"postgres", "settings"}))), blocked) << "Geo";
}

TEST(ComponentFit, WarnsOfAServerThatIsTooNew) {
    EXPECT_THAT(of(web("19.2.4", postgres("18.1"))),
                ElementsAre(AllOf(says(v1::WARNING, "too_new"), mentions("below 18"))));
}

// GitLab 16 is made for PostgreSQL below 16, GitLab 18 for no less than 16.8.
TEST(ComponentFit, BlocksWhereAServerTooNewForOneHopIsTooOldForALaterOne) {
    EXPECT_THAT(of(web("16.3.9", postgres("16.4"))),
                ElementsAre(AllOf(says(v1::WARNING, "too_new"), mentions("GitLab 16.7.10")),
                            AllOf(says(v1::BLOCKER, "too_old"), mentions("below 16.8"))));
    EXPECT_THAT(of(web("16.3.9", postgres("16.4")), "17.3.7"), ElementsAre(says(v1::WARNING, "too_new")));
}

TEST(ComponentFit, IsUnknownForAVersionThatIsNone) {
    EXPECT_THAT(of(web("19.2.4", postgres(""))), ElementsAre(says(v1::UNKNOWN, "version_unseen")));
    EXPECT_THAT(of(web("19.2.4", postgres("18devel"))), ElementsAre(says(v1::UNKNOWN, "version_unseen")));
    EXPECT_THAT(of(web("19.2.4", postgres("99999999999.1"))),
                ElementsAre(says(v1::UNKNOWN, "version_unseen")));
}

TEST(ComponentFit, IsUnknownWhereOneWasNotHeard) {
    const std::string lost = "findings { probe: 'postgres' reach { kind: 'postgresql' address: 'x:5432' } } ";
    EXPECT_THAT(of(web("19.2.4", postgres("17.5") + lost)),
                ElementsAre(says(v1::UNKNOWN, "unheard"), says(v1::READY, "fit")));
    EXPECT_THAT(of(node("web1", installed("19.2.4") + roles("RAILS"))),
                ElementsAre(says(v1::UNKNOWN, "unheard")));
    EXPECT_THAT(of(silent_node("web1")), ElementsAre(says(v1::UNKNOWN, "unheard")));
    EXPECT_THAT(of(web("19.2.4", "")), ElementsAre(says(v1::UNKNOWN, "untold")));
    EXPECT_THAT(judged(postgresql_version, Fleet{}), ElementsAre(says(v1::UNKNOWN, "untold")));
}

TEST(ComponentFit, IsUnknownWithoutAPath) {
    for (const auto* target : {"19.4.0", "18.11.0"})
        EXPECT_THAT(of(web("19.2.4", postgres("17.5")), target), ElementsAre(says(v1::UNKNOWN, "no_path")));
    EXPECT_THAT(of(web("nonsense", postgres("17.5"))), ElementsAre(says(v1::UNKNOWN, "no_path")));
}

TEST(ComponentFit, IsUnknownWhereTheKnowledgeHasNoRequirement) {
    auto knowledge = built_in_knowledge();
    knowledge.clear_requirements();
    EXPECT_THAT(
        postgresql_version.judge(fleet_of({web("19.2.4", postgres("17.5"))}), to("19.3.0"), knowledge),
        ElementsAre(AllOf(says(v1::UNKNOWN, "no_requirement"), mentions("GitLab 19.3.0 requires"))));
}

TEST(ComponentFit, NotesAServerBelowWhatIsRecommended) {
    auto knowledge = built_in_knowledge();
    for (auto& row : *knowledge.mutable_requirements()) {
        if (row.component() == v1::ServerIs::POSTGRESQL) row.set_recommended("17.6");
    }
    EXPECT_THAT(
        postgresql_version.judge(fleet_of({web("19.2.4", postgres("17.5"))}), to("19.3.0"), knowledge),
        ElementsAre(says(v1::NOTE, "below_recommended")));
}

// A data directory says which major it is for, where the server itself was not asked.
TEST(ComponentFit, GoesByTheDataDirectoryWhereTheServerWasNotAsked) {
    const auto blind = [](std::string_view major) {
        return of(
            node("db1", installed("18.11.9") + roles("POSTGRESQL") +
                            "findings { probe: 'endpoints' postgres_server { purpose: 'main' data_directory: "
                            "'/var/opt/gitlab/postgresql/data' major: '" +
                            std::string(major) + "' } }"));
    };
    EXPECT_THAT(blind("16"), ElementsAre(says(v1::UNKNOWN, "unheard"), says(v1::BLOCKER, "too_old")));
    EXPECT_THAT(blind("17"), ElementsAre(says(v1::UNKNOWN, "unheard"), says(v1::READY, "fit")));
    EXPECT_THAT(blind("x"), ElementsAre(says(v1::UNKNOWN, "unheard"), says(v1::UNKNOWN, "version_unseen")));
}

TEST(ComponentFit, DoesNotApplyWithoutGitLab) {
    EXPECT_THAT(of(node_without_gitlab()), ElementsAre(says(v1::NOT_APPLICABLE, "unused")));
}

}  // namespace
}  // namespace preflight::readiness
