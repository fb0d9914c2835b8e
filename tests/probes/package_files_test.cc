#include "probes/package_files.h"

#include "probes/packages.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/unprivileged.h"

namespace preflight::probes {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view list_path = "/var/lib/dpkg/info/gitlab-ee.md5sums";
constexpr std::string_view user_rb = "/opt/gitlab/embedded/service/gitlab-rails/app/models/user.rb";
constexpr std::string_view group_rb = "/opt/gitlab/embedded/service/gitlab-rails/app/models/group.rb";
constexpr std::string_view ctl = "/opt/gitlab/bin/gitlab-ctl";

// MD5 of these contents, as md5sum says them.
constexpr std::string_view of_abc = "900150983cd24fb0d6963f7d28e17f72";    // "abc"
constexpr std::string_view of_empty = "d41d8cd98f00b204e9800998ecf8427e";  // ""

// A package that was unpacked yesterday.
class PackageFiles : public ::testing::Test {
  public:  // so that calls chain
    // A file as the package brought it: with the time of its build.
    PackageFiles& brought(std::string_view path, std::string_view content, std::string_view digest) {
        tree.file(path, content).modified(path, unpacked - std::chrono::hours(72));
        return listed(path, digest);
    }
    // As `brought`, and written since.
    PackageFiles& written(std::string_view path, std::string_view content, std::string_view digest) {
        tree.file(path, content);
        return listed(path, digest);
    }
    PackageFiles& listed(std::string_view path, std::string_view digest) {
        list.append(digest).append("  ").append(path.substr(1)).append("\n");
        return *this;
    }

    std::vector<v1::Finding> look(const PackageFilesLimits& limits = {}) {
        tree.file("/var/lib/dpkg/info/gitlab-ee.list", "/.\n")
            .modified("/var/lib/dpkg/info/gitlab-ee.list", unpacked)
            .file(list_path, list);
        return look_again(limits);
    }
    std::vector<v1::Finding> look_again(const PackageFilesLimits& limits = {}) const {
        std::vector<v1::Finding> found;
        {
            Findings out("packages", [&](const v1::Finding& finding) { found.push_back(finding); });
            look_at_package_files(tree.node(), limits, out);
        }
        return found;
    }

    NodeTree tree;
    std::string list;
    TimePoint unpacked = std::chrono::system_clock::now() - std::chrono::hours(24);
};

TEST_F(PackageFiles, ThatWereChangedOrTakenAwayAreNamed) {
    brought(ctl, "abc", of_abc).written(user_rb, "patched CANARY", of_abc).listed(group_rb, of_abc);
    const auto found = look();
    EXPECT_THAT(found, ElementsAre(finding(R"(modified_files {
        list: "/var/lib/dpkg/info/gitlab-ee.md5sums" listed: 3 changed_since: 1 modified_total: 1 missing_total: 1
        modified: "/opt/gitlab/embedded/service/gitlab-rails/app/models/user.rb"
        missing: "/opt/gitlab/embedded/service/gitlab-rails/app/models/group.rb" all_looked_at: true })")));
    EXPECT_EQ(found[0].source(), list_path);
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST_F(PackageFiles, ThatWereOnlyTouchedAreAsTheyWereBrought) {
    written(user_rb, "abc", of_abc).written(group_rb, "", of_empty);
    EXPECT_THAT(look(), ElementsAre(finding(R"(modified_files {
        list: "/var/lib/dpkg/info/gitlab-ee.md5sums" listed: 2 changed_since: 2 all_looked_at: true })")));
}

TEST_F(PackageFiles, ThatNobodyTouchedAreNotRead) {
    brought(user_rb, "of another digest, which nobody computes", of_abc);
    EXPECT_THAT(look(), ElementsAre(finding(R"(modified_files {
        list: "/var/lib/dpkg/info/gitlab-ee.md5sums" listed: 1 all_looked_at: true })")));
}

TEST(PackageFilesTimes, OfAFileAreLaterThanTheUnpackingOrNot) {
    const TimePoint then{std::chrono::hours(400'000)};
    const FileStatus list{.modified_at = then, .changed_at = then};
    const auto file = [&](std::chrono::seconds modified, std::chrono::seconds changed) {
        return FileStatus{.modified_at = then + modified, .changed_at = then + changed};
    };
    using namespace std::chrono_literals;
    EXPECT_FALSE(changed_since(file(-1000h, -1s), list));
    EXPECT_FALSE(changed_since(file(-1000h, 59s), list)) << "by the package's own scripts";
    EXPECT_TRUE(changed_since(file(2h, 2h), list));
    EXPECT_TRUE(changed_since(file(-1000h, 2h), list)) << "put there with an old time";
    const FileStatus copied{.modified_at = then, .changed_at = then + 500h};
    EXPECT_FALSE(changed_since(file(-1000h, 500h), copied)) << "an image's layer";
    EXPECT_TRUE(changed_since(file(2h, 500h), copied)) << "changed before the copy";
}

TEST_F(PackageFiles, ThatReconfigureMakesAreNotLookedAt) {
    const std::string rails = "/opt/gitlab/embedded/service/gitlab-rails/";
    written(rails + "public/assets/a.js", "x", of_abc).written(rails + "db/structure.sql", "x", of_abc);
    listed(rails + "config/gitlab.yml", of_abc).listed(rails + "log/.gitkeep", of_abc);
    listed("/opt/gitlab/embedded/lib/libz.so", of_abc);
    brought(ctl, "abc", of_abc);
    tree.link(rails + "config/gitlab.yml", "/var/opt/gitlab/gitlab-rails/etc/gitlab.yml")
        .link(rails + "log", "/var/log/gitlab/gitlab-rails");
    EXPECT_THAT(look(), ElementsAre(finding(R"(modified_files {
        list: "/var/lib/dpkg/info/gitlab-ee.md5sums" listed: 1 all_looked_at: true })")));
}

TEST_F(PackageFiles, ThatAreLinksNowAreNotFollowed) {
    tree.file("/etc/passwd", "abc").file("/etc/models/group.rb", "abc").link(user_rb, "/etc/passwd");
    tree.link("/opt/gitlab/embedded/service/gitlab-rails/lib", "/etc/models");
    listed(user_rb, of_abc).listed("/opt/gitlab/embedded/service/gitlab-rails/lib/group.rb", of_abc);
    const auto found = look();
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_THAT(found[0].modified_files().modified(), ElementsAre(user_rb));
    EXPECT_FALSE(found[0].modified_files().all_looked_at());
    EXPECT_THAT(found[1], gap(v1::Gap::REFUSED, "/opt/gitlab/embedded/service/gitlab-rails/lib"));
}

TEST_F(PackageFiles, BehindALinkOfTheWholePackageAreFound) {
    tree.file("/data/gitlab/bin/gitlab-ctl", "patched").link("/opt/gitlab", "/data/gitlab");
    listed(ctl, of_abc);
    EXPECT_THAT(look().at(0).modified_files().modified(), ElementsAre(ctl));
}

TEST_F(PackageFiles, OfAHostileListAreRefused) {
    tree.file("/opt/gitlab/bin/x", "abc").file("/etc/shadow", "CANARY");
    brought(ctl, "abc", of_abc);
    list += std::string(of_abc) + "  opt/gitlab/bin/../../../etc/shadow\n";
    list += std::string(of_abc) + "  /etc/shadow\n";
    list += "short  opt/gitlab/bin/x\n" + std::string(of_abc) + "\n" + std::string(of_abc) + "  \n";
    list += std::string(of_abc) + "  opt/gitlab/bin/x\x1b[0m\n" + std::string(5000, 'a');
    const auto found = look();
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_EQ(found[0].modified_files().listed(), 1U);
    EXPECT_FALSE(found[0].modified_files().all_looked_at());
    EXPECT_THAT(found[1], gap(v1::Gap::MALFORMED, list_path));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("\x1b")));
    list = std::string(100, '\0');
    EXPECT_THAT(look(), ElementsAre(gap(v1::Gap::MALFORMED, list_path)));
    list.clear();
    EXPECT_THAT(look(), ElementsAre(gap(v1::Gap::MALFORMED, list_path)));
}

TEST_F(PackageFiles, PastALimitAreNotRead) {
    for (const std::string number : {"1", "2", "3", "4"})
        written("/opt/gitlab/bin/" + number, "four", of_abc);
    const auto limited = [&](const PackageFilesLimits& limits, v1::Gap::Cause cause, std::uint64_t modified) {
        const auto found = look(limits);
        EXPECT_THAT(found, ElementsAre(testing::_, gap(cause, list_path)));
        EXPECT_FALSE(found.at(0).modified_files().all_looked_at());
        EXPECT_EQ(found.at(0).modified_files().modified_total(), modified);
    };
    limited({.files = 3}, v1::Gap::TOO_LARGE, 3);
    limited({.files_read = 2}, v1::Gap::TOO_LARGE, 2);
    limited({.bytes_read = 7}, v1::Gap::TOO_LARGE, 1);
    limited({.time = std::chrono::milliseconds(0)}, v1::Gap::TIMED_OUT, 0);
    limited({.until = std::chrono::steady_clock::now()}, v1::Gap::TIMED_OUT, 0);
    EXPECT_THAT(look({.list_bytes = 10}), ElementsAre(gap(v1::Gap::TOO_LARGE, list_path)));
    EXPECT_THAT(look(), ElementsAre(finding(R"(modified_files {
        list: "/var/lib/dpkg/info/gitlab-ee.md5sums" listed: 4 changed_since: 4 modified_total: 4 all_looked_at: true
        modified: "/opt/gitlab/bin/1" modified: "/opt/gitlab/bin/2" modified: "/opt/gitlab/bin/3"
        modified: "/opt/gitlab/bin/4" })")));
}

TEST_F(PackageFiles, AreNamedUpToALimitAndCountedBeyond) {
    for (int number = 0; number < 60; ++number) {
        written("/opt/gitlab/bin/" + std::to_string(number), "x", of_abc);
        listed("/opt/gitlab/embedded/cookbooks/" + std::to_string(number), of_abc);
    }
    const auto found = look().at(0).modified_files();
    EXPECT_THAT(found.modified(), SizeIs(50));
    EXPECT_THAT(found.missing(), SizeIs(50));
    EXPECT_EQ(found.modified_total(), 60U);
    EXPECT_EQ(found.missing_total(), 60U);
}

TEST_F(PackageFiles, ThatCannotBeReadAreAGap) {
    written(user_rb, "abc", of_abc).written(ctl, "patched", of_abc);
    std::filesystem::permissions(tree.root() / user_rb.substr(1), std::filesystem::perms::none);
    look();
    const Unprivileged nobody(tree);
    const auto found = look_again();
    ASSERT_THAT(found, SizeIs(2));
    EXPECT_THAT(found[0].modified_files().modified(), ElementsAre(ctl));
    EXPECT_FALSE(found[0].modified_files().all_looked_at());
    EXPECT_THAT(found[1], gap(v1::Gap::DENIED, user_rb));
}

TEST_F(PackageFiles, AreLookedAtByTheProbeOfPackages) {
    written(ctl, "patched", of_abc);
    look();
    EXPECT_THAT(tree.look(packages), Contains(testing::Truly([](const v1::Finding& found) {
                    return found.modified_files().modified_total() == 1;
                })));
}

TEST_F(PackageFiles, WithoutAListAreAGapWhereThePackageIsDpkgs) {
    EXPECT_THAT(NodeTree().look(packages), IsEmpty());
    look();
    std::filesystem::remove(tree.root() / list_path.substr(1));
    EXPECT_THAT(look_again(), ElementsAre(gap(v1::Gap::ABSENT, list_path)));
}

TEST_F(PackageFiles, AreThoseOfTheEditionThatIsThere) {
    written(ctl, "patched", of_abc);
    look();
    const auto info = tree.root() / "var/lib/dpkg/info";
    std::filesystem::rename(info / "gitlab-ee.md5sums", info / "gitlab-ce.md5sums");
    std::filesystem::copy(info / "gitlab-ee.list", info / "gitlab-ce.list");
    const auto found = look_again();
    ASSERT_THAT(found, SizeIs(1)) << "gitlab-ee was removed, and not purged";
    EXPECT_EQ(found[0].modified_files().list(), "/var/lib/dpkg/info/gitlab-ce.md5sums");
}

}  // namespace
}  // namespace preflight::probes
