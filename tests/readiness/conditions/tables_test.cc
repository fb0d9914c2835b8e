// Predicates on GitLab's own tables.
#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::HasSubstr;

std::string table(std::string_view fields) {
    return "findings { probe: 'postgres' source: 'main' table_estimate { database: 'main' " +
           std::string(fields) + " } } ";
}

// A node whose look at the database ended.
FleetNode reader(const std::string& findings) {
    return node("a", roles("RAILS") + ran({"postgres"}) + findings);
}

// ---- table

constexpr auto many_users = "table { table: 'users' rows_above: 30000 }";

TEST(Table, HasMoreRowsByTheEstimate) {
    const auto above = decided(many_users, fleet_of({reader(table("table: 'users' rows: 30001"))}));
    EXPECT_EQ(above.truth, Truth::holds);
    EXPECT_EQ(evidence_of(above), "users has about 30001 rows\n");
    EXPECT_EQ(truth(many_users, fleet_of({reader(table("table: 'users' rows: 30000"))})), Truth::fails);
    EXPECT_EQ(truth(many_users, fleet_of({reader(table("table: 'users' rows: 18446744073709551615"))})),
              Truth::holds);
}

TEST(Table, ThatIsNotThereHasNoRows) {
    EXPECT_EQ(truth(many_users, fleet_of({reader(table("table: 'projects' rows: 9"))})), Truth::fails);
}

TEST(Table, ThatWasNeverAnalysedIsUnknown) {
    const auto never = decided(many_users, fleet_of({reader(table("table: 'users' never_analysed: true"))}));
    EXPECT_EQ(never.truth, Truth::unknown);
    EXPECT_THAT(evidence_of(never), HasSubstr("never analysed"));
    EXPECT_EQ(truth("table { table: 'packages_packages' }",
                    fleet_of({reader(table("table: 'packages_packages' never_analysed: true"))})),
              Truth::unknown);
    EXPECT_EQ(truth(many_users, fleet_of({reader(table("table: 'users' rows: 40000 never_analysed: true"))})),
              Truth::holds)
        << "the parts that were are enough";
}

TEST(Table, IsUnknownWhereNoNodeSawThemAll) {
    EXPECT_EQ(truth(many_users, fleet_of({reader("")})), Truth::unknown);
    EXPECT_EQ(truth(many_users,
                    fleet_of({reader(table("table: 'users' rows: 9") + gap("postgres", "cause: DENIED"))})),
              Truth::unknown);
    EXPECT_EQ(truth(many_users, fleet_of({node("a", table("table: 'users' rows: 9"))})), Truth::unknown);
    EXPECT_EQ(truth(many_users, fleet_of({reader(table("table: 'users' rows: 9")), silent_node("b")})),
              Truth::fails)
        << "the database is one: who sees it whole is enough";
}

// ---- table_fact

std::string fact(std::string_view fields) {
    return "findings { probe: 'postgres' source: 'main' table_fact { database: 'main' fact: LONG_PUSH_RULE " +
           std::string(fields) + " } } ";
}

constexpr auto long_rule = "table_fact { fact: LONG_PUSH_RULE }";

TEST(TableFact, IsWhatTheDatabaseSaid) {
    const auto is = decided(long_rule, fleet_of({reader(fact("holds: true"))}));
    EXPECT_EQ(is.truth, Truth::holds);
    EXPECT_EQ(evidence_of(is),
              "a push rule has an expression of more than 511 characters in the database main\n");
    EXPECT_EQ(truth(long_rule, fleet_of({reader(fact("holds: false"))})), Truth::fails);
    EXPECT_EQ(truth(long_rule, fleet_of({reader(fact("holds: false")), reader(fact("holds: true"))})),
              Truth::holds);
    EXPECT_EQ(truth(long_rule, fleet_of({reader(fact("holds: false")), silent_node("b")})), Truth::fails)
        << "the database is one";
}

TEST(TableFact, IsUnknownWhereItWasNotTold) {
    EXPECT_EQ(truth(long_rule, fleet_of({reader("")})), Truth::unknown);
    EXPECT_EQ(truth("table_fact { fact: USERS_WITHOUT_TYPE }", fleet_of({reader(fact("holds: false"))})),
              Truth::unknown);
    const auto unseen = decided(long_rule, fleet_of({reader(fact("unseen: 'the table is too large'"))}));
    EXPECT_EQ(unseen.truth, Truth::unknown);
    EXPECT_EQ(evidence_of(unseen), "the table is too large\n");
}

// ---- instance_sets

std::string settings(std::string_view column, std::string_view value) {
    return "findings { probe: 'postgres' instance_settings { database: 'main' values { key: '" +
           std::string(column) + "' value: '" + std::string(value) + "' } } } ";
}

constexpr auto indexing = "instance_sets { column: 'elasticsearch_indexing' values: ['t', 'true'] }";

TEST(InstanceSets, ComparesTheValueOfAColumn) {
    EXPECT_EQ(truth(indexing, fleet_of({reader(settings("elasticsearch_indexing", "t"))})), Truth::holds);
    EXPECT_EQ(truth(indexing, fleet_of({reader(settings("elasticsearch_indexing", "f"))})), Truth::fails);
    EXPECT_EQ(truth(indexing, fleet_of({reader(settings("uuid", "x"))})), Truth::fails)
        << "this version does not have it";
    EXPECT_EQ(truth(indexing, fleet_of({reader("")})), Truth::unknown);
    EXPECT_EQ(truth(indexing, fleet_of({reader(settings("uuid", "x") + gap("postgres", "cause: DENIED"))})),
              Truth::unknown);
}

// ---- unfinished_migration

std::string migration(std::string_view job) {
    return "findings { probe: 'postgres' background_migration { job: '" + std::string(job) + "' } } ";
}

const std::string schema = "findings { probe: 'postgres' schema_migrations { database: 'main' files: 1 } } ";

TEST(UnfinishedMigration, GoesByTheJob) {
    constexpr auto backfill = "unfinished_migration { jobs: ['BackfillThings', 'Other'] }";
    const auto fleet = fleet_of({reader(schema + migration("BackfillThings"))});
    EXPECT_EQ(truth(backfill, fleet), Truth::holds);
    EXPECT_EQ(truth("unfinished_migration {}", fleet), Truth::holds);
    EXPECT_EQ(truth("unfinished_migration { jobs: 'Another' }", fleet), Truth::fails);
    EXPECT_EQ(truth("unfinished_migration {}", fleet_of({reader(schema)})), Truth::fails);
    EXPECT_EQ(truth("unfinished_migration {}", fleet_of({reader("")})), Truth::unknown);
    EXPECT_EQ(truth(backfill, fleet_of({node("a", migration("BackfillThings"))})), Truth::holds);
}

// ---- geo_site

std::string site(std::string_view fields) {
    return "findings { probe: 'postgres' geo_site { " + std::string(fields) + " } } ";
}

const std::string tables_read =
    "findings { probe: 'postgres' schema_migrations { database: 'main' files: 1 } } ";

Truth of_site(std::string_view fact, const std::string& sites) {
    return truth("geo_site { fact: " + std::string(fact) + " }", fleet_of({reader(tables_read + sites)}));
}

TEST(GeoSite, CopiesObjectStorageByTheRowOfASecondary) {
    const auto copies = [](std::string_view fields) {
        return of_site("COPIES_OBJECT_STORAGE", site("id: 1 primary: true copies_object_storage: true") +
                                                    site("id: 2 " + std::string(fields)));
    };
    EXPECT_EQ(copies("copies_object_storage: true"), Truth::holds);
    EXPECT_EQ(copies(""), Truth::fails) << "the primary's own row means nothing";
    EXPECT_EQ(copies("denied: 'geo_nodes.sync_object_storage'"), Truth::unknown);
}

TEST(GeoSite, HasAUrlOfItsOwn) {
    const auto own = [](std::string_view primary, std::string_view secondary) {
        return of_site("OWN_URL", site("id: 1 primary: true url: '" + std::string(primary) + "'") +
                                      site("id: 2 url: '" + std::string(secondary) + "'"));
    };
    EXPECT_EQ(own("https://git.example.test/", "https://geo.example.test/"), Truth::holds);
    EXPECT_EQ(own("https://git.example.test/", "https://git.example.test"), Truth::fails);
    EXPECT_EQ(own("", "https://geo.example.test/"), Truth::unknown);
    EXPECT_EQ(own("https://git.example.test/", ""), Truth::unknown);
    EXPECT_EQ(of_site("OWN_URL", site("id: 2 url: 'https://geo.example.test'")), Truth::unknown)
        << "no row is the primary's";
    EXPECT_EQ(of_site("OWN_URL", ""), Truth::fails);
}

TEST(GeoSite, IsUnknownWhereNoNodeReadTheDatabase) {
    EXPECT_EQ(truth("geo_site { fact: COPIES_OBJECT_STORAGE }", fleet_of({reader(site("id: 2"))})),
              Truth::unknown);
}

}  // namespace
}  // namespace preflight::readiness
