#include "probes/package_list.h"

#include <cstdlib>
#include <fstream>

#include "probes/package_files.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr std::string_view of_abc = "900150983cd24fb0d6963f7d28e17f72";  // MD5 of "abc"

TEST(PackageList, OfDpkgHasLinesOfOneForm) {
    const std::string digest(of_abc);
    EXPECT_EQ(parse_dpkg_file(digest + "  opt/gitlab/a b")->path, "opt/gitlab/a b");
    EXPECT_EQ(parse_dpkg_file(digest + " opt/x")->digest, of_abc);
    for (const auto& line : {std::string(), digest, digest + "  ", digest + "opt/x", digest + "   opt/x",
                             digest + "  /opt/x", digest + "  opt//x", digest + "  opt/./x", digest + "  ..",
                             digest + "  opt/x/", "X" + digest.substr(1) + "  opt/x"}) {
        EXPECT_FALSE(parse_dpkg_file(line)) << line;
    }
}

TEST(PackageList, OfRpmHasLinesOfOneForm) {
    const std::string digest(64, 'a');
    const auto line = digest + " 1700000000 /opt/gitlab/a b";
    const auto file = parse_rpm_file(line);
    ASSERT_TRUE(file);
    EXPECT_EQ(file->digest, digest);
    EXPECT_EQ(file->path, "opt/gitlab/a b");
    EXPECT_EQ(file->modified_at, TimePoint(std::chrono::seconds(1'700'000'000)));
    EXPECT_EQ(parse_rpm_file(" 1700000000 /opt/gitlab")->digest, "") << "a folder";
    EXPECT_EQ(parse_rpm_file(std::string(of_abc) + " 1 /x")->digest, of_abc) << "of an old package";
    for (const auto& other :
         {std::string(), digest, digest + " 1", digest + " 1 ", digest + " 1 opt/x", digest + " x /opt/x",
          digest + " -1 /opt/x", digest + " 99999999999 /opt/x", digest + " 1 /opt/../x", digest + " 1 /",
          digest + " 1 /opt/x\x1b", std::string("(none) 1 /opt/x")}) {
        EXPECT_FALSE(parse_rpm_file(other)) << other;
    }
}

constexpr std::string_view specification = R"(
Name: gitlab-ee
Version: 19.2.1
Release: ee.0.el9
Summary: a package of the same name
License: MIT
BuildArch: noarch
%global debug_package %{nil}
%global __os_install_post %{nil}
%description
None.
%install
mkdir -p %{buildroot}/opt/gitlab/bin %{buildroot}/opt/gitlab/embedded/cookbooks
echo as-built > %{buildroot}/opt/gitlab/bin/kept
echo as-built > %{buildroot}/opt/gitlab/bin/patched
echo as-built > %{buildroot}/opt/gitlab/bin/touched
echo as-built > %{buildroot}/opt/gitlab/bin/removed
ln -s kept %{buildroot}/opt/gitlab/bin/linked
cd %{buildroot}/opt/gitlab/bin && touch -d 2026-01-02 kept patched touched removed
%files
/opt/gitlab
)";

void write(const std::filesystem::path& path, std::string_view text) { std::ofstream(path) << text; }

// rpm's own answer, of a package that rpm itself has built and installed into the tree.
TEST(PackageFilesOfRpm, ThatWereChangedOrTakenAwayAreNamed) {
    const TemporaryFolder work;
    const NodeTree tree;
    const auto bin = tree.root() / "opt/gitlab/bin";
    write(work / "gitlab.spec", specification);
    const auto run = [&](const std::string& line) { return std::system((line + " >&2").c_str()); };
    const auto at_work = "cd " + work.path().string() + " && ";
    ASSERT_EQ(
        run(at_work + "rpmbuild --quiet --define '_topdir " + work.path().string() + "' -bb gitlab.spec"), 0);
    ASSERT_EQ(run(at_work + "rpm --root " + tree.root().string() +
                  " --dbpath /var/lib/rpm --install --nodeps RPMS/noarch/*.rpm"),
              0);
    write(bin / "patched", "as people want it, CANARY");
    write(bin / "touched", "as-built\n");
    std::filesystem::remove(bin / "removed");

    // rpm is asked as nobody.
    std::filesystem::permissions(tree.root(), std::filesystem::perms(0755));
    auto command = rpm_files_command(1024UL * 1024, std::chrono::seconds(5));
    command.argv.insert(command.argv.begin() + 1, {"--dbpath", (tree.root() / "var/lib/rpm").string()});
    const auto answer = run_command(command);
    ASSERT_TRUE(answer) << answer.error().detail;
    std::vector<v1::Finding> found;
    {
        Findings out("packages", [&](const v1::Finding& finding) { found.push_back(finding); });
        look_at_rpm_files(tree.node(), *answer, {}, out);
    }
    EXPECT_THAT(found, ElementsAre(finding(R"(modified_files {
        list: "/usr/bin/rpm" listed: 4 changed_since: 2 modified_total: 1 modified: "/opt/gitlab/bin/patched"
        missing_total: 1 missing: "/opt/gitlab/bin/removed" all_looked_at: true })")));
    EXPECT_THAT(bytes_of(found), testing::Not(HasSubstr("CANARY")));
}

TEST(PackageFilesOfRpm, AreAGapInATreeThatNoRpmCanAnswerFor) {
    NodeTree tree;
    tree.file("/var/lib/rpm/rpmdb.sqlite", "SQLite format 3");
    std::vector<v1::Finding> found;
    {
        Findings out("packages", [&](const v1::Finding& finding) { found.push_back(finding); });
        look_at_package_files(tree.node(), {}, out);
    }
    EXPECT_THAT(found, ElementsAre(gap(v1::Gap::NOT_LIVE)));
}

}  // namespace
}  // namespace preflight::probes
