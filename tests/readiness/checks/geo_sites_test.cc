#include "readiness/checks/geo_sites.h"

#include "readiness/acceptances.h"
#include "tests/readiness/geo_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

std::vector<v1::Verdict> of(std::string_view more) {
    return judged(geo_sites, sites(primary() + secondary(more)));
}

TEST(GeoSites, AreReadyWhereAllIsCopied) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::READY, "in_order"), says(v1::READY, "in_order")));
    expect_no_loss_is_green(geo_sites, sites(primary() + secondary()),
                            [](const v1::Finding& finding) { return finding.has_geo_site(); });
}

TEST(GeoSites, NameTheSiteAndShowWhoToldIt) {
    const auto verdicts = of("replication_lag_seconds: 301");
    ASSERT_THAT(verdicts, Contains(AllOf(says(v1::BLOCKER, "database_behind"),
                                         mentions("the site copy has a database that is 301 s behind"))));
    EXPECT_THAT(verdicts[1].nodes(), IsEmpty());
    EXPECT_EQ(verdicts[1].evidence(0).node(), "web1");
}

TEST(GeoSites, BlockWhatIsUnhealthyOrSilent) {
    EXPECT_THAT(of("message: 'Could not connect to Geo database'"), of_copy(says(v1::BLOCKER, "unhealthy")));
    EXPECT_THAT(of("reported_at: {at 2026-08-21T10:59:59Z}"), Contains(says(v1::BLOCKER, "status_old")));
    EXPECT_THAT(of("last_event_id: 7 cursor_event_id: 0"), of_copy(says(v1::BLOCKER, "no_cursor")));
}

// Nodes are looked at every few hours: between two looks no status grows old.
TEST(GeoSites, MeasureTheAgeOfAStatusAtTheLookThatFoundIt) {
    const auto looked_at = [](std::string_view then, std::string_view reported) {
        auto fleet = sites(primary() + secondary("reported_at: {at " + std::string(reported) + "}"));
        for (auto& finding : *fleet.nodes[0].inspection.mutable_findings()) {
            if (finding.geo_site().id() == 2) *finding.mutable_taken_at() = time_of(then);
        }
        return judged(geo_sites, fleet);
    };
    EXPECT_THAT(looked_at("2026-08-21T06:00:00Z", "2026-08-21T05:58:00Z"),
                ElementsAre(says(v1::READY, "in_order"), says(v1::READY, "in_order")));
    EXPECT_THAT(looked_at("2026-08-21T06:00:00Z", "2026-08-21T04:59:59Z"),
                of_copy(says(v1::BLOCKER, "status_old")));
    EXPECT_THAT(looked_at("2026-08-21T06:00:00Z", "2026-08-21T06:10:01Z"),
                of_copy(says(v1::UNKNOWN, "clock")));
}

// Of two looks at one status the later shows that nothing has come since.
TEST(GeoSites, GoByTheLatestLookAtAStatus) {
    const auto status = secondary("reported_at: {at 2026-08-21T05:58:00Z}");
    const auto looking = [&](std::string_view name, std::string_view then) {
        auto web =
            node(name, roles("RAILS") + geo_role("PRIMARY", "main") + ran({"postgres"}) + primary() + status);
        for (auto& finding : *web.inspection.mutable_findings()) *finding.mutable_taken_at() = time_of(then);
        return web;
    };
    EXPECT_THAT(judged(geo_sites, fleet_of({looking("web1", "2026-08-21T06:00:00Z"),
                                            looking("web2", "2026-08-21T11:59:00Z"), copy_node(tracking())})),
                of_copy(says(v1::BLOCKER, "status_old")));
}

TEST(GeoSites, AreTheSameToAWaiverWhicheverNodeToldOfThem) {
    const auto digest_of = [](std::string_view name) {
        const auto web = node(name, roles("RAILS") + geo_role("PRIMARY", "main") + ran({"postgres"}) +
                                        primary() + secondary("enabled: false"));
        for (const auto& found : judged(geo_sites, fleet_of({web}))) {
            if (found.key() == "disabled") return evidence_digest(found);
        }
        return std::string();
    };
    EXPECT_THAT(digest_of("web1"), ::testing::SizeIs(64));
    EXPECT_EQ(digest_of("web1"), digest_of("web2"));
}

TEST(GeoSites, BlockWhatDiffersFromThePrimary) {
    EXPECT_THAT(of("version: '19.2.1'"), of_copy(says(v1::BLOCKER, "version_differs")));
    EXPECT_THAT(of("storages_digest: 'cd'"), of_copy(says(v1::BLOCKER, "storages_differ")));
}

TEST(GeoSites, BlockTwoPrimaries) {
    EXPECT_THAT(
        judged(geo_sites, sites(primary() + site("id: 3 name: 'other' primary: true ", "") + secondary())),
        Contains(says(v1::BLOCKER, "two_primaries")));
}

TEST(GeoSites, WarnOfWhatIsNotWhole) {
    EXPECT_THAT(of("enabled: false"), of_copy(says(v1::WARNING, "disabled")));
    EXPECT_THAT(of("login_ready: false"), of_copy(says(v1::WARNING, "no_login")));
    EXPECT_THAT(of("last_event_id: 18446744073709551615"), of_copy(says(v1::WARNING, "events_behind")));
    EXPECT_THAT(of("data { name: 'lfs_objects' total: 18446744073709551615 synced: 9 }"),
                of_copy(says(v1::WARNING, "incomplete")));
    EXPECT_THAT(of("data { name: 'lfs_objects' to_verify: 4 verified: 3 }"),
                of_copy(says(v1::WARNING, "incomplete")));
    EXPECT_THAT(judged(geo_sites, sites(primary("slots: 2 slots_used: 1") + secondary())),
                Contains(says(v1::WARNING, "slot_unused")));
}

TEST(GeoSites, ListOnlyTheFirstOfManyKindsOfData) {
    std::string data;
    for (int at = 0; at < 12; ++at) data += "data { name: 'kind" + std::to_string(at) + "' failed: 1 } ";
    EXPECT_THAT(of(data), Contains(AllOf(says(v1::WARNING, "incomplete"), mentions(" and 7 more"))));
}

TEST(GeoSites, NoteWhatIsMeantToBeAPart) {
    EXPECT_THAT(of("selective_sync: 'namespaces'"), of_copy(says(v1::NOTE, "selective")));
    const auto web = node("web1", ran({"postgres"}) + geo_role("PRIMARY", "main") + primary());
    EXPECT_THAT(judged(geo_sites, fleet_of({web})),
                UnorderedElementsAre(says(v1::NOTE, "no_secondary"), says(v1::READY, "in_order")));
}

TEST(GeoSites, AreUnknownWhereTheStatusDoesNotTell) {
    EXPECT_THAT(of("status_known: false"), of_copy(says(v1::UNKNOWN, "no_status")));
    EXPECT_THAT(of("reported_at: { seconds: -1 }"), of_copy(says(v1::UNKNOWN, "no_status")));
    EXPECT_THAT(of("reported_at: { seconds: 253402300799 }"), of_copy(says(v1::UNKNOWN, "clock")));
    EXPECT_THAT(of("lag_known: false"), of_copy(says(v1::UNKNOWN, "lag_unknown")));
    EXPECT_THAT(of("version: ''"), of_copy(says(v1::UNKNOWN, "version_unseen")));
    EXPECT_THAT(of("storages_digest: ''"), of_copy(says(v1::UNKNOWN, "storages_unseen")));
    EXPECT_THAT(of("denied: 'geo_node_statuses.status'"), of_copy(says(v1::UNKNOWN, "denied")));
    auto mute = sites(primary() + secondary());
    for (auto& finding : *mute.nodes[0].inspection.mutable_findings()) {
        if (finding.geo_site().id() == 2) finding.mutable_geo_site()->clear_cursor_event_id();
    }
    EXPECT_THAT(judged(geo_sites, mute), of_copy(says(v1::UNKNOWN, "events_unseen")));
    EXPECT_THAT(of("last_event_id: 0 cursor_event_id: 0"),
                ElementsAre(says(v1::READY, "in_order"), says(v1::READY, "in_order")));
    EXPECT_THAT(judged(geo_sites, sites(primary() + site("id: 2 name: 'copy' ", ""))),
                of_copy(says(v1::UNKNOWN, "data_unseen")));
}

TEST(GeoSites, AreUnknownWhereNoDatabaseToldOfThem) {
    const auto torn = gap("postgres", "cause: TIMED_OUT");
    EXPECT_THAT(judged(geo_sites, sites(primary() + secondary() + torn)),
                Contains(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(geo_sites, sites("")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(geo_sites, sites(secondary())), Contains(says(v1::UNKNOWN, "no_primary")));
    EXPECT_THAT(judged(geo_sites, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

// The site of the node may be one that no database tells of.
TEST(GeoSites, AreUnknownWhereANodeDoesNotSayItsRole) {
    const auto beside = [](const std::string& findings) {
        return fleet_of(
            {node("web1", ran({"postgres"}) + geo_role("PRIMARY", "main") + primary() + secondary()),
             node("web9", findings), copy_node(tracking())});
    };
    EXPECT_THAT(judged(geo_sites, beside(geo_role("SECONDARY", "elsewhere"))),
                Contains(AllOf(says(v1::UNKNOWN, "unseen"), on(std::vector<std::string>{"web9"}))));
    EXPECT_THAT(judged(geo_sites, beside("")),
                Contains(AllOf(says(v1::UNKNOWN, "unseen"), on(std::vector<std::string>{"web9"}))));
    EXPECT_THAT(judged(geo_sites, beside(geo_role("NOT_CONFIGURED", ""))),
                ElementsAre(says(v1::READY, "in_order"), says(v1::READY, "in_order")));
    expect_no_loss_is_green(
        geo_sites, beside(geo_role("SECONDARY", "elsewhere")),
        [](const v1::Finding& finding) { return finding.geo_role().site_name() == "elsewhere"; });
}

TEST(GeoSites, WarnOfANodeWhoseFilesGiveItTwoRoles) {
    const std::string promoted =
        "findings { probe: 'geo' geo_role { role: PRIMARY site_name: 'main' source: "
        "'/etc/gitlab/gitlab-cluster.json'"
        " contradictions: '/etc/gitlab/gitlab.rb: secondary' } } ";
    const auto verdicts =
        judged(geo_sites, fleet_of({node("web1", ran({"postgres"}) + promoted + primary() + secondary())}));
    ASSERT_THAT(verdicts,
                Contains(AllOf(says(v1::WARNING, "role_disputed"), on(std::vector<std::string>{"web1"}))));
    EXPECT_EQ(verdicts[0].evidence(0).what(),
              "/etc/gitlab/gitlab-cluster.json counts, and there is /etc/gitlab/gitlab.rb: secondary");
}

TEST(GeoSites, DoNotApplyWithoutGeo) {
    const auto database = "findings { probe: 'postgres' schema_migrations { database: 'main' applied: 9 } } ";
    const auto alone =
        node("web1", database + roles("RAILS") + installed("19.2.4") + ran({"geo", "postgres", "services"}) +
                         geo_role("NOT_CONFIGURED", ""));
    EXPECT_THAT(judged(geo_sites, fleet_of({alone})), ElementsAre(says(v1::NOT_APPLICABLE, "no_geo")));
}

}  // namespace
}  // namespace preflight::readiness
