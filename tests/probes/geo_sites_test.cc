// The sites of a Geo installation, through the postgres probe.
#include "probes/geo_sites.h"

#include <map>
#include <memory>

#include "tests/probes/finding_texts.h"
#include "tests/probes/postgres_look.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::UnorderedElementsAre;

constexpr auto tables = R"sql(
DROP OWNED BY gitlab; DROP SCHEMA public CASCADE; CREATE SCHEMA public; GRANT USAGE ON SCHEMA public TO gitlab;
CREATE TABLE geo_nodes (id int PRIMARY KEY, "primary" boolean NOT NULL DEFAULT false, name text, url text, internal_url text,
 enabled boolean NOT NULL DEFAULT true, oauth_application_id int, access_key text DEFAULT 'CANARY-access',
 encrypted_secret_access_key text DEFAULT 'CANARY-secret', encrypted_secret_access_key_iv text DEFAULT 'CANARY-iv',
 selective_sync_type text, selective_sync_shards text, sync_object_storage boolean NOT NULL DEFAULT false, created_at timestamp);
CREATE TABLE geo_node_statuses (id serial, geo_node_id int NOT NULL, updated_at timestamp, last_successful_status_check_at timestamp,
 status_message text, version text, revision text, db_replication_lag_seconds int, last_event_id bigint, last_event_date timestamp,
 cursor_last_event_id bigint, cursor_last_event_date timestamp, replication_slots_count int, replication_slots_used_count int,
 replication_slots_max_retained_wal_bytes bigint, storage_configuration_digest bytea, status jsonb DEFAULT '{}');
GRANT SELECT ON ALL TABLES IN SCHEMA public TO gitlab)sql";

constexpr auto two_sites = R"sql(
INSERT INTO geo_nodes (id, "primary", name, url, internal_url, oauth_application_id, selective_sync_type, selective_sync_shards,
  sync_object_storage, created_at) VALUES
 (1, true, 'https://gitlab.example/', 'https://gitlab.example/', '', NULL, NULL, '', true, '2024-01-02 03:04:05'),
 (2, false, 'London', 'https://me:CANARY@london.example/', 'https://me:CANARY@10.0.0.2/', 7, 'shards',
  E'---\n- default\n- slow disks\n', false, '2024-01-02 03:04:06');
INSERT INTO geo_node_statuses (geo_node_id, updated_at, last_successful_status_check_at, status_message, version, revision,
  db_replication_lag_seconds, last_event_id, last_event_date, cursor_last_event_id, cursor_last_event_date, replication_slots_count,
  replication_slots_used_count, replication_slots_max_retained_wal_bytes, storage_configuration_digest, status) VALUES
 (1, '2026-08-01 10:00:00', '2026-08-01 10:00:00', '', '18.11.4', 'abc123', NULL, 900, '2026-08-01 09:59:00', NULL, NULL, 2, 1,
  16777216, '\xCAFE', '{"uploads_count": "10", "uploads_checksum_total_count": 10, "uploads_checksummed_count": 9,
  "uploads_checksum_failed_count": 1}'),
 (2, '2026-08-01 10:00:10', '2026-08-01 10:00:09', 'Healthy', '18.11.3', 'abc122', 42, 890, '2026-08-01 09:58:00', 880,
  '2026-08-01 09:50:00', NULL, NULL, NULL, '\xCAFE', '{"uploads_registry_count": 10, "uploads_synced_count": 8,
  "uploads_failed_count": 2, "uploads_verification_total_count": 8, "uploads_verified_count": "7",
  "uploads_verification_failed_count": 1}'))sql";

// One server for all; each test makes the tables anew.
class GeoSites : public PostgresProbe {
  protected:
    static void SetUpTestSuite() {
        server_ = std::make_unique<PostgresServer>();
        server_->run(role);
    }
    static void TearDownTestSuite() { server_.reset(); }

    void SetUp() override {
        server_->run(tables);
        configure(tree_, by_network(server_->port()));
    }

    void name_site(const std::string& name) {
        tree_.file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml",
                   "production:\n  geo:\n    node_name: " + name + "\n");
    }
    static std::map<std::uint64_t, v1::GeoSite> sites_in(const Found& found) {
        std::map<std::uint64_t, v1::GeoSite> sites;
        for (auto& site : all<v1::GeoSite>(found, &v1::Finding::has_geo_site, &v1::Finding::geo_site))
            sites[site.id()] = site;
        return sites;
    }
    // What cannot be seen of Geo; GitLab's other tables are not there in these tests.
    static Texts geo_gaps(const Found& found) {
        Texts texts;
        for (const auto& finding : found) {
            if (finding.has_gap() && finding.gap().affects().find("Geo") != std::string::npos)
                texts.push_back(v1::Gap::Cause_Name(finding.gap().cause()) + " " + finding.gap().affects());
        }
        return texts;
    }

    static std::unique_ptr<PostgresServer> server_;
};
std::unique_ptr<PostgresServer> GeoSites::server_;

TEST_F(GeoSites, AreNothingWhereGeoIsNotUsed) {
    auto found = look();
    EXPECT_THAT(sites_in(found), IsEmpty());
    EXPECT_THAT(geo_gaps(found), IsEmpty());
    server_->run("DROP TABLE geo_nodes, geo_node_statuses");
    found = look();
    EXPECT_THAT(sites_in(found), IsEmpty());
    EXPECT_THAT(geo_gaps(found), IsEmpty());
}

TEST_F(GeoSites, AreAllInTheDatabaseOfThePrimary) {
    server_->run(two_sites);
    name_site("https://gitlab.example");
    const auto found = look();
    const auto primary = sites_in(found).at(1);
    EXPECT_EQ(primary.database(), "main");
    EXPECT_EQ(primary.name(), "https://gitlab.example/");
    EXPECT_TRUE(primary.primary());
    EXPECT_TRUE(primary.enabled());
    EXPECT_TRUE(primary.this_site());
    EXPECT_TRUE(primary.copies_object_storage());
    EXPECT_EQ(primary.created_at().seconds(), 1704164645);
    EXPECT_TRUE(primary.status_known());
    EXPECT_EQ(primary.version(), "18.11.4");
    EXPECT_FALSE(primary.lag_known());
    EXPECT_EQ(primary.last_event_id(), 900U);
    EXPECT_TRUE(primary.has_cursor_event_id()) << "of no event: a primary processes none";
    EXPECT_EQ(primary.cursor_event_id(), 0U);
    EXPECT_FALSE(primary.has_cursor_event_at());
    EXPECT_EQ(primary.slots(), 2U);
    EXPECT_EQ(primary.slots_used(), 1U);
    EXPECT_EQ(primary.slots_retained_bytes(), 16777216U);
    EXPECT_EQ(primary.storages_digest(), "cafe");
    ASSERT_THAT(primary.data(), SizeIs(1));
    EXPECT_EQ(primary.data(0).verified(), 9U);
    EXPECT_THAT(primary.denied(), IsEmpty());
    EXPECT_THAT(geo_gaps(found), IsEmpty());
}

TEST_F(GeoSites, ShowASecondaryThatLagsAndHasFailures) {
    server_->run(two_sites);
    name_site("London");
    const auto found = look();
    const auto london = sites_in(found).at(2);
    EXPECT_FALSE(london.primary());
    EXPECT_TRUE(london.this_site());
    EXPECT_TRUE(london.login_ready());
    EXPECT_EQ(london.url(), "https://london.example/");
    EXPECT_EQ(london.internal_url(), "https://10.0.0.2/");
    EXPECT_EQ(london.selective_sync(), "shards");
    EXPECT_THAT(london.selected_storages(), ElementsAre("default", "slow disks"));
    EXPECT_EQ(london.message(), "Healthy");
    EXPECT_EQ(london.reported_at().seconds(), 1785578410);
    EXPECT_TRUE(london.lag_known());
    EXPECT_EQ(london.replication_lag_seconds(), 42U);
    EXPECT_EQ(london.cursor_event_id(), 880U);
    EXPECT_EQ(london.cursor_event_at().seconds(), 1785577800);
    ASSERT_THAT(london.data(), SizeIs(1));
    EXPECT_EQ(london.data(0).failed(), 2U);
    EXPECT_EQ(london.data(0).synced(), 8U);
    EXPECT_FALSE(sites_in(found).at(1).this_site());
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST_F(GeoSites, MayNeverHaveReported) {
    server_->run(two_sites);
    server_->run("DELETE FROM geo_node_statuses WHERE geo_node_id = 2");
    const auto found = look();
    EXPECT_FALSE(sites_in(found).at(2).status_known());
    EXPECT_TRUE(sites_in(found).at(1).status_known());
    EXPECT_THAT(geo_gaps(found), IsEmpty());
}

TEST_F(GeoSites, AreReadFromTheTablesOfOtherReleases) {
    server_->run(two_sites);
    server_->run(
        "ALTER TABLE geo_nodes DROP COLUMN sync_object_storage, DROP COLUMN selective_sync_shards, DROP "
        "COLUMN "
        "enabled;"
        "ALTER TABLE geo_node_statuses DROP COLUMN storage_configuration_digest, DROP COLUMN status, DROP "
        "COLUMN version");
    const auto found = look();
    EXPECT_TRUE(sites_in(found).at(2).enabled());
    EXPECT_TRUE(sites_in(found).at(2).status_known());
    EXPECT_THAT(sites_in(found).at(2).denied(), IsEmpty());
    EXPECT_THAT(geo_gaps(found), IsEmpty());
}

TEST_F(GeoSites, NameWhatThisLoginMayNotSee) {
    server_->run(two_sites);
    server_->run(
        "REVOKE SELECT ON geo_nodes, geo_node_statuses FROM gitlab;"
        "GRANT SELECT (id, name, \"primary\", created_at) ON geo_nodes TO gitlab");
    auto found = look();
    EXPECT_EQ(sites_in(found).at(2).name(), "London");
    EXPECT_FALSE(sites_in(found).at(2).status_known());
    EXPECT_THAT(sites_in(found).at(2).denied(), Contains("geo_nodes.url"));
    EXPECT_THAT(sites_in(found).at(2).denied(), Contains("geo_node_statuses"));
    EXPECT_THAT(sites_in(found).at(2).denied(), Not(Contains(HasSubstr("access_key"))));
    EXPECT_THAT(geo_gaps(found), IsEmpty());
    server_->run("REVOKE ALL ON geo_nodes FROM gitlab; REVOKE SELECT (id) ON geo_nodes FROM gitlab");
    found = look();
    EXPECT_THAT(sites_in(found), IsEmpty());
    EXPECT_THAT(geo_gaps(found), ElementsAre("DENIED Geo sites"));
}

TEST_F(GeoSites, MissTheirStatusWhereItsTableIsNotThere) {
    server_->run(two_sites);
    server_->run("DROP TABLE geo_node_statuses");
    const auto found = look();
    EXPECT_THAT(sites_in(found), SizeIs(2));
    EXPECT_THAT(sites_in(found).at(1).denied(), ElementsAre("geo_node_statuses"));
    EXPECT_THAT(geo_gaps(found), ElementsAre("ABSENT status of Geo sites"));
}

TEST_F(GeoSites, BearStatusesOfNonsense) {
    server_->run(two_sites);
    server_->run(R"sql(
INSERT INTO geo_nodes (id, name, url, selective_sync_shards, created_at) VALUES
 (3, E'A\u0007\nB', 'no url at all @ here', '{not: a list', 'infinity'), (4, 'four', '', '- ok', '99999-01-01'),
 (5, 'five', '', NULL, NULL), (6, 'six', '', NULL, NULL);
INSERT INTO geo_node_statuses (geo_node_id, updated_at, status_message, version, db_replication_lag_seconds, cursor_last_event_id,
  status) VALUES
 (3, 'infinity', repeat(E'\u0001x', 100000), repeat('v', 100000), -5, -1, '[1, 2]'),
 (4, now(), 'broken at https://me:CANARY@db', '18.0.0', 1, 1, '{"uploads_failed_count": -1, "uploads_registry_count": 1}'),
 (5, now(), '', '18.0.0', 1, 1, jsonb_build_object('uploads_failed_count', repeat('9', 1000000))),
 (6, now(), '', '18.0.0', 1, 1, (repeat('{"a":', 100) || '1' || repeat('}', 100))::jsonb))sql");
    const auto found = look();
    const auto sites = sites_in(found);
    EXPECT_EQ(sites.at(3).name(), "A??B");
    EXPECT_EQ(sites.at(3).url(), "");
    EXPECT_FALSE(sites.at(3).has_created_at());
    EXPECT_FALSE(sites.at(3).lag_known());
    EXPECT_FALSE(sites.at(4).has_created_at());
    EXPECT_EQ(sites.at(4).message(), "broken at https://db");
    EXPECT_THAT(sites.at(2).data(), SizeIs(1)) << "one site costs no other its own";
    EXPECT_THAT(geo_gaps(found), UnorderedElementsAre("MALFORMED replicated data of the Geo site 3 (A??B)",
                                                      "MALFORMED selected storages of the Geo site 3 (A??B)",
                                                      "MALFORMED replicated data of the Geo site 4 (four)",
                                                      "TOO_LARGE replicated data of the Geo site 5 (five)",
                                                      "TOO_LARGE replicated data of the Geo site 6 (six)"));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST_F(GeoSites, AreBounded) {
    server_->run(
        "INSERT INTO geo_nodes (id, name, url) SELECT i, 'site ' || i, '' FROM generate_series(1, 5000) AS "
        "i");
    const auto found = look();
    EXPECT_THAT(sites_in(found), SizeIs(100));
    EXPECT_THAT(geo_gaps(found), ElementsAre("TOO_LARGE Geo sites"));
}

}  // namespace
}  // namespace preflight::probes
