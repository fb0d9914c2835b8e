#include "readiness/checks/postgresql_extensions.h"

#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::string extension(std::string_view name) {
    return "extensions { name: '" + std::string(name) + "' version: '1.0' } ";
}

std::string all() {
    return extension("plpgsql") + extension("pg_trgm") + extension("btree_gist") + extension("amcheck") +
           extension("pg_stat_statements");
}

std::string server(const std::string& extensions, std::string_view uses = "rails main",
                   std::string_view address = "db:5432") {
    return "findings { probe: 'postgres' reach { kind: 'postgresql' address: '" + std::string(address) +
           "' reached: true } } findings { probe: 'postgres' postgres_instance { address: '" +
           std::string(address) + "' database: 'gitlabhq_production' version: '17.5' uses: '" +
           std::string(uses) + "' " + extensions + " } } ";
}

FleetNode web(const std::string& findings, std::string_view version = "19.2.4",
              std::string_view with_roles = "RAILS") {
    return node("web1", installed(version) + roles(with_roles) + ran({"postgres"}) + findings);
}

std::vector<v1::Verdict> of(const FleetNode& one, std::string_view target = "19.3.0") {
    return judged(postgresql_extensions, fleet_of({one}), to(target));
}

TEST(Extensions, AreReadyWhereEachIsInstalled) {
    const auto whole = web(server(all()));
    EXPECT_THAT(of(whole), ElementsAre(says(v1::READY, "installed")));
    expect_no_loss_is_green(postgresql_extensions, fleet_of({whole}), [](const v1::Finding& finding) {
        return !finding.has_reach() && !finding.has_node_roles();
    });
}

TEST(Extensions, BlockBeforeTheHopThatNeedsThem) {
    const auto without = extension("plpgsql") + extension("pg_trgm") + extension("btree_gist") +
                         extension("pg_stat_statements");
    const auto verdicts = of(web(server(without), "18.2.8"));
    ASSERT_THAT(verdicts,
                ElementsAre(AllOf(says(v1::BLOCKER, "missing"), mentions("amcheck"), mentions("18.4"))));
    EXPECT_EQ(verdicts[0].evidence(0).what(),
              "gitlabhq_production at db:5432, whose server does not even offer it, hop 18.2.8 → 18.5.7");
    EXPECT_THAT(of(web(server(without), "17.11.7"), "18.2.8"), ElementsAre(says(v1::READY, "installed")))
        << "no version on the way needs it";
    EXPECT_THAT(of(web(server(without + "extensions { name: 'amcheck' default_version: '1.3' }"), "18.2.8")),
                ElementsAre(says(v1::BLOCKER, "missing")));
}

TEST(Extensions, AreCreatedByThePackageInItsOwnServer) {
    const auto own = server(extension("plpgsql") + extension("pg_trgm") + extension("btree_gist"),
                            "rails main", "/var/opt/gitlab/postgresql/.s.PGSQL.5432");
    EXPECT_THAT(of(web(own, "18.2.8", "RAILS, POSTGRESQL")),
                UnorderedElementsAre(says(v1::NOTE, "by_package"), says(v1::NOTE, "recommended"),
                                     says(v1::READY, "installed")));
    EXPECT_THAT(of(web(own, "19.2.4", "RAILS, POSTGRESQL")), Contains(says(v1::BLOCKER, "missing")))
        << "the version that runs should have";
}

TEST(Extensions, AreRecommendedWhereGitLabWorksWithout) {
    const auto without =
        extension("plpgsql") + extension("pg_trgm") + extension("btree_gist") + extension("amcheck");
    EXPECT_THAT(of(web(server(without))),
                ElementsAre(AllOf(says(v1::NOTE, "recommended"), mentions("pg_stat_statements")),
                            says(v1::READY, "installed")));
}

TEST(Extensions, AreAskedOfGitLabsOwnDatabasesAlone) {
    const auto others = server("", "praefect praefect", "p:5432") +
                        server("", "rails main replica", "r:5432") + server("", "own server", "/x");
    EXPECT_THAT(of(web(server(all()) + others)), ElementsAre(says(v1::READY, "installed")));
    EXPECT_THAT(of(web(others)), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(Extensions, AreUnknownWhereTheyWereNotShown) {
    EXPECT_THAT(of(web(server("denied: 'extensions'"))), ElementsAre(says(v1::UNKNOWN, "denied")));
    EXPECT_THAT(of(web("")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of(node("web1", installed("19.2.4") + roles("RAILS"))),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(std::vector<std::string>{"web1"}))));
    EXPECT_THAT(of(web(server(all()) + gap("postgres", "cause: TIMED_OUT"))),
                ElementsAre(says(v1::UNKNOWN, "unseen"), says(v1::READY, "installed")));
}

TEST(Extensions, AreUnknownWithoutAPath) {
    EXPECT_THAT(judged(postgresql_extensions, Fleet{}), ElementsAre(says(v1::UNKNOWN, "no_path")));
    for (const auto* target : {"19.4.0", "18.11.0"})
        EXPECT_THAT(of(web(server(all())), target), ElementsAre(says(v1::UNKNOWN, "no_path")));
}

}  // namespace
}  // namespace preflight::readiness
