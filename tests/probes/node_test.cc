#include "probes/node/node.h"

#include <fcntl.h>

#include "probes/node/resolve.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;

TEST(NodeFiles, AreReadBeneathTheRoot) {
    NodeTree tree;
    tree.file("/etc/hostname", "web1\n");
    EXPECT_EQ(tree.node().read_file("/etc/hostname").value(), "web1\n");
    EXPECT_FALSE(tree.node().live());
}

TEST(NodeFiles, SayWhyTheyCannotBeRead) {
    NodeTree tree;
    tree.file("/long", std::string(101, 'x')).fifo("/pipe").directory("/folder").link("/loop", "/loop");
    const auto node = tree.node();
    EXPECT_EQ(node.read_file("/missing").error().cause, v1::Gap::ABSENT);
    EXPECT_EQ(node.read_file("/long", 100).error().cause, v1::Gap::TOO_LARGE);
    EXPECT_EQ(node.read_file("/pipe").error().cause, v1::Gap::REFUSED);
    EXPECT_EQ(node.read_file("/folder").error().cause, v1::Gap::REFUSED);
    EXPECT_EQ(node.read_file("/loop").error().cause, v1::Gap::REFUSED);
    EXPECT_EQ(node.read_file("/long/deeper").error().cause, v1::Gap::ABSENT);
    EXPECT_EQ(node.read_file("/missing").error().source, "/missing");
    EXPECT_EQ(node.read_file(std::string_view("/long\0.yml", 10)).error().cause, v1::Gap::ABSENT);
}

TEST(NodeFiles, AreReadToTheirEndWhenTheyDoNotSayTheirSize) {
    const auto machine = Node::open("/").value();
    EXPECT_TRUE(machine.live());
    EXPECT_THAT(machine.read_file("/proc/self/status").value(), HasSubstr("Name:"));
}

TEST(NodeFiles, OfAnySizeAreReadInPieces) {
    NodeTree tree;
    tree.file("/archive", "0123456789");
    const auto file = std::move(tree.node().open_file("/archive").value());
    EXPECT_EQ(file.size_bytes(), 10U);
    EXPECT_EQ(file.read_at(7, 5).value(), "789");
    EXPECT_EQ(file.read_at(11, 5).value(), "");
}

class NodeLinks : public ::testing::TestWithParam<Resolver> {
  protected:
    // What a link in the tree leads to, by the resolver under test.
    static Result<std::string> read(const NodeTree& tree, std::string_view path) {
        const Descriptor root(::open(tree.root().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
        const auto opened = open_in_root(root.get(), path, O_RDONLY, GetParam());
        if (!opened) return opened.error();
        return File(Descriptor(::dup(opened->get())), std::string(path), 0).read_at(0, 100);
    }
};

TEST_P(NodeLinks, WithAbsoluteTargetsStayBeneathTheRoot) {
    NodeTree tree;
    tree.file("/usr/lib/os-release", "ID=debian\n").link("/etc/os-release", "/usr/lib/os-release");
    EXPECT_EQ(read(tree, "/etc/os-release").value(), "ID=debian\n");
}

TEST_P(NodeLinks, WithRelativeTargetsAreFollowed) {
    NodeTree tree;
    tree.file("/usr/lib/os-release", "ID=debian\n").link("/etc/os-release", "../usr/lib/os-release");
    tree.link("/lib", "usr/lib");
    EXPECT_EQ(read(tree, "/etc/os-release").value(), "ID=debian\n");
    EXPECT_EQ(read(tree, "/lib/os-release").value(), "ID=debian\n");
    EXPECT_EQ(read(tree, "/etc/../lib/./os-release").value(), "ID=debian\n");
}

TEST_P(NodeLinks, CannotLeaveTheTree) {
    NodeTree outside;
    outside.file("/secret", "CANARY");
    NodeTree tree;
    tree.file("/secret", "inside");
    tree.link("/up", "../../../../../../secret").link("/away", outside.root().string() + "/secret");
    EXPECT_EQ(read(tree, "/up").value(), "inside");
    EXPECT_EQ(read(tree, "/../../secret").value(), "inside");
    EXPECT_EQ(read(tree, "/away").error().cause, v1::Gap::ABSENT);
}

TEST_P(NodeLinks, ThatLoopAreRefused) {
    NodeTree tree;
    tree.link("/a", "/b").link("/b", "/a").link("/c/d", "/c/d/e");
    EXPECT_EQ(read(tree, "/a").error().cause, v1::Gap::REFUSED);
    EXPECT_EQ(read(tree, "/c/d/e").error().cause, v1::Gap::REFUSED);
}

TEST_P(NodeLinks, ThatDangleAreAbsent) {
    NodeTree tree;
    tree.link("/opt/gitlab/service/puma", "/opt/gitlab/sv/puma");
    EXPECT_EQ(read(tree, "/opt/gitlab/service/puma").error().cause, v1::Gap::ABSENT);
}

INSTANTIATE_TEST_SUITE_P(Both, NodeLinks, ::testing::Values(Resolver::kernel_or_walk, Resolver::walk),
                         [](const auto& info) { return info.param == Resolver::walk ? "Walk" : "Kernel"; });

TEST(NodeStatus, TellsOfTheLinkAndOfItsTarget) {
    NodeTree tree;
    tree.file("/etc/gitlab/gitlab.rb", "x", 0640).link("/rb", "/etc/gitlab/gitlab.rb");
    const auto node = tree.node();
    EXPECT_EQ(node.status("/rb").value().type, FileType::regular);
    EXPECT_EQ(node.status("/rb").value().mode, 0640U);
    EXPECT_EQ(node.link_status("/rb").value().type, FileType::link);
    EXPECT_EQ(node.read_link("/rb").value(), "/etc/gitlab/gitlab.rb");
    EXPECT_EQ(node.read_link("/etc/gitlab/gitlab.rb").error().cause, v1::Gap::REFUSED);
}

TEST(NodeDirectories, ListTheirEntriesInOrder) {
    NodeTree tree;
    tree.file("/d/b", "").directory("/d/a").link("/d/c", "b").fifo("/d/p");
    EXPECT_THAT(tree.node().list("/d").value(),
                ElementsAre(Field(&DirectoryEntry::type, FileType::directory),
                            Field(&DirectoryEntry::name, "b"), Field(&DirectoryEntry::type, FileType::link),
                            Field(&DirectoryEntry::type, FileType::other)));
    EXPECT_EQ(tree.node().list("/d/b").error().cause, v1::Gap::ABSENT);
    EXPECT_EQ(tree.node().list("/none").error().cause, v1::Gap::ABSENT);
}

TEST(NodeDirectories, PastTheLimitAreAProblem) {
    NodeTree tree;
    for (std::size_t i = 0; i <= Node::entry_limit; ++i) tree.link("/many/" + std::to_string(i), "x");
    EXPECT_EQ(tree.node().list("/many").error().cause, v1::Gap::TOO_LARGE);
}

TEST(NodeDirectories, AreOpenForManyFiles) {
    NodeTree tree;
    tree.file("/app/models/user.rb", "class User").fifo("/app/pipe").link("/app/out", "/etc");
    const auto node = tree.node();
    const auto app = node.open_directory("/app").value();
    const auto models = app.open_directory("models").value();
    EXPECT_EQ(models.open_file("user.rb")->read_at(0, 5).value(), "class");
    EXPECT_EQ(models.link_status("user.rb")->size_bytes, 10U);
    EXPECT_EQ(models.link_status("user.rb")->changed_at, node.status("/app/models/user.rb")->changed_at);
    EXPECT_EQ(app.link_status("out")->type, FileType::link);
    EXPECT_EQ(models.link_status("group.rb").error().cause, v1::Gap::ABSENT);
    EXPECT_EQ(models.link_status("group.rb").error().source, "/app/models/group.rb");
    EXPECT_EQ(app.open_file("pipe").error().cause, v1::Gap::REFUSED);
}

TEST(NodeDirectories, LeadNowhereElse) {
    NodeTree tree;
    tree.file("/etc/passwd", "root").link("/app/out", "/etc").link("/app/file", "/etc/passwd");
    const auto node = tree.node();
    const auto app = node.open_directory("/app").value();
    EXPECT_EQ(app.open_directory("out").error().cause, v1::Gap::REFUSED);
    EXPECT_EQ(node.open_directory("/app/out").error().cause, v1::Gap::REFUSED);
    EXPECT_EQ(node.open_directory("/etc/passwd").error().cause, v1::Gap::REFUSED);
    EXPECT_EQ(app.open_file("file").error().cause, v1::Gap::REFUSED);
    for (const std::string_view name : {"", ".", "..", "../etc", "out/passwd", "/etc"}) {
        EXPECT_EQ(app.open_directory(name).error().cause, v1::Gap::REFUSED) << name;
        EXPECT_EQ(app.link_status(name).error().cause, v1::Gap::REFUSED) << name;
    }
}

TEST(NodeTreeOnDisk, HasNoFilesystemsAndRunsNothing) {
    const NodeTree tree;
    EXPECT_EQ(tree.node().filesystem("/").error().cause, v1::Gap::NOT_LIVE);
    EXPECT_EQ(tree.node().run({.argv = {"/bin/echo"}}).error().cause, v1::Gap::NOT_LIVE);
}

TEST(NodeCommands, GiveTheirOutput) {
    const auto machine = Node::open("/").value();
    EXPECT_EQ(machine.run({.argv = {"/bin/echo", "one two"}}).value(), "one two\n");
    EXPECT_EQ(machine.run({.argv = {"/usr/bin/env"}}).value().find("HOME="), std::string::npos);
}

TEST(NodeCommands, AreBounded) {
    using namespace std::chrono_literals;
    const auto machine = Node::open("/").value();
    EXPECT_EQ(machine.run({.argv = {"/bin/sh", "-c", "sleep 60 & sleep 60"}, .limit = 50ms}).error().cause,
              v1::Gap::TIMED_OUT);
    EXPECT_EQ(machine.run({.argv = {"/usr/bin/yes"}, .output_limit_bytes = 1000}).error().cause,
              v1::Gap::TOO_LARGE);
    EXPECT_EQ(machine.run({.argv = {"/bin/false"}}).error().cause, v1::Gap::FAILED);
    EXPECT_EQ(machine.run({.argv = {"/no/such/program"}}).error().cause, v1::Gap::ABSENT);
}

TEST(NodeCommands, InheritNoDescriptorOfOurs) {
    const auto machine = Node::open("/").value();
    const Descriptor ours(::open("/dev/null", O_RDONLY));  // on purpose without O_CLOEXEC
    const auto listed = machine.run({.argv = {"/bin/sh", "-c", "ls /proc/$$/fd"}}).value();
    EXPECT_EQ(listed.find("\n" + std::to_string(ours.get()) + "\n"), std::string::npos) << listed;
}

}  // namespace
}  // namespace preflight::probes
