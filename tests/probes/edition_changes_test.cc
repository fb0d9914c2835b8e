#include "probes/edition_changes.h"

#include "probes/packages.h"
#include "tests/probes/gzip_writer.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

std::string told_by(PackageLog log, std::string_view line) {
    const auto install = parse_install(log, line);
    return install ? install->day + " " + install->package : "";
}

TEST(PackageLogs, TellWhichEditionCame) {
    EXPECT_EQ(told_by(PackageLog::dpkg, "2024-05-06 10:11:12 install gitlab-ce:amd64 <none> 16.11.2-ce.0"),
              "2024-05-06 gitlab-ce");
    EXPECT_EQ(told_by(PackageLog::yum, "May 06 10:11:12 Installed: gitlab-ce-16.11.2-ce.0.el7.x86_64"),
              "May 06 gitlab-ce");
    EXPECT_EQ(told_by(PackageLog::yum, "May 06 10:11:12 Updated: 1:gitlab-ee-16.11.2-ee.0.el7.x86_64"),
              "May 06 gitlab-ee");
    EXPECT_EQ(told_by(PackageLog::dnf,
                      "2024-05-06T10:11:12+0200 SUBDEBUG Installed: gitlab-ce-16.11.2-ce.0.el9.x86_64"),
              "2024-05-06 gitlab-ce");
    EXPECT_EQ(told_by(PackageLog::dnf,
                      "2024-05-06T10:11:12Z SUBDEBUG Upgrade: gitlab-ee-1:16.11.2-ee.0.el8.x86_64"),
              "2024-05-06 gitlab-ee");
    EXPECT_EQ(
        told_by(PackageLog::zypper,
                "2024-05-06 10:11:12|install|gitlab-ce|16.11.2-ce.0.sles15|x86_64|root@web1|gitlab|f00|"),
        "2024-05-06 gitlab-ce");
}

TEST(PackageLogs, TellNothingWithoutADay) {
    for (const auto* day : {"CANARY", "2024-05-0x", "2024-05-061", "24-05-06", "\xff\xff\xff\xff-05-06"}) {
        const std::string at(day);
        EXPECT_EQ(told_by(PackageLog::dpkg, at + " 1 install gitlab-ce:amd64 <none> 16.11.2-ce.0"), "")
            << day;
        EXPECT_EQ(told_by(PackageLog::dnf, at + "T1 SUBDEBUG Installed: gitlab-ce-16.11.2-ce.0.el9.x86_64"),
                  "");
        EXPECT_EQ(told_by(PackageLog::zypper, at + " 1|install|gitlab-ce|16.11.2-ce.0|x86_64|"), "") << day;
        EXPECT_EQ(told_by(PackageLog::yum, at + " 06 1 Installed: gitlab-ce-16.11.2-ce.0.el7.x86_64"), "")
            << day;
    }
}

TEST(PackageLogs, TellNothingByOtherLines) {
    for (const auto* line : {"2024-05-06T10:11:12Z SUBDEBUG Upgraded: gitlab-ee-16.11.1-ee.0.el9.x86_64",
                             "2024-05-06T10:11:12Z SUBDEBUG Erase: gitlab-ee-16.11.1-ee.0.el9.x86_64",
                             "2024-05-06T10:11:12Z SUBDEBUG Installed: gitlab-ee-tools-1.0-1.el9.noarch",
                             "2024-05-06T10:11:12Z SUBDEBUG Installed: gitlab-runner-16.11.1-1.x86_64",
                             "2024-05-06T10:11:12Z INFO Installed: gitlab-ee-16.11.1-ee.0.el9.x86_64",
                             "2024-05-06T10:11:12Z SUBDEBUG Installed: gitlab-ee-"})
        EXPECT_EQ(told_by(PackageLog::dnf, line), "") << line;
    for (const auto* line : {"May 06 10:11:12 Erased: gitlab-ee-16.11.2-ee.0.el7.x86_64",
                             "May 06 10:11:12 Cleanup: gitlab-ee-16.11.2-ee.0.el7.x86_64",
                             "Installed: gitlab-ee-16.11.2-ee.0.el7.x86_64"})
        EXPECT_EQ(told_by(PackageLog::yum, line), "") << line;
    for (const auto* line : {"2024-05-06 10:11:12|remove |gitlab-ee|16.11.2-ee.0|x86_64|root@web1|",
                             "2024-05-06 10:11:12|install|gitlab-ee"})
        EXPECT_EQ(told_by(PackageLog::zypper, line), "") << line;
    for (const auto* line : {"2024-05-06 10:11:12 status installed gitlab-ee:amd64 16.11.2-ee.0",
                             "2024-05-06 10:11:12 remove gitlab-ee:amd64 16.11.2-ee.0 <none>"})
        EXPECT_EQ(told_by(PackageLog::dpkg, line), "") << line;
}

const std::string ee_in_april = "2024-04-01 10:11:12 install gitlab-ee:amd64 <none> 16.10.0-ee.0\n";
const std::string ee_in_may = "2024-05-02 10:11:12 upgrade gitlab-ee:amd64 16.10.0-ee.0 16.11.0-ee.0\n";
const std::string ce_in_may = "2024-05-06 10:11:12 install gitlab-ce:amd64 <none> 16.11.0-ce.0\n";
const std::string ee_in_june = "2024-06-06 10:11:12 install gitlab-ee:amd64 <none> 17.0.0-ee.0\n";

struct Told {
    std::vector<std::string> changes;
    std::vector<std::string> problems;
};
Told told_on(const NodeTree& tree) {
    Told told;
    const auto changes = read_edition_changes(tree.node());
    for (const auto& change : changes.items)
        told.changes.push_back(change.log() + " " + change.day() + " " + change.to());
    for (const auto& problem : changes.problems)
        told.problems.push_back(v1::Gap::Cause_Name(problem.cause) + " " + problem.source);
    return told;
}

TEST(EditionChanges, AreFoundInPackedLogs) {
    NodeTree tree;
    tree.file("/var/log/dpkg.log.10.gz", gzip_of(ee_in_april))
        .file("/var/log/dpkg.log.2.gz", gzip_of(ee_in_may + ce_in_may))
        .file("/var/log/dpkg.log", ee_in_june);
    const auto told = told_on(tree);
    EXPECT_THAT(told.changes, ElementsAre("/var/log/dpkg.log.2.gz 2024-05-06 gitlab-ce",
                                          "/var/log/dpkg.log 2024-06-06 gitlab-ee"));
    EXPECT_THAT(told.problems, IsEmpty());
}

TEST(EditionChanges, AreFoundByTheDatesOfTheFiles) {
    NodeTree tree;
    tree.file("/var/log/dpkg.log-20240501.gz", gzip_of(ee_in_april))
        .file("/var/log/dpkg.log-20240601", ee_in_may)
        .file("/var/log/dpkg.log.1", ce_in_may)  // from before there were dates
        .file("/var/log/dpkg.log", ee_in_june);
    EXPECT_THAT(told_on(tree).changes, ElementsAre("/var/log/dpkg.log-20240501.gz 2024-04-01 gitlab-ee"));
}

TEST(EditionChanges, AreFoundInTheLogsOfRpms) {
    NodeTree tree;
    tree.file("/var/log/yum.log-20200101", "May 06 10:11:12 Installed: gitlab-ce-12.0.0-ce.0.el7.x86_64\n")
        .file("/var/log/yum.log", "Jan 06 10:11:12 Installed: gitlab-ee-12.6.0-ee.0.el7.x86_64\n")
        .file("/var/log/dnf.rpm.log.1",
              "2024-05-06T10:11:12Z SUBDEBUG Upgrade: gitlab-ee-16.11.2-ee.0.el8.x86_64\n")
        .file("/var/log/dnf.rpm.log",
              "2024-06-06T10:11:12Z SUBDEBUG Installed: gitlab-ce-17.0.0-ce.0.el8.x86_64\n");
    EXPECT_THAT(told_on(tree).changes, ElementsAre("/var/log/yum.log Jan 06 gitlab-ee",
                                                   "/var/log/dnf.rpm.log 2024-06-06 gitlab-ce"));
    NodeTree suse;
    suse.file(
        "/var/log/zypp/history",
        "# a comment\n2024-05-06 10:11:12|install|gitlab-ee|16.11.2-ee.0.sles15|x86_64|root@web1|gitlab|\n"
        "2024-06-06 10:11:12|install|gitlab-ce|17.0.0-ce.0.sles15|x86_64|root@web1|gitlab|\n");
    EXPECT_THAT(told_on(suse).changes, ElementsAre("/var/log/zypp/history 2024-06-06 gitlab-ce"));
}

TEST(EditionChanges, AreMissedWhereALogCannotBeReadWhole) {
    const auto packed = gzip_of(ee_in_may + ce_in_may);
    NodeTree tree;
    tree.directory("/opt/gitlab")
        .file("/var/log/dpkg.log.3.gz", packed.substr(0, packed.size() - 6))
        .file("/var/log/dpkg.log.2.gz", "CANARY is no gzip")
        .fifo("/var/log/dpkg.log.1")
        .file("/var/log/dpkg.log", ce_in_may);
    const auto told = told_on(tree);
    EXPECT_THAT(told.changes, ElementsAre("/var/log/dpkg.log.3.gz 2024-05-06 gitlab-ce"));
    EXPECT_THAT(told.problems, ElementsAre("REFUSED /var/log/dpkg.log.1", "MALFORMED /var/log/dpkg.log.2.gz",
                                           "MALFORMED /var/log/dpkg.log.3.gz"));
    const auto found = tree.look(packages);
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, "/var/log/dpkg.log.3.gz")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(EditionChanges, AreMissedWhereTheOnlyLogIsPackedOtherwise) {
    NodeTree tree;
    tree.file("/var/log/zypp/history-20240501.xz", "").file("/var/log/zypp/history-20240601.xz", "");
    EXPECT_THAT(told_on(tree).problems, ElementsAre("REFUSED /var/log/zypp/history-20240601.xz"));
    tree.file("/var/log/zypp/history", "");
    EXPECT_THAT(told_on(tree).problems, IsEmpty());
    EXPECT_THAT(told_on(NodeTree()).problems, IsEmpty()) << "no log at all";
}

TEST(EditionChanges, AreNotToldWithoutEnd) {
    NodeTree tree;
    std::string flips;
    for (int at = 0; at < 200; ++at) flips += ee_in_may + ce_in_may;
    tree.file("/var/log/dpkg.log", flips);
    for (int at = 1; at <= 40; ++at) tree.file("/var/log/dpkg.log." + std::to_string(at), "");
    const auto told = told_on(tree);
    EXPECT_THAT(told.changes, SizeIs(10));
    EXPECT_THAT(told.problems, ElementsAre("DROPPED /var/log/dpkg.log.40", "DROPPED /var/log/dpkg.log"));
}

}  // namespace
}  // namespace preflight::probes
