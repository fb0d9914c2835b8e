// Further stores that GitLab's database names, through the postgres probe.
#include "probes/search_stores.h"

#include "tests/probes/postgres_look.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto jobs_of = only<&v1::Finding::has_tracked_migration_jobs, &v1::Finding::tracked_migration_jobs>;

class SearchStores : public PostgresProbe {
  protected:
    std::vector<v1::Finding> look_after(const std::string& sql) {
        server_.run(sql);
        configure(tree_, by_socket(server_));
        return look();
    }

    PostgresServer server_;
};

std::vector<std::string> stores_in(const std::vector<v1::Finding>& found) {
    std::vector<std::string> texts;
    for (const auto& finding : found) {
        if (finding.has_external_service()) texts.push_back(finding.external_service().ShortDebugString());
    }
    return texts;
}

TEST_F(SearchStores, AreNoneWhereTheirSwitchesAreOffAndThatWasRead) {
    const auto found = look_after(
        "CREATE TABLE application_settings (id int, elasticsearch_indexing boolean, elasticsearch_search "
        "boolean,"
        " elasticsearch_url text, clickhouse jsonb);"
        "INSERT INTO application_settings VALUES (1, false, false, 'http://localhost:9200', '{}')");
    EXPECT_THAT(stores_in(found), IsEmpty());
    EXPECT_THAT(settings_of(found).stores_read(), ElementsAre("elasticsearch", "zoekt", "clickhouse"));
}

TEST_F(SearchStores, AreNamedWithoutWhatLogsInThere) {
    const auto found = look_after(
        "CREATE TABLE application_settings (id int, elasticsearch_indexing boolean, elasticsearch_search "
        "boolean,"
        " elasticsearch_url text, clickhouse jsonb);"
        "INSERT INTO application_settings VALUES (1, true, false,"
        " 'https://user:CANARY@search-1.example.test:9200,http://search-2.example.test', "
        " '{\"use_clickhouse_for_analytics\": true}');"
        "CREATE TABLE zoekt_nodes (id int, index_base_url text, search_base_url text);"
        "INSERT INTO zoekt_nodes VALUES (1, 'http://CANARY-index', 'http://zoekt-1.example.test:6090')");
    EXPECT_THAT(stores_in(found),
                ElementsAre(R"(kind: "elasticsearch" host: "search-1.example.test" port: 9200 tls: true)",
                            R"(kind: "elasticsearch" host: "search-2.example.test")",
                            R"(kind: "zoekt" host: "zoekt-1.example.test" port: 6090)"));
    EXPECT_EQ(settings_of(found).values().at("use_clickhouse_for_analytics"), "t");
    EXPECT_THAT(settings_of(found).stores_read(), ElementsAre("elasticsearch", "zoekt", "clickhouse"));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

// Settings move from columns of their own into one that holds several.
TEST_F(SearchStores, AreFoundInTheColumnThatHoldsSeveralSettings) {
    const auto found = look_after(
        "CREATE TABLE application_settings (id int, elasticsearch jsonb); INSERT INTO application_settings "
        "VALUES"
        " (1, '{\"elasticsearch_search\": true, \"elasticsearch_url\": "
        "\"http://search-1.example.test:9200\"}')");
    EXPECT_THAT(stores_in(found),
                ElementsAre(R"(kind: "elasticsearch" host: "search-1.example.test" port: 9200)"));
}

TEST_F(SearchStores, AreNotSaidToBeReadWhereTheyWereNot) {
    const auto found = look_after(
        "CREATE TABLE application_settings (id int, elasticsearch_indexing boolean, elasticsearch_url text);"
        "INSERT INTO application_settings VALUES (1, true, 'no address: CANARY');"
        "CREATE ROLE gitlab LOGIN PASSWORD 'CANARY-password'; GRANT SELECT ON application_settings TO gitlab;"
        "CREATE TABLE zoekt_nodes (id int, search_base_url text)");
    EXPECT_THAT(stores_in(found), IsEmpty());
    EXPECT_THAT(settings_of(found).stores_read(), ElementsAre("zoekt", "clickhouse"));
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED)));
    configure(tree_, by_network(server_.port()));
    const auto denied = look();
    EXPECT_THAT(settings_of(denied).stores_read(), ElementsAre("clickhouse"));
    EXPECT_THAT(bytes_of(denied), HasSubstr("servers of the kind zoekt"));
    EXPECT_THAT(bytes_of(denied), Not(HasSubstr("CANARY")));
}

using TrackedMigrations = SearchStores;

TEST_F(TrackedMigrations, AreCountedByTheirClassWhileTheyArePending) {
    const auto found = look_after(
        "CREATE TABLE background_migration_jobs (id int, created_at timestamptz, updated_at timestamptz, "
        "status "
        "smallint, class_name text, arguments jsonb);"
        "INSERT INTO background_migration_jobs VALUES"
        " (1, now(), '2021-05-01 00:00:00+00', 0, 'CopyColumn', '[\"CANARY\"]'),"
        " (2, now(), '2021-06-01 00:00:00+00', 0, 'CopyColumn', '[]'),"
        " (3, now(), '2021-07-01 00:00:00+00', 1, 'Done', '[]')");
    const auto& jobs = jobs_of(found);
    EXPECT_EQ(jobs.database(), "main");
    EXPECT_EQ(jobs.job(), "CopyColumn");
    EXPECT_EQ(jobs.pending(), 2U);
    EXPECT_EQ(jobs.updated_at().seconds(), 1622505600);
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST_F(TrackedMigrations, AreNotMissedWhereTheirTableIsGone) {
    const auto found = look_after("CREATE TABLE things (id int)");
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("of the kind before batched ones")));
}

}  // namespace
}  // namespace preflight::probes
