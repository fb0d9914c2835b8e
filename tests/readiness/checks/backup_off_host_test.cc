#include "readiness/checks/backup_off_host.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

std::string settings(std::string_view more = "") {
    return "findings { probe: 'backups' source: 'gitlab.yml' backup_settings { path: '/srv/backups' "
           "path_present: true " +
           std::string(more) + " } } ";
}

const std::string uploads = settings("upload_provider: 'AWS' upload_directory: 'copies'");

std::string archive(std::string_view more = "") {
    return "findings { probe: 'backups' backup_archive { path: '/srv/backups/17_gitlab_backup.tar' kind: TAR "
           "created_at {at 2026-08-21T02:00:00Z} manifest_read: true complete_end: true " +
           std::string(more) + " } } ";
}

FleetNode web(const std::string& findings, std::string_view name = "web1") {
    return node(name, installed("19.2.4") + roles("RAILS") + ran({"backups"}) + findings);
}

std::vector<v1::Verdict> of(std::vector<FleetNode> nodes, const Upgrade& upgrade = to("19.3.0")) {
    return judged(backup_off_host, fleet_of(std::move(nodes)), upgrade);
}

TEST(BackupOffHost, IsReadyWhereBackupsAreUploaded) {
    const auto verdicts = of({web(uploads + archive())});
    ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::READY, "elsewhere"), on(Names{"web1"}))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "uploaded to AWS copies");
    expect_no_loss_is_green(backup_off_host, fleet_of({web(uploads)}),
                            [](const v1::Finding& finding) { return finding.has_backup_settings(); });
}

TEST(BackupOffHost, IsReadyWhereTheyLieOnTheNetwork) {
    const auto mount = [](std::string_view network) {
        return "findings { probe: 'system' filesystem { paths: '/srv/backups' type: 'nfs4' network: " +
               std::string(network) + " } } ";
    };
    EXPECT_THAT(of({web(settings() + mount("true"))}), ElementsAre(says(v1::READY, "elsewhere")));
    EXPECT_THAT(of({web(settings() + mount("false"))}), ElementsAre(says(v1::WARNING, "none")));
}

TEST(BackupOffHost, WarnsWhereTheyStayOnTheHost) {
    EXPECT_THAT(of({web(settings())}), ElementsAre(AllOf(says(v1::WARNING, "none"), on(Names{"web1"}))));
    EXPECT_THAT(of({web(settings("upload_provider: 'Local' upload_directory: 'copies'"))}),
                ElementsAre(says(v1::WARNING, "none")));
}

TEST(BackupOffHost, WarnsWhereTheNewestWasNotUploaded) {
    for (const auto* skipped : {"skipped: 'remote'", "skipped: 'tar'"}) {
        EXPECT_THAT(of({web(uploads + archive(skipped))}), ElementsAre(says(v1::WARNING, "not_uploaded")))
            << skipped;
    }
}

// Other Rails nodes have the same setting, or not, and make no backup.
TEST(BackupOffHost, GoesByTheNodesThatMakeBackups) {
    EXPECT_THAT(of({web(uploads + archive()), web(settings(), "web2")}),
                ElementsAre(AllOf(says(v1::READY, "elsewhere"), on(Names{"web1"}))));
    EXPECT_THAT(of({web(settings() + archive()), web(uploads, "web2")}),
                ElementsAre(AllOf(says(v1::WARNING, "none"), on(Names{"web1"}))));
}

TEST(BackupOffHost, IsReadyByTheWordOfAPerson) {
    auto upgrade = to("19.3.0");
    auto& word = *upgrade.acceptances.add_attestations();
    word.set_id("a-1");
    word.set_statement("backups_kept_elsewhere");
    word.set_owner("Jo Doe");
    word.set_detail("on tape");
    *word.mutable_made_at() = time_of("2026-08-01T00:00:00Z");
    *word.mutable_expires_at() = time_of("2026-09-01T00:00:00Z");
    const auto verdicts = of({web(settings())}, upgrade);
    ASSERT_THAT(verdicts, ElementsAre(says(v1::READY, "stated")));
    EXPECT_THAT(verdicts[0].evidence(0).what(), HasSubstr("Jo Doe, on tape"));
    *word.mutable_expires_at() = time_of("2026-08-20T00:00:00Z");
    EXPECT_THAT(of({web(settings())}, upgrade), ElementsAre(says(v1::WARNING, "none")));
}

TEST(BackupOffHost, IsUnknownWhereTheSettingsWereNotSeen) {
    EXPECT_THAT(of({web("")}), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of({node("web1", roles("RAILS") + uploads)}), ElementsAre(says(v1::UNKNOWN, "unseen")))
        << "the probe did not end";
    EXPECT_THAT(of({web(uploads), silent_node("web2")}),
                UnorderedElementsAre(says(v1::READY, "elsewhere"),
                                     AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"web2"}))));
    EXPECT_THAT(of({}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

}  // namespace
}  // namespace preflight::readiness
