#include "probes/unattended_upgrades.h"

#include "probes/origin_patterns.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/unprivileged.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

AptConfiguration parse(const std::vector<std::string>& texts) {
    return parse_apt_configuration(texts, {.installed = "gitlab-ee", .hosts = {}});
}

TEST(UnattendedUpgrades, CoverGitlabWhereAnOriginNamesIt) {
    const auto found =
        parse({"APT::Periodic::Unattended-Upgrade \"1\";\n",
               "Unattended-Upgrade::Origins-Pattern {\n  \"origin=Debian,label=Debian-Security\";\n"
               "// \"origin=*\";\n  \"site=packages.gitlab.com\";\n};\nUnattended-Upgrade::Package-Blacklist "
               "{\n};\n"})
            .upgrades;
    EXPECT_TRUE(found.enabled());
    EXPECT_TRUE(found.covers_gitlab());
    EXPECT_THAT(found.origins(), ElementsAre("site=packages.gitlab.com"));
}

TEST(UnattendedUpgrades, DoNotCoverWhatIsOnTheListOfExceptions) {
    const auto found = parse({"Unattended-Upgrade::Allowed-Origins { \"*:*\"; };\n",
                              "Unattended-Upgrade::Package-Blacklist {\n \"gitlab-ee\";\n};\n",
                              "APT::Periodic::Unattended-Upgrade \"0\";\n"})
                           .upgrades;
    EXPECT_FALSE(found.enabled());
    EXPECT_FALSE(found.covers_gitlab());
    EXPECT_THAT(found.origins(), ElementsAre("*:*"));
}

TEST(UnattendedUpgrades, AreReadInEveryFormThatAptKnows) {
    const auto found = parse({"APT { Periodic { Unattended-Upgrade \"1\"; }; };\n/* "
                              "Unattended-Upgrade::Origins-Pattern:: \"origin=*\"; */\n",
                              "Unattended-Upgrade::Origins-Pattern:: "
                              "\"site=packages.gitlab.com\";\nApt::Periodic::Enable \"1\"; # \"x\n"})
                           .upgrades;
    EXPECT_TRUE(found.enabled());
    EXPECT_THAT(found.origins(), ElementsAre("site=packages.gitlab.com"));
    EXPECT_THAT(parse({"Unattended-Upgrade::Allowed-Origins { \"*:*\"; };\n"
                       "#clear Unattended-Upgrade::Allowed-Origins;\n"})
                    .upgrades.origins(),
                IsEmpty());
}

TEST(UnattendedUpgrades, LeaveAloneOnlyWhatAnExceptionMatchesAtItsBeginning) {
    for (const auto* entry : {"gitlab-ee", "gitlab", "git", "^gitlab-.*", "gitlab-ee$", "g.tlab-[CANARY]?"}) {
        const bool plain = std::string_view(entry).find('[') == std::string_view::npos;
        EXPECT_EQ(blacklists_gitlab(entry, "gitlab-ee"), plain) << entry;
    }
    for (const auto* entry : {"gitlab-runner", "gitlab$", "my-gitlab-ee", "lab", "(gitlab", "gitlab-ee\\"})
        EXPECT_FALSE(blacklists_gitlab(entry, "gitlab-ee")) << entry;
    EXPECT_TRUE(parse({"Unattended-Upgrade::Allowed-Origins { \"*:*\"; };\n"
                       "Unattended-Upgrade::Package-Blacklist { \"gitlab-runner\"; };\n"})
                    .upgrades.covers_gitlab());
}

TEST(UnattendedUpgrades, AreNotKeptFromOnePackageByAnExceptionForAnother) {
    EXPECT_FALSE(blacklists_gitlab("gitlab-ce", "gitlab-ee"));
    EXPECT_TRUE(blacklists_gitlab("gitlab-ce", "gitlab-ce"));
    EXPECT_FALSE(blacklists_gitlab("gitlab-ee", "")) << "which one is installed is not known";
    EXPECT_TRUE(blacklists_gitlab("gitlab-.*", ""));
    NodeTree tree;
    tree.file("/etc/apt/apt.conf.d/50unattended-upgrades",
              "APT::Periodic::Unattended-Upgrade \"1\";\nUnattended-Upgrade::Allowed-Origins { \"*:*\"; };\n"
              "Unattended-Upgrade::Package-Blacklist { \"gitlab-ce\"; };\n");
    const auto covered = [&](std::string_view installed) {
        const auto found = read_unattended_upgrades(tree.node(), installed);
        return found.items.size() == 1 && found.items[0].covers_gitlab();
    };
    EXPECT_TRUE(covered("gitlab-ee"));
    EXPECT_FALSE(covered("gitlab-ce"));
    EXPECT_TRUE(covered(""));
}

TEST(UnattendedUpgrades, ClearNoOtherListThanTheOneThatIsNamed) {
    const std::string lists =
        "Unattended-Upgrade::Origins-Pattern { \"site=packages.gitlab.com\"; };\n"
        "Unattended-Upgrade::Allowed-Origins { \"gitlab:jammy\"; };\n"
        "Unattended-Upgrade::Package-Blacklist { \"gitlab-ee\"; };\n";
    const auto behind = [&](const std::string& clear) { return parse({lists + clear}).upgrades; };
    EXPECT_THAT(behind("#clear Unattended-Upgrade::Allowed-Origins;\n").origins(),
                ElementsAre("site=packages.gitlab.com"));
    EXPECT_THAT(behind("#clear Unattended-Upgrade::Origins-Pattern;\n").origins(),
                ElementsAre("gitlab:jammy"));
    EXPECT_FALSE(behind("#clear Unattended-Upgrade::Origins-Pattern;\n").covers_gitlab());
    EXPECT_TRUE(behind("#clear Unattended-Upgrade::Package-Blacklist;\n").covers_gitlab());
    EXPECT_THAT(behind("#clear Unattended-Upgrade;\n").origins(), IsEmpty());
    EXPECT_THAT(behind("#clear Unattended-Upgrade::Package-Blacklist-Not;\n").origins(), SizeIs(2));
}

TEST(UnattendedUpgrades, CoverAMirrorWhoseHostIsNamed) {
    const std::vector<std::string> mirror{"apt.corp.example"};
    for (const auto* pattern :
         {"site=apt.corp.example", "site=*.corp.example", "site=apt.corp.example,codename=x",
          "origin=*,suite=jammy", "*:*", "label=gitlab-ee"})
        EXPECT_EQ(covers_gitlab(pattern, mirror), Covers::yes) << pattern;
    for (const auto* pattern :
         {"site=deb.debian.org", "origin=Debian,codename=${distro_codename},label=Debian",
          "${distro_id}:${distro_codename}-security", "${distro_id}ESM:jammy", "Ubuntu:jammy",
          "o=Ubuntu,a=jammy-*", "origin=Debian,archive=*", ""})
        EXPECT_EQ(covers_gitlab(pattern, mirror), Covers::no) << pattern;
    for (const auto* pattern :
         {"origin=Corp", "Corp:jammy", "codename=jammy", "site=apt.corp.example,label=x"})
        EXPECT_EQ(covers_gitlab(pattern, mirror), Covers::perhaps) << pattern;
    EXPECT_EQ(covers_gitlab("origin=Docker", {"packages.gitlab.com"}), Covers::no);
}

TEST(UnattendedUpgrades, SayWhatHangsOnAMirror) {
    NodeTree tree;
    tree.file("/etc/apt/sources.list.d/gitlab.list",
              "deb https://apt.corp.example/gitlab-ee/debian bookworm main\n")
        .file("/etc/apt/apt.conf.d/20auto-upgrades", "APT::Periodic::Unattended-Upgrade \"1\";\n")
        .file("/etc/apt/apt.conf.d/50unattended-upgrades",
              "Unattended-Upgrade::Origins-Pattern { \"origin=Corp\"; };\n");
    const auto open = read_unattended_upgrades(tree.node(), "gitlab-ee");
    ASSERT_THAT(open.problems, SizeIs(1));
    EXPECT_THAT(open.problems[0].detail, HasSubstr("\"origin=Corp\""));
    tree.file("/etc/apt/apt.conf.d/51site",
              "Unattended-Upgrade::Origins-Pattern:: \"site=apt.corp.example\";\n");
    const auto settled = read_unattended_upgrades(tree.node(), "gitlab-ee");
    EXPECT_THAT(settled.problems, IsEmpty());
    ASSERT_THAT(settled.items, SizeIs(1));
    EXPECT_TRUE(settled.items[0].covers_gitlab());
}

TEST(UnattendedUpgrades, EndOnTornText) {
    for (const auto* text :
         {"\"", "{{{{", "}}}}", "/*", "#clear", "a::b \"x", "#clear Unattended-Upgrade::", "\xff{\""})
        EXPECT_FALSE(parse({text}).upgrades.enabled()) << text;
}

TEST(UnattendedUpgrades, OfDnfAreOfSecurityAloneOrOfAll) {
    EXPECT_TRUE(
        parse_dnf_automatic("[commands]\napply_updates = yes\nupgrade_type = default\n").covers_gitlab());
    EXPECT_TRUE(parse_dnf_automatic("apply_updates = yes\n").enabled());
    EXPECT_FALSE(parse_dnf_automatic("upgrade_type = security\n#apply_updates = yes\n").covers_gitlab());
    EXPECT_FALSE(parse_dnf_automatic("#apply_updates = yes\n").enabled());
}

TEST(UnattendedUpgrades, AreReadWhereTheyAreConfigured) {
    NodeTree tree;
    tree.file("/etc/apt/apt.conf.d/20auto-upgrades", "APT::Periodic::Unattended-Upgrade \"1\";\n")
        .file("/etc/dnf/automatic.conf", "apply_updates = no\n")
        .link("/etc/systemd/system/timers.target.wants/dnf-automatic-install.timer", "/x")
        .file("/etc/yum/yum-cron.conf", "update_cmd = minimal-security\napply_updates = yes\n");
    const auto found = read_unattended_upgrades(tree.node(), "gitlab-ee");
    ASSERT_THAT(found.items, SizeIs(3));
    EXPECT_EQ(found.items[2].mechanism(), "yum-cron");
    EXPECT_FALSE(found.items[2].enabled());
    EXPECT_FALSE(found.items[2].covers_gitlab());
    EXPECT_TRUE(found.items[0].enabled());
    EXPECT_FALSE(found.items[0].covers_gitlab());
    EXPECT_TRUE(found.items[1].enabled());
}

TEST(UnattendedUpgrades, AreReadFromTheFilesThatAptReads) {
    NodeTree tree;
    tree.file("/etc/apt/apt.conf.d/20auto-upgrades.dpkg-old", "APT::Periodic::Unattended-Upgrade \"1\";\n")
        .file("/etc/apt/apt.conf.d/20auto-upgrades", "APT::Periodic::Unattended-Upgrade \"1\";\n")
        .file("/etc/apt/apt.conf", "APT::Periodic::Unattended-Upgrade \"0\";\n");
    const auto found = read_unattended_upgrades(tree.node(), "gitlab-ee");
    ASSERT_THAT(found.items, SizeIs(1));
    EXPECT_FALSE(found.items[0].enabled());
    NodeTree left;
    left.file("/etc/apt/apt.conf.d/x.dpkg-old", "APT::Periodic::Unattended-Upgrade \"1\";\n");
    EXPECT_THAT(read_unattended_upgrades(left.node(), "gitlab-ee").items, IsEmpty());
}

TEST(UnattendedUpgrades, SayWhatKeepsThemFromBeingKnown) {
    NodeTree tree;
    tree.file("/etc/dnf/automatic.conf", "apply_updates = yes\n").directory("/etc/systemd/system");
    std::filesystem::permissions(tree.root() / "etc/systemd/system", std::filesystem::perms::none);
    const Unprivileged nobody(tree);
    EXPECT_THAT(read_unattended_upgrades(tree.node(), "gitlab-ee").problems, SizeIs(1));
}

TEST(UnattendedUpgrades, AreNotThereWhereNothingSpeaksOfThem) {
    NodeTree tree;
    tree.file("/etc/apt/apt.conf.d/01proxy", "Acquire::http::Proxy \"http://u:CANARY@p\";\n");
    EXPECT_THAT(read_unattended_upgrades(tree.node(), "gitlab-ee").items, IsEmpty());
    tree.fifo("/etc/apt/apt.conf.d/50fifo");
    EXPECT_THAT(read_unattended_upgrades(tree.node(), "gitlab-ee").problems, SizeIs(1));
}

}  // namespace
}  // namespace preflight::probes
