#include "probes/rotated_logs.h"

#include "tests/probes/gzip_writer.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;
using Packing = LogFile::Packing;

std::vector<std::string> files_among(const std::vector<std::string>& names) {
    std::vector<DirectoryEntry> entries;
    for (const auto& name : names) entries.push_back({name, FileType::regular});
    std::vector<std::string> files;
    for (const auto& file : files_of_log(entries, "a.log")) files.push_back(file.name);
    return files;
}

TEST(RotatedLogs, AreFoundWithTheNewestFirst) {
    EXPECT_THAT(files_among({"a.log.10.gz", "a.log.2.gz", "a.log", "a.log.1"}),
                ElementsAre("a.log", "a.log.1", "a.log.2.gz", "a.log.10.gz"));
    EXPECT_THAT(files_among({"a.log-20231231.xz", "a.log-20240601", "a.log.3", "a.log", "a.log.02"}),
                ElementsAre("a.log", "a.log-20240601", "a.log-20231231.xz", "a.log.02", "a.log.3"));
}

TEST(RotatedLogs, AreNoOtherFiles) {
    EXPECT_THAT(files_among({"a.log.old", "a.log-", "a.log.", "a.log..1", "a.log1", "a.log.1.gz.tmp", "b.log",
                             "a.log.\xff", ".a.log"}),
                SizeIs(0));
    EXPECT_THAT(files_of_log({{"a.log", FileType::directory}}, "a.log"), SizeIs(0));
}

struct Read {
    std::vector<std::string> lines;
    std::string problem;
};
Read read(const NodeTree& tree, std::string_view path, Packing packing, std::uint64_t limit_bytes = 1000) {
    Read read;
    const auto node = tree.node();
    LogReader reader(node, limit_bytes);
    const auto problem = reader.read(std::string(path), packing,
                                     [&](std::string_view line) { read.lines.emplace_back(line); });
    if (problem) read.problem = v1::Gap::Cause_Name(problem->cause);
    return read;
}

TEST(RotatedLogs, AreReadByLines) {
    NodeTree tree;
    tree.file("/plain", "one\n\ntwo\nlast").file("/packed.gz", gzip_of("one\ntwo\n") + gzip_of("three\n"));
    EXPECT_THAT(read(tree, "/plain", Packing::none).lines, ElementsAre("one", "two", "last"));
    const auto packed = read(tree, "/packed.gz", Packing::gzip);
    EXPECT_THAT(packed.lines, ElementsAre("one", "two", "three"));
    EXPECT_EQ(packed.problem, "");
}

TEST(RotatedLogs, AreReadUpToALimit) {
    NodeTree tree;
    tree.file("/plain", "one\ntwo\nthree\n").file("/packed.gz", gzip_of("one\ntwo\nthree\n"));
    const auto plain = read(tree, "/plain", Packing::none, 6);
    EXPECT_THAT(plain.lines, ElementsAre("three")) << "the newest";
    EXPECT_EQ(plain.problem, "TOO_LARGE");
    EXPECT_EQ(read(tree, "/plain", Packing::none, 14).problem, "");
    const auto packed = read(tree, "/packed.gz", Packing::gzip, 6);
    EXPECT_THAT(packed.lines, ElementsAre("one", "tw"));
    EXPECT_EQ(packed.problem, "TOO_LARGE");
    EXPECT_EQ(read(tree, "/packed.gz", Packing::gzip, 14).problem, "");
}

TEST(RotatedLogs, AreCountedTogether) {
    NodeTree tree;
    tree.file("/log", "one\n").file("/log.1", "two\n").file("/log.2.gz", gzip_of("three\n"));
    const auto node = tree.node();
    LogReader reader(node, 6);
    const auto nothing = [](std::string_view) {};
    EXPECT_EQ(reader.read("/log", Packing::none, nothing), std::nullopt);
    EXPECT_FALSE(reader.used_up());
    EXPECT_NE(reader.read("/log.1", Packing::none, nothing), std::nullopt);
    EXPECT_TRUE(reader.used_up());
    EXPECT_NE(reader.read("/log.2.gz", Packing::gzip, nothing), std::nullopt);
}

TEST(RotatedLogs, MayBeMadeToHarm) {
    NodeTree tree;
    // A small file that unpacks to much, one line without end, and members without content.
    tree.file("/bomb.gz", gzip_of(std::string(8UL * 1024 * 1024, 'x')));
    const auto bomb = read(tree, "/bomb.gz", Packing::gzip, 100'000);
    EXPECT_EQ(bomb.problem, "TOO_LARGE");
    ASSERT_THAT(bomb.lines, SizeIs(1));
    EXPECT_EQ(bomb.lines[0].size(), 4096u);
    std::string members;
    const auto member = gzip_of("");
    members.reserve(LogReader::packed_limit_bytes + member.size());
    while (members.size() <= LogReader::packed_limit_bytes) members += member;
    tree.file("/members.gz", members);
    EXPECT_EQ(read(tree, "/members.gz", Packing::gzip).problem, "TOO_LARGE");
    tree.file("/torn.gz", gzip_header() + "\xff\xff");
    EXPECT_EQ(read(tree, "/torn.gz", Packing::gzip).problem, "MALFORMED");
    tree.file("/empty.gz", "");
    EXPECT_EQ(read(tree, "/empty.gz", Packing::gzip).problem, "MALFORMED");
    EXPECT_EQ(read(tree, "/a.xz", Packing::other).problem, "REFUSED");
    EXPECT_EQ(read(tree, "/none", Packing::none).problem, "ABSENT");
}

}  // namespace
}  // namespace preflight::probes
