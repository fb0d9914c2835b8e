#include "probes/services.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

void enable(NodeTree& tree, const std::string& name) {
    tree.file("/opt/gitlab/sv/" + name + "/run", "#!/bin/sh\n")
        .link("/opt/gitlab/service/" + name, "/opt/gitlab/sv/" + name);
}

TEST(Services, FindsWhatIsEnabledAndWhatIsOnlyDefined) {
    NodeTree tree;
    enable(tree, "puma");
    enable(tree, "redis");
    tree.file("/opt/gitlab/sv/gitaly/run", "")
        .file("/opt/gitlab/sv/redis/down", "")
        .file("/var/opt/gitlab/redis/VERSION", "7.2.11\n");
    EXPECT_THAT(
        tree.look(services),
        ElementsAre(finding(R"(service { name: "gitaly" })"),
                    finding(R"(service { name: "puma" enabled: true })"),
                    finding(R"(service { name: "redis" enabled: true starts_down: true version: "7.2.11" })"),
                    finding("node_roles { roles: RAILS roles: REDIS }")));
}

TEST(Services, CountsALinkWhoseTargetIsMissing) {
    NodeTree tree;
    tree.link("/opt/gitlab/service/sidekiq", "/opt/gitlab/sv/sidekiq").directory("/opt/gitlab/sv");
    EXPECT_THAT(tree.look(services), Contains(finding("node_roles { roles: SIDEKIQ }")));
}

TEST(Services, GivesANodeWithoutGitlabNoRolesAndNoGaps) {
    EXPECT_THAT(NodeTree().look(services), ElementsAre(finding("node_roles {}")));
}

TEST(Services, KnowsALoadBalancer) {
    NodeTree tree;
    tree.file("/etc/haproxy/haproxy.cfg", "frontend https\n");
    EXPECT_THAT(tree.look(services), ElementsAre(finding("node_roles { roles: LOAD_BALANCER }")));
    enable(tree, "gitaly");
    EXPECT_THAT(tree.look(services), Contains(finding("node_roles { roles: GITALY }")));
}

TEST(Services, NamesTheConfiguredRoles) {
    NodeTree tree;
    enable(tree, "gitaly");
    tree.file("/etc/gitlab/gitlab.rb", "roles ['gitaly_role']\nredis['password'] = 'CANARY-1'\n");
    const auto found = tree.look(services);
    EXPECT_THAT(found, Contains(finding(R"(node_roles { roles: GITALY configured: "gitaly_role" })")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Services, TellsRolesThatCannotBeRead) {
    NodeTree tree;
    enable(tree, "gitaly");
    tree.file("/etc/gitlab/gitlab.rb", "redis['password'] = 'CANARY-2");
    const auto found = tree.look(services);
    EXPECT_THAT(found, AllOf(Contains(finding("node_roles { roles: GITALY }")),
                             Contains(gap(v1::Gap::MALFORMED, "/etc/gitlab/gitlab.rb"))));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(Services, NamesNoRolesWhenTheServicesCannotBeSeen) {
    NodeTree tree;
    tree.directory("/opt/gitlab/embedded");
    EXPECT_THAT(tree.look(services), ElementsAre(gap(v1::Gap::ABSENT, "/opt/gitlab/service")));
}

TEST(Services, LeavesAPodToItsOrchestrator) {
    NodeTree tree;
    tree.file("/srv/gitlab/INSTALLATION_TYPE", "gitlab-cloud-native-image\n");
    EXPECT_THAT(tree.look(services), ElementsAre(gap(v1::Gap::ABSENT, "/srv/gitlab")));
}

TEST(Services, FindsTheUnitsOfASelfCompiledInstallation) {
    NodeTree tree;
    tree.file("/home/git/gitlab/config/gitlab.yml", "production: {}\n")
        .file("/etc/systemd/system/gitlab-puma.service", "[Service]\n")
        .file("/etc/systemd/system/gitlab-gitaly.service", "[Service]\n")
        .file("/etc/systemd/system/gitlab-runner.service", "[Service]\n")
        .link("/etc/systemd/system/gitlab.target.wants/gitlab-puma.service", "../gitlab-puma.service");
    EXPECT_THAT(tree.look(services), ElementsAre(finding(R"(service { name: "gitaly" })"),
                                                 finding(R"(service { name: "puma" enabled: true })"),
                                                 finding("node_roles { roles: RAILS }")));
}

TEST(Services, PassesOverNamesThatNoMessageCarries) {
    NodeTree tree;
    enable(tree, "gitaly");
    enable(tree, "bad\xff");
    enable(tree, ".hidden");
    EXPECT_THAT(tree.look(services), ElementsAre(finding(R"(service { name: "gitaly" enabled: true })"),
                                                 finding("node_roles { roles: GITALY }")));
}

TEST(Services, EndsOnAFloodOfServices) {
    NodeTree tree;
    for (int number = 0; number < 300; ++number)
        tree.link("/opt/gitlab/service/s" + std::to_string(number), "/nowhere");
    EXPECT_THAT(tree.look(services), ElementsAre(gap(v1::Gap::TOO_LARGE, "/opt/gitlab/service")));
}

}  // namespace
}  // namespace preflight::probes
