#include "probes/gzip.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <cstdio>

#include "tests/probes/gzip_writer.h"
#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using Outcome = GzipRead::Outcome;

struct Read {
    Outcome outcome;
    std::string content;
};

Read read(std::string_view bytes, std::size_t piece = 1000) {
    Read result{};
    result.outcome = read_gzip(pieces_of(bytes, piece), [&](std::string_view out) {
                         result.content += out;
                         return true;
                     }).outcome;
    return result;
}

// Bytes that no code shortens, with a repetition now and then over all distances.
std::string noise(std::size_t bytes) {
    std::string text;
    std::uint64_t random = 1;
    while (text.size() < bytes) {
        random = random * 6364136223846793005ULL + 1442695040888963407ULL;
        text += static_cast<char>(random >> 56U);
        if (random % 300 == 7 && text.size() > 40'000)
            text += text.substr(text.size() - 1 - random % 32'768, 258);
    }
    return text;
}

std::string output_of(const std::string& command) {
    std::string output;
    std::array<char, 4096> bytes{};
    FILE* const pipe = ::popen(command.c_str(), "r");
    while (const auto length = std::fread(bytes.data(), 1, bytes.size(), pipe))
        output.append(bytes.data(), length);
    ::pclose(pipe);
    return output;
}

TEST(Gzip, GivesBackWhatWasCompressedAtEveryLevelAndSize) {
    for (const std::size_t size : {0, 1, 2, 257, 258, 259, 5'000, 32'767, 32'769, 200'000, 1'000'000}) {
        for (const auto& content : {lines_of_text(size), noise(size), std::string(size, 'x')}) {
            for (const int level : {0, 1, 6, 12}) {
                const auto result = read(gzip_of(content, level));
                EXPECT_EQ(result.outcome, Outcome::whole) << size << " at level " << level;
                EXPECT_EQ(result.content, content) << size << " at level " << level;
            }
        }
    }
}

TEST(Gzip, TakesItInPiecesOfAnyLength) {
    const auto content = lines_of_text(100'000) + noise(60'000);
    const auto bytes = gzip_of(content);
    for (const std::size_t piece : {1, 2, 3, 7, 8, 63, 1023, 65'536}) {
        EXPECT_EQ(read(bytes, piece).content, content) << piece;
        EXPECT_EQ(read(bytes, piece).outcome, Outcome::whole) << piece;
    }
}

TEST(Gzip, ReadsWhatTheProgramWrites) {
    NodeTree tree;
    const auto content = lines_of_text(700'000);
    tree.file("/dump.sql", content);
    const auto path = (tree.root() / "dump.sql").string();
    for (const std::string level : {"-1", "-6", "-9"}) {
        const auto result = read(output_of("gzip -c " + level + " " + path));
        EXPECT_EQ(result.outcome, Outcome::whole) << level;
        EXPECT_EQ(result.content, content) << level;
    }
}

TEST(Gzip, ReadsEveryMemberAndPaddingOfZeros) {
    const auto bytes = gzip_of("one ") + gzip_of(lines_of_text(70'000)) + gzip_of("") + gzip_of("end");
    const auto content = "one " + lines_of_text(70'000) + "end";
    EXPECT_EQ(read(bytes).content, content);
    EXPECT_EQ(read(bytes).outcome, Outcome::whole);
    EXPECT_EQ(read(bytes + std::string(100'000, '\0')).outcome, Outcome::whole);
}

TEST(Gzip, SaysWhatStandsBehindTheLastMember) {
    EXPECT_EQ(read(gzip_of("a") + "CANARY").outcome, Outcome::trailing_garbage);
    EXPECT_EQ(read(gzip_of("a") + std::string(9, '\0') + "x").outcome, Outcome::trailing_garbage);
    EXPECT_EQ(read(gzip_of("a") + "\x1F\x8B").outcome, Outcome::trailing_garbage);
}

TEST(Gzip, PassesOverAllThatAHeaderMayHold) {
    auto bytes = gzip_of("content");
    bytes[3] = 2 | 4 | 8 | 16;
    bytes.insert(
        10, std::string("\x05\0", 2) + "extra" + std::string("name\0", 5) + std::string("word\0", 5) + "cc");
    EXPECT_EQ(read(bytes).content, "content");
    for (std::size_t length = 10; length < 29; ++length) {
        EXPECT_EQ(read(bytes.substr(0, length)).outcome, Outcome::torn) << length;
    }
    bytes[3] = '\x20';
    EXPECT_EQ(read(bytes).outcome, Outcome::corrupt);
}

TEST(Gzip, IsTornWhereverItEnds) {
    for (const auto& content : {lines_of_text(3'000), noise(400)}) {
        for (const int level : {0, 1, 9}) {
            const auto bytes = gzip_of(content, level);
            for (std::size_t length = 3; length < bytes.size(); ++length) {
                ASSERT_EQ(read(bytes.substr(0, length)).outcome, Outcome::torn)
                    << length << " at level " << level;
            }
        }
    }
}

TEST(Gzip, GivesOutWhatCameBeforeTheTear) {
    const auto content = lines_of_text(300'000);
    const auto bytes = gzip_of(content);
    const auto result = read(bytes.substr(0, bytes.size() / 2));
    EXPECT_EQ(result.outcome, Outcome::torn);
    EXPECT_GT(result.content.size(), content.size() / 3);
    // A few bits of padding may pass for symbols.
    EXPECT_EQ(result.content.substr(0, content.size() / 3), content.substr(0, content.size() / 3));
}

TEST(Gzip, NoticesEveryFlippedBit) {
    const auto content = lines_of_text(2'000);
    const auto whole = gzip_of(content);
    constexpr std::size_t trailer_bytes = 8;
    for (std::size_t at = 10; at < whole.size(); ++at) {
        // What fills the stream's last byte up means nothing.
        if (at + trailer_bytes + 1 == whole.size()) continue;
        for (unsigned bit = 0; bit < 8; ++bit) {
            auto bytes = whole;
            bytes[at] = static_cast<char>(bytes[at] ^ (1U << bit));
            ASSERT_NE(read(bytes).outcome, Outcome::whole) << at << " " << bit;
        }
    }
}

TEST(Gzip, TellsAWrongChecksumFromAWrongLength) {
    auto bytes = gzip_of("content");
    bytes[bytes.size() - 8] ^= 1;
    EXPECT_EQ(read(bytes).outcome, Outcome::wrong_checksum);
    bytes = gzip_of("content");
    bytes.back() ^= 1;
    EXPECT_EQ(read(bytes).outcome, Outcome::wrong_checksum);
}

TEST(Gzip, SaysWhatIsNoGzip) {
    EXPECT_EQ(read("").outcome, Outcome::empty);
    EXPECT_EQ(read("\x1F").outcome, Outcome::not_gzip);
    EXPECT_EQ(read(std::string("\x28\xB5\x2F\xFD zstd", 9)).outcome, Outcome::not_gzip);
    EXPECT_EQ(read("-- PostgreSQL database dump\n").outcome, Outcome::not_gzip);
    EXPECT_EQ(read(std::string(50'000, '\0')).outcome, Outcome::not_gzip);
}

// Streams that no compressor writes: kind 3; a stored length that its complement denies; a match before the
// first byte; more literal codes than there are; a code of lengths that repeats nothing; too many codes.
TEST(Gzip, FindsNonsenseCorrupt) {
    for (const std::string& stream :
         {std::string("\x07", 1), std::string("\x01\x05\x00\x05\x00", 5), std::string("\x03\x02", 2),
          std::string("\xFD\xFF", 2), std::string("\x05\x00\x10\x00\x00", 5),
          std::string("\x05\xE0\xFF\xFF", 4)}) {
        EXPECT_EQ(read(gzip_header() + stream + std::string(64, '\xAA')).outcome, Outcome::corrupt)
            << testing::PrintToString(stream);
    }
}

TEST(Gzip, SurvivesAnyBytes) {
    const auto bytes = noise(300'000);
    for (std::size_t at = 0; at + 2'000 < bytes.size(); at += 250) {
        EXPECT_NE(read(gzip_header() + bytes.substr(at, 2'000)).outcome, Outcome::whole);
    }
}

TEST(Gzip, StopsWhenNoMoreIsWanted) {
    const auto bytes = gzip_of(std::string(10'000'000, 'x'));
    std::size_t pieces = 0;
    const auto result = read_gzip(pieces_of(bytes), [&](std::string_view) { return ++pieces < 3; });
    EXPECT_EQ(result.outcome, Outcome::stopped);
    EXPECT_EQ(pieces, 3U);
}

}  // namespace
}  // namespace preflight::probes
