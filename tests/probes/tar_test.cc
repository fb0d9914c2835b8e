#include "probes/tar.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "probes/tar_header.h"
#include "tests/probes/tar_writer.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

struct Walked {
    TarWalk walk;
    std::vector<std::string> names;
};

Walked walked(const std::string& archive, std::uint64_t size_bytes) {
    Walked result;
    result.walk = walk_tar(tar_bytes(archive), size_bytes, "/a.tar", [&](const TarMember& member) {
        result.names.push_back(member.name);
        return true;
    });
    return result;
}

Walked walked(const std::string& archive) { return walked(archive, archive.size()); }

Problem::Cause cause_of(const Walked& result) {
    return result.walk.problem ? result.walk.problem->cause : v1::Gap::CAUSE_UNSPECIFIED;
}

TEST(Tar, NamesEveryMemberAndSeesTheEndMark) {
    const auto result = walked(TarWriter().directory("db/").file("db/a.gz", "xyz").file("b", "").finish());
    EXPECT_THAT(result.names, ElementsAre("db/", "db/a.gz", "b"));
    EXPECT_TRUE(result.walk.complete_end);
    EXPECT_FALSE(result.walk.problem);
}

TEST(Tar, TakesLongNamesFromGnuMembersAndPaxRecords) {
    const std::string longer = "repositories/" + std::string(200, 'h') + ".bundle";
    const auto result =
        walked(TarWriter().gnu_file(longer, "1").pax_file(longer, "2").file("c", "").finish());
    EXPECT_THAT(result.names, ElementsAre(longer, longer, "c"));
    EXPECT_TRUE(result.walk.complete_end);
}

TEST(Tar, JoinsThePrefixOfUstar) {
    auto archive = TarWriter().file("name", "").finish();
    archive.replace(257, 8,
                    std::string("ustar\0"
                                "00",
                                8));
    archive.replace(345, 4, "some");
    unsigned sum = 0;
    archive.replace(148, 8, "        ");
    for (std::size_t at = 0; at < 512; ++at) sum += static_cast<unsigned char>(archive[at]);
    archive.replace(148, 7, fmt::format("{:06o}", sum) + '\0');
    EXPECT_THAT(walked(archive).names, ElementsAre("some/name"));
}

TEST(Tar, PassesOverContentOfAnySizeWithoutReadingIt) {
    // 20 GiB that nobody wrote: only their size says so, and the end mark behind them.
    constexpr std::uint64_t size = 20ULL << 30U;
    const auto front = TarWriter().header_only("repositories/big", TarWriter::base256(size)).without_end();
    const auto read = [&](std::uint64_t offset, std::size_t length) -> Result<std::string> {
        return offset == 0 ? front : std::string(length, '\0');
    };
    std::uint64_t seen = 0;
    const auto walk = walk_tar(read, front.size() + size + 1024, "/a.tar", [&](const TarMember& member) {
        seen = member.size_bytes;
        return true;
    });
    EXPECT_EQ(seen, size);
    EXPECT_TRUE(walk.complete_end);
}

TEST(Tar, CallsAnArchiveTruncatedWhereverItIsCut) {
    const auto whole = TarWriter().file("a", std::string(600, 'x')).file("b", "y").finish();
    // Within a header, within content, after a member, and with half an end mark.
    for (const std::size_t size : {100U, 700U, 1536U, 1700U, 2560U, 3072U}) {
        const auto result = walked(whole.substr(0, size));
        EXPECT_FALSE(result.walk.complete_end) << size;
        EXPECT_EQ(cause_of(result), v1::Gap::MALFORMED) << size;
    }
}

TEST(Tar, DoesNotCountAMemberWhoseContentIsCutOff) {
    const auto whole = TarWriter().file("a", "x").file("b", std::string(600, 'y')).finish();
    EXPECT_THAT(walked(whole.substr(0, 2000)).names, ElementsAre("a"));
}

TEST(Tar, CallsAChangedHeaderCorrupt) {
    auto archive = TarWriter().file("a", "x").file("b", "y").finish();
    archive[1024] = 'c';
    const auto result = walked(archive);
    EXPECT_THAT(result.names, ElementsAre("a"));
    EXPECT_EQ(cause_of(result), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of(walked("no archive at all" + std::string(2000, 'x'))), v1::Gap::MALFORMED);
}

TEST(Tar, CallsDataBehindHalfAnEndMarkCorrupt) {
    const auto archive =
        TarWriter().file("a", "x").without_end() + std::string(512, '\0') + std::string(512, 'z');
    EXPECT_EQ(cause_of(walked(archive)), v1::Gap::MALFORMED);
}

TEST(Tar, RefusesSizesThatCannotBe) {
    for (const auto& field : {std::string(12, '\xFF'), std::string("99999999999") + '\0',
                              TarWriter::base256(~0ULL >> 1U), TarWriter::octal(1ULL << 32U)}) {
        EXPECT_EQ(cause_of(walked(TarWriter().header_only("a", field).finish())), v1::Gap::MALFORMED);
    }
}

TEST(Tar, RefusesANameWithoutAnEnd) {
    const auto archive = TarWriter().entry("././@LongLink", 'L', std::string(100'000, 'n')).finish();
    EXPECT_EQ(cause_of(walked(archive)), v1::Gap::TOO_LARGE);
}

TEST(Tar, CountsExtensionsBetweenTwoMembersAlone) {
    TarWriter many;
    for (int at = 0; at < 40; ++at) many.gnu_file(std::string(60'000, 'n'), "");
    EXPECT_TRUE(walked(many.finish()).walk.complete_end);
    TarWriter endless;
    for (int at = 0; at < 40; ++at) endless.entry("././@LongLink", 'L', std::string(60'000, 'n'));
    EXPECT_EQ(cause_of(walked(endless.file("a", "").finish())), v1::Gap::TOO_LARGE);
}

TEST(Tar, RefusesPaxRecordsThatLie) {
    for (const std::string records : {"999 path=x\n", "3 \n", "12 path=abcd", "x path=y\n", "11 size=-1\n"}) {
        EXPECT_EQ(cause_of(walked(TarWriter().entry("p", 'x', records).file("a", "").finish())),
                  v1::Gap::MALFORMED)
            << records;
    }
}

TEST(Tar, StopsAtALimitOfMembers) {
    const auto one = TarWriter().file("a", "").without_end();
    const auto read = [&](std::uint64_t offset, std::size_t length) -> Result<std::string> {
        std::string bytes;
        while (bytes.size() < length + 512) bytes += one;
        return bytes.substr(offset % 512, length);
    };
    const auto walk = walk_tar(read, 1ULL << 40U, "/a.tar", [](const TarMember&) { return true; });
    ASSERT_TRUE(walk.problem);
    EXPECT_EQ(walk.problem->cause, v1::Gap::TOO_LARGE);
    EXPECT_EQ(walk.members, TarWalk::header_limit);
}

TEST(Tar, StopsWhenTheVisitorHasSeenEnough) {
    const auto archive = TarWriter().file("a", "").file("b", "").finish();
    const auto walk =
        walk_tar(tar_bytes(archive), archive.size(), "/a.tar", [](const TarMember&) { return false; });
    EXPECT_TRUE(walk.stopped);
    EXPECT_EQ(walk.members, 1U);
}

TEST(Tar, NoticesAFileThatShrinksWhileItIsRead) {
    const auto archive = TarWriter().file("a", "x").without_end();
    EXPECT_EQ(cause_of(walked(archive, archive.size() + 4096)), v1::Gap::MALFORMED);
}

TEST(Tar, HandsOnTheReadersOwnProblem) {
    const auto read = [](std::uint64_t, std::size_t) -> Result<std::string> {
        return Problem{v1::Gap::FAILED, "/a.tar", "input/output error"};
    };
    const auto walk = walk_tar(read, 4096, "/a.tar", [](const TarMember&) { return true; });
    EXPECT_EQ(walk.problem, (Problem{v1::Gap::FAILED, "/a.tar", "input/output error"}));
}

TEST(Tar, TakesAnEmptyFileForTruncated) {
    EXPECT_EQ(cause_of(walked("")), v1::Gap::MALFORMED);
    EXPECT_THAT(walked("").names, IsEmpty());
}

}  // namespace
}  // namespace preflight::probes
