#include "probes/dpkg_status.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view status_file =
    "Package: adduser\nStatus: install ok installed\nVersion: 3.134\nDescription: adds\n a: user\n\n"
    "Package: libc6\nStatus: install ok installed\nArchitecture: amd64\nVersion: 2.35-0ubuntu3.8\n\n"
    "Package: gitlab-runner\nStatus: install ok installed\nVersion: 18.0\n\n"
    "Package: gitlab-ce\nStatus: deinstall ok config-files\nArchitecture: amd64\nVersion: 17.0.0-ce.0\n\n"
    "Package: gitlab-ee\nStatus: hold ok installed\nArchitecture: amd64\nVersion: 19.2.1-ee.0\n";

Result<DpkgStatus> read(std::string_view text, std::size_t piece_bytes = 1'000'000) {
    DpkgStatusReader reader;
    for (std::size_t at = 0; at < text.size(); at += piece_bytes) reader.feed(text.substr(at, piece_bytes));
    return reader.finish();
}

TEST(DpkgStatus, KeepsGitlabAndTheCLibraryAlone) {
    const auto found = read(status_file);
    ASSERT_THAT(found->gitlab, SizeIs(2));
    EXPECT_FALSE(found->gitlab[0].present());
    EXPECT_EQ(found->gitlab[1].version, "19.2.1-ee.0");
    EXPECT_EQ(found->gitlab[1].want, "hold");
    EXPECT_TRUE(found->gitlab[1].present());
    EXPECT_EQ(found->c_library->version, "2.35-0ubuntu3.8");
}

TEST(DpkgStatus, DoesNotMindWhereThePiecesEnd) {
    for (const std::size_t piece_bytes : {1, 2, 7, 64}) {
        const auto found = read(status_file, piece_bytes);
        ASSERT_THAT(found->gitlab, SizeIs(2)) << piece_bytes;
        EXPECT_EQ(found->gitlab[1].architecture, "amd64");
    }
}

TEST(DpkgStatus, KnowsAnUpgradeThatDied) {
    for (const auto* state : {"half-configured", "unpacked", "half-installed"}) {
        const auto found =
            read(std::string("Package: gitlab-ee\nStatus: install ok ") + state + "\nVersion: 1\n");
        EXPECT_TRUE(found->gitlab.at(0).unfinished()) << state;
    }
    EXPECT_TRUE(read("Package: gitlab-ee\nStatus: install reinstreq installed\n")->gitlab.at(0).unfinished());
    EXPECT_FALSE(read("Package: gitlab-ee\nStatus: install ok installed\n")->gitlab.at(0).unfinished());
}

TEST(DpkgStatus, ReadsADatabaseOfManyMegabytesBehindHugeLines) {
    std::string text = "Package: big\nDepends: " + std::string(5 * 1024 * 1024, 'x') + "\n\n";
    NodeTree tree;
    tree.file(DpkgStatus::path, text.append(status_file));
    EXPECT_EQ(read_dpkg_status(tree.node())->gitlab.at(1).version, "19.2.1-ee.0");
}

TEST(DpkgStatus, RefusesNonsense) {
    EXPECT_EQ(read("").error().cause, v1::Gap::MALFORMED);
    EXPECT_EQ(read(std::string(10'000, '\0')).error().cause, v1::Gap::MALFORMED);
    EXPECT_EQ(read_dpkg_status(NodeTree().node()).error().cause, v1::Gap::ABSENT);
}

TEST(DpkgStatus, CarriesNoBytesThatAMessageCannot) {
    EXPECT_EQ(read("Package: gitlab-ee\nVersion: 1\xff\x1b\n")->gitlab.at(0).version, "1??");
}

}  // namespace
}  // namespace preflight::probes
