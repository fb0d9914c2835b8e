#include "probes/tar_stream.h"

#include <gtest/gtest.h>

#include "tests/probes/tar_writer.h"

namespace preflight::probes {
namespace {

// Fed in pieces of this length.
TarStream fed(std::string_view archive, std::size_t piece = 700) {
    TarStream stream;
    while (!archive.empty() && stream.feed(archive.substr(0, piece))) {
        archive.remove_prefix(std::min(piece, archive.size()));
    }
    return stream;
}

std::string sample() {
    return TarWriter()
        .directory("./")
        .file("./a", std::string(1'500, 'a'))
        .gnu_file(std::string(200, 'n'), "long")
        .pax_file(std::string(300, 'p'), "longer")
        .file("./empty", "")
        .file("./block", std::string(512, 'b'))
        .finish();
}

TEST(TarStream, CountsMembersToTheEndInPiecesOfAnyLength) {
    for (const std::size_t piece : {1, 5, 511, 512, 513, 4'096, 100'000}) {
        const auto stream = fed(sample(), piece);
        EXPECT_TRUE(stream.complete()) << piece;
        EXPECT_EQ(stream.members(), 6U) << piece;
    }
}

TEST(TarStream, IsNotCompleteWhereverItEnds) {
    const auto whole = sample();
    for (std::size_t length = 0; length < whole.size(); length += 37) {
        const auto stream = fed(whole.substr(0, length));
        EXPECT_FALSE(stream.complete()) << length;
        EXPECT_FALSE(stream.corrupt()) << length;
    }
}

TEST(TarStream, MindsNothingBehindTheEnd) {
    EXPECT_TRUE(fed(sample() + std::string(9'000, '\0')).complete());
    EXPECT_TRUE(fed(sample() + "CANARY").complete());
}

TEST(TarStream, FindsAHeaderThatDoesNotHoldCorrupt) {
    auto archive = sample();
    archive[512] ^= 1;
    EXPECT_TRUE(fed(archive).corrupt());
    EXPECT_TRUE(fed(std::string(600, 'x')).corrupt());
    EXPECT_TRUE(fed(std::string(512, '\0') + std::string(512, 'x')).corrupt());
    EXPECT_TRUE(fed(TarWriter().entry("p", 'x', "999 path=x\n").file("a", "").finish()).corrupt());
    EXPECT_TRUE(fed(TarWriter().entry("l", 'L', std::string(100'000, 'n')).finish()).corrupt());
}

TEST(TarStream, KnowsItsOwnLimitFromAFault) {
    for (const char type : {'L', 'x'})
        EXPECT_TRUE(fed(TarWriter().entry("l", type, std::string(100'000, 'n')).finish()).past_limit());
    for (const char type : {'K', 'g'}) {
        const auto archive = TarWriter().entry("l", type, std::string(100'000, 'n')).file("a", "b").finish();
        EXPECT_TRUE(fed(archive).complete());
        EXPECT_EQ(fed(archive).members(), 1U);
    }
    EXPECT_FALSE(fed(std::string(600, 'x')).past_limit());
}

TEST(TarStream, TakesTheSizeOfPaxAndWaitsForAHugeOne) {
    const auto pax = TarWriter().entry("p", 'x', "13 size=1024\n");
    const auto archive =
        pax.without_end() +
        TarWriter().header_only("a", TarWriter::octal(0)).padded(std::string(1'024, 'x')).finish();
    EXPECT_TRUE(fed(archive).complete());
    const auto huge = TarWriter().header_only("a", TarWriter::base256(1ULL << 50U)).finish();
    EXPECT_FALSE(fed(huge).complete());
    EXPECT_FALSE(fed(huge).corrupt());
    EXPECT_TRUE(fed(TarWriter().header_only("a", std::string(12, '\xFF')).finish()).corrupt());
}

}  // namespace
}  // namespace preflight::probes
