#include "probes/configuration_state.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto attributes_file = "/opt/gitlab/embedded/nodes/web1.example.test.json";
const TimePoint noon{std::chrono::seconds(1'787'227'200)};

std::vector<v1::Finding> look(const NodeTree& tree, void (*at)(const Node&, Findings&)) {
    std::vector<v1::Finding> found;
    {
        Findings out("installation", [&](const v1::Finding& finding) { found.push_back(finding); });
        at(tree.node(), out);
    }
    return found;
}

TEST(ConfigurationState, TellsAnEditThatWasNotApplied) {
    NodeTree tree;
    tree.file(attributes_file, R"({"normal": {"key": "CANARY-1"}})").modified(attributes_file, noon);
    tree.file("/etc/gitlab/gitlab.rb", "x = 'CANARY-2'").modified("/etc/gitlab/gitlab.rb", noon + 1h);
    const auto found = look(tree, look_at_applied_configuration);
    EXPECT_THAT(
        found,
        ElementsAre(finding(R"(difference { kind: NOT_APPLIED what: "configuration edited but not applied"
        used: "/opt/gitlab/embedded/nodes/web1.example.test.json" other: "/etc/gitlab/gitlab.rb"
        detail: "changed 2026-08-20T13:00:00Z, last reconfigure 2026-08-20T12:00:00Z" })")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(ConfigurationState, IsSilentWhenTheReconfigureCameLast) {
    NodeTree tree;
    tree.file(attributes_file, R"({"normal": {}})").modified(attributes_file, noon);
    tree.file("/etc/gitlab/gitlab.rb", "").modified("/etc/gitlab/gitlab.rb", noon + 2s);
    tree.file("/etc/gitlab/gitlab-secrets.json", "{}").modified("/etc/gitlab/gitlab-secrets.json", noon - 1h);
    EXPECT_THAT(look(tree, look_at_applied_configuration), IsEmpty());
}

TEST(ConfigurationState, TellsAReconfigureThatDidNotFinish) {
    NodeTree tree;
    tree.file(attributes_file, R"({"automatic": {}})");
    EXPECT_THAT(look(tree, look_at_applied_configuration),
                ElementsAre(gap(v1::Gap::MALFORMED, attributes_file)));
}

TEST(ConfigurationState, TellsTornAttributes) {
    NodeTree tree;
    tree.file(attributes_file, R"({"normal": {"password": "CANARY-3)");
    const auto found = look(tree, look_at_applied_configuration);
    EXPECT_THAT(found, ElementsAre(gap(v1::Gap::MALFORMED, attributes_file)));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

TEST(ConfigurationState, NamesMarkerFilesWithTheirEffect) {
    NodeTree tree;
    tree.file("/etc/gitlab/skip-auto-backup", "").file("/etc/gitlab/gitlab.rb", "");
    EXPECT_THAT(look(tree, look_at_marker_files),
                ElementsAre(finding(R"(marker_file { path: "/etc/gitlab/skip-auto-backup"
                                       effect: "the package makes no backup of the database before an upgrade" })")));
}

}  // namespace
}  // namespace preflight::probes
