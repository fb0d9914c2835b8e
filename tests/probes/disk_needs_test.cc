#include "probes/disk_needs.h"

#include <algorithm>
#include <chrono>

#include "probes/paths.h"
#include "tests/probes/finding_texts.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/tar_writer.h"
#include "tests/probes/unprivileged.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::vector<v1::DiskNeed> needs(const Found& found) {
    return all(found, &v1::Finding::has_disk_need, &v1::Finding::disk_need);
}

Texts texts(const Found& found) {
    Texts shown;
    for (const auto& one : needs(found))
        shown.push_back(one.step() + " " + one.path() + " " + std::to_string(one.need_bytes()));
    return shown;
}

NodeTree& with_postgresql(NodeTree& tree) {
    return tree.link("/opt/gitlab/service/postgresql", "/opt/gitlab/sv/postgresql")
        .directory("/var/cache/apt")
        .file("/var/opt/gitlab/postgresql/data/PG_VERSION", "17\n")
        .file("/var/opt/gitlab/postgresql/data/base/1/2", std::string(897, 'x'));
}

// By one who may not look into this folder of the tree.
Found look_with_closed(const NodeTree& tree, const std::string& folder) {
    std::filesystem::permissions(tree.root() / folder, std::filesystem::perms::none);
    Found found;
    {
        const Unprivileged nobody(tree);
        found = tree.look(disk_needs, Machine::live);
    }
    std::filesystem::permissions(tree.root() / folder, std::filesystem::perms::owner_all);
    return found;
}

TEST(DiskNeeds, AreThoseOfThePackageAndOfPostgresql) {
    NodeTree tree;
    with_postgresql(tree);
    const auto found = tree.look(disk_needs, Machine::live);
    EXPECT_THAT(texts(found), ElementsAre("package /opt/gitlab 0", "download /var/cache/apt 0",
                                          "postgresql_upgrade /var/opt/gitlab/postgresql/data 1000",
                                          "index_migrations /var/opt/gitlab/postgresql/data 900"));
    for (const auto& one : needs(found)) {
        EXPECT_TRUE(one.have_known());
        EXPECT_GT(one.have_bytes(), 0u);
        EXPECT_EQ(one.terms().empty(), one.need_bytes() == 0);
    }
}

TEST(DiskNeeds, AreKnownInATreeButNotWhatIsThere) {
    NodeTree tree;
    with_postgresql(tree);
    const auto found = tree.look(disk_needs);
    EXPECT_EQ(needs(found).size(), 4u);
    EXPECT_FALSE(needs(found).front().have_known());
    EXPECT_THAT(found, Contains(gap(v1::Gap::NOT_LIVE, "/opt/gitlab")));
}

constexpr std::string_view tablespace_links = "/var/opt/gitlab/postgresql/data/pg_tblspc";

// Each of 500 bytes; the first lies on the filesystem of the data.
NodeTree& with_tablespaces(NodeTree& tree) {
    return with_postgresql(tree)
        .file("/proc/self/mountinfo",
              "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
              "30 20 8:2 / /mnt rw - ext4 /dev/sdb1 rw\n")
        .link(std::string(tablespace_links) + "/3", "/srv/near")
        .link(std::string(tablespace_links) + "/4", "/mnt/one")
        .link(std::string(tablespace_links) + "/5", "/mnt/two")
        .file("/srv/near/PG_17_202406281/5/6", std::string(500, 'x'))
        .file("/mnt/one/PG_17_202406281/5/6", std::string(500, 'x'))
        .file("/mnt/two/PG_17_202406281/5/6", std::string(500, 'x'));
}

TEST(DiskNeeds, OfAnUpgradeOfPostgresqlAreThoseOfItsTablespacesTooTogetherOnOneFilesystem) {
    NodeTree tree;
    with_tablespaces(tree);
    const auto found = tree.look(disk_needs, Machine::live);
    EXPECT_THAT(texts(found), ElementsAre("package /opt/gitlab 0", "download /var/cache/apt 0",
                                          "postgresql_upgrade /var/opt/gitlab/postgresql/data 1500",
                                          "postgresql_upgrade /mnt/one 1000",
                                          "index_migrations /var/opt/gitlab/postgresql/data 2400"));
    EXPECT_THAT(needs(found)[2].terms(),
                ElementsAre(HasSubstr("900 bytes of data"), HasSubstr("500 bytes of a")));
    tree.file("/proc/self/mountinfo", "").file("/proc/mounts", "");
    EXPECT_THAT(texts(tree.look(disk_needs, Machine::live)),
                Contains("postgresql_upgrade /var/opt/gitlab/postgresql/data 2500"))
        << "where no mounts are known, it may all be one";
}

TEST(DiskNeeds, DoNotLookIntoATablespaceThatMayHang) {
    NodeTree tree;
    with_tablespaces(tree).file("/proc/self/mountinfo",
                                "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
                                "30 20 0:40 / /mnt rw - nfs4 filer:/mnt rw\n");
    const auto found = tree.look(disk_needs, Machine::live);
    EXPECT_THAT(found, Contains(gap(v1::Gap::REFUSED, "/mnt/one")));
    EXPECT_THAT(texts(found), Contains("postgresql_upgrade /var/opt/gitlab/postgresql/data 1500"));
}

TEST(DiskNeeds, SayWhichTablespaceWasNotSeen) {
    NodeTree tree;
    with_tablespaces(tree).directory("/srv/near/closed");
    EXPECT_THAT(look_with_closed(tree, "srv/near/closed"),
                Contains(gap(v1::Gap::DENIED, "/srv/near/closed")));
    tree.link(std::string(tablespace_links) + "/6", "CANARY nowhere")
        .link(std::string(tablespace_links) + "/7", "/away")
        .link(std::string(tablespace_links) + "/8", "/unmounted")
        .directory("/unmounted");
    const auto hostile = tree.look(disk_needs, Machine::live);
    EXPECT_THAT(hostile, Contains(gap(v1::Gap::MALFORMED, std::string(tablespace_links))));
    EXPECT_THAT(hostile, Contains(gap(v1::Gap::ABSENT, "/away")));
    EXPECT_THAT(hostile, Contains(gap(v1::Gap::ABSENT, "/unmounted")));
    EXPECT_THAT(bytes_of(hostile), Not(HasSubstr("CANARY")));
}

TEST(DiskNeeds, DoNotCountAPostgresqlThatDoesNotRunHere) {
    NodeTree tree;
    tree.link("/opt/gitlab/service/nginx", "/opt/gitlab/sv/nginx")
        .file("/var/opt/gitlab/postgresql/data/PG_VERSION", "17\n");
    EXPECT_THAT(texts(tree.look(disk_needs, Machine::live)), ElementsAre("package /opt/gitlab 0"));
}

TEST(DiskNeeds, SayThatDataCannotBeAddedUp) {
    NodeTree tree;
    with_postgresql(tree).file("/var/opt/gitlab/postgresql/data/closed/1", "x");
    EXPECT_THAT(look_with_closed(tree, "var/opt/gitlab/postgresql/data/closed"),
                Contains(gap(v1::Gap::DENIED, "/var/opt/gitlab/postgresql/data/closed")));
    NodeTree deep;
    std::string path = "/var/opt/gitlab/postgresql/data";
    for (int at = 0; at < 12; ++at) path += "/x";
    with_postgresql(deep).file(path, "x");
    EXPECT_THAT(deep.look(disk_needs, Machine::live), Contains(gap(v1::Gap::TOO_LARGE)));
}

TEST(DiskNeeds, SayThatDataCannotBeSeen) {
    NodeTree tree;
    with_postgresql(tree);
    EXPECT_THAT(look_with_closed(tree, "var/opt/gitlab/postgresql"),
                Contains(gap(v1::Gap::DENIED, "/var/opt/gitlab/postgresql/data")));
}

// ---- What the package backs up by itself ----

constexpr std::string_view backup_folder = "/var/opt/gitlab/backups/";

NodeTree& with_puma(NodeTree& tree) {
    return tree.link("/opt/gitlab/service/puma", "/opt/gitlab/sv/puma")
        .directory(backup_folder)
        .file(paths::gitlab_yml, "production: {backup: {path: /var/opt/gitlab/backups}}\n");
}

TEST(DiskNeeds, OfTheBackupBeforeAnUpgradeGoByTheNewestArchiveWithADatabase) {
    const auto archive = [](std::size_t dump_bytes) {
        return TarWriter()
            .file("backup_information.yml", ":gitlab_version: 19.2.1-ee\n")
            .file("db/database.sql.gz", std::string(dump_bytes, 'x'))
            .file("db/ci_database.sql.gz", std::string(dump_bytes, 'x'))
            .file("uploads.tar.gz", std::string(5000, 'x'))
            .finish();
    };
    NodeTree tree;
    with_puma(tree)
        .file(std::string(backup_folder) + "1786400000_2026_08_11_19.2.1-ee_gitlab_backup.tar", archive(100))
        .file(std::string(backup_folder) + "1786500000_2026_08_12_19.2.1-ee_gitlab_backup.tar", archive(700))
        .file(std::string(backup_folder) + "1786600000_2026_08_13_19.2.1-ee_gitlab_backup.tar",
              TarWriter().file("uploads.tar.gz", "x").finish());
    const auto found = tree.look(disk_needs, Machine::live);
    EXPECT_THAT(texts(found),
                ElementsAre("package /opt/gitlab 0", "database_backup /var/opt/gitlab/backups 1400"));
    EXPECT_TRUE(needs(found).back().have_known());
}

TEST(DiskNeeds, OfTheFirstBackupGoByTheDataWhereItIsHere) {
    NodeTree tree;
    with_puma(with_postgresql(tree));
    EXPECT_THAT(texts(tree.look(disk_needs, Machine::live)),
                Contains("database_backup /var/opt/gitlab/backups 270"));
    NodeTree spread;
    with_puma(with_tablespaces(spread));
    EXPECT_THAT(texts(spread.look(disk_needs, Machine::live)),
                Contains("database_backup /var/opt/gitlab/backups 720"));
    spread.link(std::string(tablespace_links) + "/7", "/away");
    EXPECT_THAT(texts(spread.look(disk_needs, Machine::live)),
                Contains("database_backup /var/opt/gitlab/backups 0"));
    NodeTree elsewhere;
    with_puma(elsewhere);
    const auto found = elsewhere.look(disk_needs, Machine::live);
    EXPECT_THAT(texts(found), Contains("database_backup /var/opt/gitlab/backups 0"));
    EXPECT_THAT(needs(found).back().terms(),
                ElementsAre("no archive to go by, and no data of PostgreSQL added up here"));
}

TEST(DiskNeeds, CountNoBackupThatIsSwitchedOff) {
    for (const auto* marker : {"skip-auto-backup", "skip-auto-reconfigure"}) {
        NodeTree tree;
        with_puma(tree).file("/etc/gitlab/" + std::string(marker), "");
        EXPECT_THAT(texts(tree.look(disk_needs, Machine::live)), ElementsAre("package /opt/gitlab 0"));
    }
}

TEST(DiskNeeds, SayThatAnArchiveCannotBeRead) {
    NodeTree tree;
    const auto archive = std::string(backup_folder) + "1786500000_2026_08_12_19.2.1-ee_gitlab_backup.tar";
    with_puma(tree).file(archive, "x", 0000);
    const Unprivileged nobody(tree);
    EXPECT_THAT(tree.look(disk_needs, Machine::live), Contains(gap(v1::Gap::DENIED, archive)));
}

// ---- What slots keep ----

TEST(DiskNeeds, OfSlotsAreTheLogThatTheyKeep) {
    NodeTree tree;
    with_postgresql(tree)
        .file("/var/opt/gitlab/postgresql/data/pg_wal/000000010000000000000001", std::string(4096, 'x'))
        .directory("/var/opt/gitlab/postgresql/data/pg_replslot");
    EXPECT_THAT(texts(tree.look(disk_needs, Machine::live)), Not(Contains(HasSubstr("slots_wal"))));
    tree.file("/var/opt/gitlab/postgresql/data/pg_replslot/secondary/state", "x");
    const auto found = tree.look(disk_needs, Machine::live);
    EXPECT_THAT(texts(found), Contains("slots_wal /var/opt/gitlab/postgresql/data/pg_wal 4096"));
    const auto told = needs(found);
    const auto slots = std::ranges::find(told, "slots_wal", &v1::DiskNeed::step);
    ASSERT_NE(slots, told.end());
    EXPECT_THAT(slots->terms(), ElementsAre(HasSubstr("1 slots")));
}

// ---- What was not seen ----

TEST(DiskNeeds, SayThatNobodyKnowsWhatRunsHere) {
    NodeTree tree;
    with_postgresql(tree);
    const auto found = look_with_closed(tree, "opt/gitlab/service");
    EXPECT_THAT(found, Contains(gap(v1::Gap::DENIED, "/opt/gitlab/service/postgresql")));
    EXPECT_THAT(found, Contains(gap(v1::Gap::DENIED, "/opt/gitlab/service/puma")));
}

TEST(DiskNeeds, SayThatDataTakesTooLongToAddUp) {
    NodeTree tree;
    with_postgresql(tree);
    const Asked late{.until = std::chrono::steady_clock::now() - std::chrono::seconds(1)};
    const auto found = tree.look(disk_needs, Machine::live, late);
    EXPECT_THAT(found, Contains(gap(v1::Gap::TIMED_OUT, "/var/opt/gitlab/postgresql/data")));
    EXPECT_THAT(texts(found), ElementsAre("package /opt/gitlab 0", "download /var/cache/apt 0"));
}

TEST(DiskNeeds, DoNotAskANetworkThatMayHang) {
    NodeTree tree;
    with_postgresql(tree).file("/proc/self/mountinfo",
                               "20 1 8:1 / / rw - ext4 /dev/sda1 rw\n"
                               "30 20 0:40 / /opt/gitlab rw - nfs4 filer:/opt rw\n");
    const auto found = tree.look(disk_needs, Machine::live);
    EXPECT_THAT(found, Contains(gap(v1::Gap::REFUSED, "/opt/gitlab")));
    EXPECT_FALSE(needs(found).front().have_known());
    EXPECT_TRUE(needs(found).back().have_known()) << "the others lie on this machine";
}

TEST(DiskNeeds, SayThatNoTableOfMountsIsToBeHad) {
    NodeTree live;
    with_postgresql(live);
    EXPECT_THAT(live.look(disk_needs, Machine::live), Contains(gap(v1::Gap::ABSENT)));
    live.file("/proc/self/mountinfo", "nonsense\n").file("/proc/mounts", "nonsense\n");
    EXPECT_THAT(live.look(disk_needs), Contains(gap(v1::Gap::MALFORMED)));
}

TEST(DiskNeeds, AreNotReckonedWithoutThePackage) { EXPECT_THAT(NodeTree().look(disk_needs), IsEmpty()); }

}  // namespace
}  // namespace preflight::probes
