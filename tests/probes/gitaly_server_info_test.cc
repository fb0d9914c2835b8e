#include "probes/gitaly_server_info.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::HasSubstr;

TEST(ServerInfoRule, AsksWhereNothingOlderThan18CanBeLeft) {
    for (const auto* version : {"18.3.0", "18.3.0-ee", "18.11.4", "19.0.0", "20.1.2-ce"})
        EXPECT_TRUE(server_info_rule(std::string_view(version)).may_ask) << version;
}

// 18.2 may still stand beside a Gitaly of 17.11, which the upgrade has not come to yet.
TEST(ServerInfoRule, DoesNotAskWhereOneMayBe) {
    for (const auto* version : {"16.11.10", "17.11.7", "18.0.0", "18.2.8", "18.2.8-ee"})
        EXPECT_FALSE(server_info_rule(std::string_view(version)).may_ask) << version;
}

TEST(ServerInfoRule, DoesNotAskWhereTheVersionIsNotSure) {
    for (const auto* version : {"", "19", "19.2", "19.0.0-pre", "19.0.0+rnightly.1.abc", "19.x.1", "v19.2.1",
                                "-1.2.3", "19.2.1.4"}) {
        const auto rule = server_info_rule(std::string_view(version));
        EXPECT_FALSE(rule.may_ask) << version;
        EXPECT_THAT(rule.why, HasSubstr("not known for sure")) << version;
    }
}

TEST(ServerInfoRule, KnowsTheVersionOfEachKindOfInstallation) {
    NodeTree package;
    package.file("/opt/gitlab/version-manifest.txt", "gitlab-ee 18.11.4\n");
    EXPECT_TRUE(server_info_rule(package.node()).may_ask);
    NodeTree pod;
    pod.file("/srv/gitlab/VERSION", "18.5.0-ee\n");
    EXPECT_TRUE(server_info_rule(pod.node()).may_ask);
    NodeTree self_compiled;
    self_compiled.file("/home/git/gitlab/VERSION", "17.11.0\n");
    EXPECT_FALSE(server_info_rule(self_compiled.node()).may_ask);
    EXPECT_FALSE(server_info_rule(NodeTree().node()).may_ask);
}

}  // namespace
}  // namespace preflight::probes
