#include "probes/configured_roles.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr auto attributes_file = "/opt/gitlab/embedded/nodes/web1.example.test.json";

TEST(ConfiguredRoles, BelievesTheAttributesOverGitlabRb) {
    NodeTree tree;
    tree.file(attributes_file,
              R"({"normal": {"roles": {"redis-master": {"enable": true}, "pages": {"enable": false}}}})")
        .file("/etc/gitlab/gitlab.rb", "roles ['application_role']\n");
    EXPECT_THAT(read_configured_roles(tree.node())->names, ElementsAre("redis_master_role"));
}

TEST(ConfiguredRoles, ReadsGitlabRbWhereNoReconfigureFinished) {
    NodeTree tree;
    tree.file(attributes_file, R"({"automatic": {}})")
        .file("/etc/gitlab/gitlab.rb", "roles ['b_role', 'a-role']\n");
    EXPECT_THAT(read_configured_roles(tree.node())->names, ElementsAre("a_role", "b_role"));
}

TEST(ConfiguredRoles, HasNothingToSayWithoutFiles) {
    EXPECT_THAT(read_configured_roles(NodeTree().node())->names, IsEmpty());
}

TEST(ConfiguredRoles, DoesNotGuess) {
    for (const auto* text : {"roles ENV['ROLES'].split(',')\n", "from_file '/etc/gitlab/roles.rb'\n"}) {
        NodeTree tree;
        tree.file("/etc/gitlab/gitlab.rb", text);
        EXPECT_EQ(read_configured_roles(tree.node()).error().cause, v1::Gap::FAILED) << text;
    }
    NodeTree tree;
    tree.file("/etc/gitlab/gitlab.rb", "roles ['a");
    EXPECT_EQ(read_configured_roles(tree.node()).error().cause, v1::Gap::MALFORMED);
}

}  // namespace
}  // namespace preflight::probes
