#include "probes/attributes.h"

#include "probes/json.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using std::chrono::hours;
using std::chrono::system_clock;

const std::string directory = "/opt/gitlab/embedded/nodes";
const TimePoint noon = system_clock::from_time_t(1'790'000'000);

std::string named(std::string_view name) { return R"({"normal": {"name": ")" + std::string(name) + R"("}})"; }

std::string chosen(const NodeTree& tree) {
    const auto attributes = read_attributes(tree.node());
    return attributes ? text_of(attributes->find({"name"})) : "none";
}

TEST(Attributes, GiveTheNormalValueOverTheDefault) {
    const auto attributes = parse_attributes(R"({
        "automatic": {"fqdn": "web-1.mill.example"},
        "default": {"postgresql": {"dir": "/var/opt/gitlab/postgresql", "port": 5432, "ssl": "on"}},
        "normal": {"postgresql": {"port": 5433, "ssl": null}},
        "override": {"postgresql": {"port": 9}}})",
                                             "/x.json", noon)
                                .value();
    EXPECT_EQ(text_of(attributes.find({"postgresql", "port"})), "5433");
    EXPECT_EQ(text_of(attributes.find({"postgresql", "dir"})), "/var/opt/gitlab/postgresql");
    EXPECT_EQ(text_of(attributes.find({"postgresql", "ssl"})), "on");
    EXPECT_EQ(attributes.find({"postgresql", "none"}), nullptr);
    EXPECT_EQ(text_of(attributes.automatic({"fqdn"})), "web-1.mill.example");
    EXPECT_TRUE(attributes.finished());
}

TEST(Attributes, TellAReconfigureThatDidNotFinish) {
    EXPECT_FALSE(parse_attributes(R"({"default": {}, "automatic": {}})", "/x.json", noon).value().finished());
}

TEST(Attributes, AreThoseOfThisHost) {
    NodeTree tree;
    tree.file(directory + "/web-2.mill.example.json", named("other"))
        .modified(directory + "/web-2.mill.example.json", noon);
    tree.file(directory + "/web-1.mill.example.json", named("own"))
        .modified(directory + "/web-1.mill.example.json", noon - hours(5));
    tree.file("/etc/hostname", "web-1\n");
    EXPECT_EQ(chosen(tree), "own");
}

TEST(Attributes, AreTheNewestWhereNoneBearsTheName) {
    NodeTree tree;
    tree.file(directory + "/old.json", named("old")).modified(directory + "/old.json", noon - hours(5));
    tree.file(directory + "/renamed.json", named("new")).modified(directory + "/renamed.json", noon);
    tree.file(directory + "/zz.txt", "no").file("/etc/hostname", "web-1\n");
    EXPECT_EQ(chosen(tree), "new");
    const auto attributes = read_attributes(tree.node()).value();
    EXPECT_EQ(attributes.path, directory + "/renamed.json");
    EXPECT_EQ(attributes.modified_at, noon);
}

TEST(Attributes, AreAbsentWhereNoReconfigureRan) {
    NodeTree tree;
    EXPECT_EQ(read_attributes(tree.node()).error().cause, v1::Gap::ABSENT);
    tree.directory(directory);
    EXPECT_EQ(read_attributes(tree.node()).error().cause, v1::Gap::ABSENT);
}

TEST(Attributes, RefuseATornFile) {
    NodeTree tree;
    tree.file(directory + "/web-1.json", R"({"normal": {"password": "CANARY)");
    const auto problem = read_attributes(tree.node()).error();
    EXPECT_EQ(problem.cause, v1::Gap::MALFORMED);
    EXPECT_THAT(problem.detail, ::testing::Not(::testing::HasSubstr("CANARY")));
    EXPECT_EQ(parse_attributes("[]", "/x.json", noon).error().cause, v1::Gap::MALFORMED);
}

TEST(Attributes, DoNotWaitForAFifo) {
    NodeTree tree;
    tree.fifo(directory + "/web-1.json");
    EXPECT_EQ(read_attributes(tree.node()).error().cause, v1::Gap::REFUSED);
}

TEST(Attributes, AreRefusedBehindALoopOfLinks) {
    NodeTree tree;
    tree.link("/opt/gitlab/embedded/nodes/web-1.json", "/opt/gitlab/embedded/nodes/web-1.json");
    EXPECT_EQ(read_attributes(tree.node()).error().cause, v1::Gap::REFUSED);
}

}  // namespace
}  // namespace preflight::probes
