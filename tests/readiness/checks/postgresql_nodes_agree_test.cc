#include "readiness/checks/postgresql_nodes_agree.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

std::string with_library(std::string_view glibc) { return runs_on("debian", "12", "x86_64", glibc); }

std::string of_cluster(std::string_view identifier) {
    return "findings { probe: 'postgres' postgres_instance { address: '/run/.s.PGSQL.5432' uses: 'rails "
           "main' "
           "version: '17.5' system_identifier: '" +
           std::string(identifier) + "' } } ";
}

std::string geo(std::string_view role, std::string_view site = "") {
    return "findings { probe: 'geo' geo_role { role: " + std::string(role) + " site_name: '" +
           std::string(site) + "' } } ";
}

// GitLab's tables were read, and hold no sites.
std::string no_geo() {
    return geo("NOT_CONFIGURED") + ran({"system", "postgres"}) +
           "findings { probe: 'postgres' schema_migrations { database: 'main' applied: 9 } } ";
}

FleetNode server(std::string_view name, const std::string& more, const std::string& of_geo = no_geo()) {
    return node(name, installed("19.2.4") + roles("POSTGRESQL") + of_geo + more);
}

std::vector<v1::Verdict> said_of(std::vector<FleetNode> nodes) {
    return judged(postgresql_nodes_agree, fleet_of(std::move(nodes)));
}

TEST(PostgresqlNodes, AreReadyWhereTheyHaveTheSameLibrary) {
    EXPECT_THAT(said_of({server("db1", with_library("2.36")), server("db2", with_library("2.36"))}),
                ElementsAre(AllOf(says(v1::READY, "agree"), on(Names{"db1", "db2"}))));
    EXPECT_THAT(said_of({server("db1", "")}), ElementsAre(says(v1::READY, "agree")))
        << "alone, it has nobody to agree with";
}

TEST(PostgresqlNodes, AreBlockedWhereTheySortTextDifferently) {
    const auto old = with_library("2.27") + of_cluster("1");
    const auto recent = with_library("2.31") + of_cluster("1");
    EXPECT_THAT(said_of({server("db1", old), server("db2", recent)}),
                ElementsAre(AllOf(says(v1::BLOCKER, "sorts_differently"), on(Names{"db1", "db2"}))));
    EXPECT_THAT(said_of({server("db1", old + geo("PRIMARY", "london")),
                         server("db2", recent + geo("SECONDARY", "berlin"))}),
                Contains(says(v1::BLOCKER, "sorts_differently")))
        << "a copy on another site";
}

TEST(PostgresqlNodes, AreWarnedOfOtherVersionsThatSortAlike) {
    EXPECT_THAT(said_of({server("db1", with_library("2.31")), server("db2", with_library("2.35"))}),
                ElementsAre(AllOf(says(v1::WARNING, "library_differs"), on(Names{"db1", "db2"}))));
    EXPECT_THAT(said_of({server("db1", with_library("2.17")), server("db2", with_library("2.26"))}),
                ElementsAre(says(v1::WARNING, "library_differs")));
}

TEST(PostgresqlNodes, AreNotComparedWhereTheirDataAreNotTheSame) {
    const auto old = with_library("2.27");
    const auto recent = with_library("2.31");
    EXPECT_THAT(said_of({server("db1", old + of_cluster("1")), server("tracking", recent + of_cluster("2"))}),
                ElementsAre(AllOf(says(v1::READY, "agree"), on(Names{"db1", "tracking"}))));
    EXPECT_THAT(said_of({server("db1", old + of_cluster("1")), server("db2", recent + of_cluster("1"))}),
                ElementsAre(says(v1::BLOCKER, "sorts_differently")));
}

// They may be of Praefect, or Geo's tracking database: nobody is stopped by a guess.
TEST(PostgresqlNodes, AreUnknownWhereItWasNotToldWhoseDataTheyHave) {
    const auto old = with_library("2.27");
    const auto recent = with_library("2.31");
    const auto one_told = said_of({server("db1", old + of_cluster("1")), server("db2", recent)});
    ASSERT_THAT(one_told, ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"db1", "db2"}))));
    EXPECT_EQ(one_told[0].evidence(0).what(), "C library 2.27");
    EXPECT_EQ(one_told[0].evidence(1).what(), "C library 2.31; whose data it has was not told");
    EXPECT_THAT(said_of({server("db1", old), server("db2", recent)}),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"db1", "db2"}))));
    EXPECT_THAT(said_of({server("db1", old + of_cluster("1")), server("db2", recent + of_cluster("1")),
                         server("db3", recent)}),
                UnorderedElementsAre(AllOf(says(v1::BLOCKER, "sorts_differently"), on(Names{"db1", "db2"})),
                                     AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"db3"}))));
}

TEST(PostgresqlNodes, AreUnknownWhereALibraryWasNotSeen) {
    EXPECT_THAT(said_of({server("db1", with_library("2.36")), server("db2", "")}),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"db1", "db2"}))));
    EXPECT_THAT(said_of({server("db1", with_library("2.36")), silent_node("db2")}),
                Contains(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"db2"}))));
    EXPECT_THAT(said_of({}), ElementsAre(says(v1::UNKNOWN, "unseen")));
    const auto in_container =
        node("db2", "findings { probe: 'installation' installation { method: DOCKER version: '19.2.4' } }" +
                        roles("POSTGRESQL") + no_geo() + with_library("2.36"));
    EXPECT_THAT(said_of({server("db1", with_library("2.36")), in_container}),
                ElementsAre(says(v1::UNKNOWN, "unseen")))
        << "the host's library is not the image's";
}

// A site's node with its database, as Rails there reaches it.
FleetNode of_site(std::string_view name, std::string_view role, std::string_view version) {
    return node(name, installed("19.2.4") + roles("RAILS") + geo(role, name) + ran({"system", "postgres"}) +
                          "findings { probe: 'postgres' postgres_instance { address: '10.0.0.1:5432' "
                          "database: 'gitlabhq_production' uses: 'rails main' version: '" +
                          std::string(version) + "' } } ");
}

TEST(PostgresqlNodes, AreBlockedWhereGeoSitesHaveOtherMajorVersions) {
    EXPECT_THAT(said_of({of_site("berlin", "SECONDARY", "16.9"), of_site("london", "PRIMARY", "17.5")}),
                ElementsAre(AllOf(says(v1::BLOCKER, "major_differs"), on(Names{"berlin", "london"}))));
    EXPECT_THAT(said_of({of_site("berlin", "SECONDARY", "17.4"), of_site("london", "PRIMARY", "17.5")}),
                ElementsAre(says(v1::READY, "agree")));
}

TEST(PostgresqlNodes, AreUnknownWhereOnlyADirectoryHasAnotherMajorVersion) {
    const auto directory =
        node("berlin", installed("19.2.4") + roles("POSTGRESQL") + geo("SECONDARY", "berlin") +
                           ran({"system"}) + with_library("2.36") +
                           "findings { probe: 'endpoints' postgres_server { purpose: "
                           "'main' data_directory: '/d' major: '16' } } ");
    EXPECT_THAT(said_of({directory, of_site("london", "PRIMARY", "17.5")}),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"berlin", "london"}))))
        << "it may be of Praefect";
}

TEST(PostgresqlNodes, AreUnknownWhereASiteDoesNotTellItsVersion) {
    const auto silent =
        node("berlin", installed("19.2.4") + roles("RAILS") + geo("SECONDARY", "berlin") + ran({"system"}));
    EXPECT_THAT(said_of({silent, of_site("london", "PRIMARY", "17.5")}),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"berlin"}))));
    const auto lone = of_site("london", "PRIMARY", "17.5");
    auto with_rows = lone;
    for (const auto* more : {"id: 1 enabled: true primary: true", "id: 2 enabled: true"}) {
        google::protobuf::TextFormat::ParseFromString(
            more, with_rows.inspection.add_findings()->mutable_geo_site());
    }
    EXPECT_THAT(said_of({with_rows}), ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"london"}))));
}

TEST(PostgresqlNodes, AreNotAskedWhereNoneIsOfThisFleet) {
    const auto web = installed("19.2.4") + roles("RAILS");
    EXPECT_THAT(said_of({node("web1", web + no_geo())}), ElementsAre(says(v1::NOT_APPLICABLE, "none")));
    EXPECT_THAT(said_of({node("web1", web + geo("NOT_CONFIGURED"))}),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), mentions("whether Geo is used"))))
        << "the tables may tell of sites";
}

TEST(PostgresqlNodes, AreNeverReadyByALoss) {
    const std::vector<Fleet> fleets{
        fleet_of({server("db1", with_library("2.36")), server("db2", with_library("2.36"))}),
        fleet_of({server("db1", with_library("2.36")), server("db2", with_library("2.27"))}),
        fleet_of({server("db1", with_library("2.36") + of_cluster("1")),
                  server("db2", with_library("2.27") + of_cluster("1"))}),
        fleet_of({of_site("berlin", "SECONDARY", "17.5"), of_site("london", "PRIMARY", "17.5")}),
        fleet_of({of_site("berlin", "SECONDARY", "16.9"), of_site("london", "PRIMARY", "17.5")})};
    const auto is_needed = [](const v1::Finding& finding) {
        return finding.has_operating_system() || finding.has_node_roles() || finding.has_geo_role() ||
               finding.has_postgres_instance();
    };
    for (const auto& fleet : fleets) {
        for (std::size_t at = 0; at < fleet.nodes.size(); ++at) {
            const auto& findings = fleet.nodes[at].inspection.findings();
            for (int lost = 0; lost < findings.size(); ++lost) {
                if (!is_needed(findings[lost])) continue;
                auto less = fleet;
                less.nodes[at].inspection.mutable_findings()->DeleteSubrange(lost, 1);
                EXPECT_FALSE(is_green(judged(postgresql_nodes_agree, less)))
                    << findings[lost].ShortDebugString();
            }
        }
    }
}

}  // namespace
}  // namespace preflight::readiness
