#include "probes/toml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string dotted(std::size_t parts) {
    std::string key = "a";
    for (std::size_t part = 1; part < parts; ++part) key += ".a";
    return key;
}

v1::Gap::Cause cause_of(std::string_view text) {
    const auto document = parse_toml(text, "/c.toml");
    return document ? v1::Gap::CAUSE_UNSPECIFIED : document.error().cause;
}

TEST(Toml, ReadsTablesAndLists) {
    const auto document = parse_toml("[auth]\ntoken = 'x'\n[[storage]]\nname = \"one\"\n", "/c.toml").value();
    EXPECT_EQ(document["auth"]["token"].value_or(std::string()), "x");
    EXPECT_EQ(document["storage"][0]["name"].value_or(std::string()), "one");
}

TEST(Toml, SaysWhereTheNonsenseIsAndNotWhatItSays) {
    const auto document = parse_toml("[auth]\ntoken = CANARY\n", "/c.toml");
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().cause, v1::Gap::MALFORMED);
    EXPECT_THAT(document.error().detail, HasSubstr("line 2"));
    EXPECT_THAT(document.error().detail, Not(HasSubstr("CANARY")));
}

TEST(Toml, RefusesWhatIsNoText) {
    EXPECT_EQ(cause_of(std::string("a = 1\0", 6)), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of("a = \"\xff\""), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of("[[storage]]\nname = \"torn"), v1::Gap::MALFORMED);
}

// toml++ asserts on these, or takes them for impossible, unless it is told not to (model/toml.h).
TEST(Toml, RefusesABracketThatOpensNoKey) {
    for (const auto* text :
         {"[[[", "[!]", "[[!]]", "[=]", "[a.!]", "[[a.[]]", "[.", "[ #", "a = {!", "a = {[}", "a.! = 1"}) {
        EXPECT_EQ(cause_of(text), v1::Gap::MALFORMED) << text;
    }
}

TEST(Toml, RefusesLettersOfNoBareKeyAndKeepsThemInStrings) {
    for (const auto* text :
         {"é = 1", "C\uFEDF = 1", "[\u3042]", "a = 1é", "a = \u0416", "a = [1, é]", "a.é = 1"}) {
        EXPECT_EQ(cause_of(text), v1::Gap::MALFORMED) << text;
    }
    const auto document = parse_toml("'é' = \"\"\"\\\n  é\u3042\"\"\"\n", "/c.toml").value();
    EXPECT_EQ(document["é"].value_or(std::string()), "é\u3042");
}

TEST(Toml, BoundsSizeAndEveryKindOfDepth) {
    EXPECT_EQ(cause_of("a = '" + std::string(5 * 1024 * 1024, 'x') + "'"), v1::Gap::TOO_LARGE);
    EXPECT_EQ(cause_of("a = " + std::string(1000, '[')), v1::Gap::TOO_LARGE);
    EXPECT_EQ(cause_of(dotted(100'000) + " = 1"), v1::Gap::TOO_LARGE);
    EXPECT_EQ(cause_of("[" + dotted(100'000) + "]"), v1::Gap::TOO_LARGE);
    EXPECT_EQ(cause_of("x = [\"\"\"a\"\"\"\", {" + dotted(100'000) + " = 1}]"), v1::Gap::TOO_LARGE);
}

TEST(Toml, CountsNoDotsInTextOrNumbers) {
    const std::string dots(1000, '.');
    EXPECT_EQ(cause_of("a = \"" + dots + "\"\nb = '''\n" + dots + "'''\n# " + dots + "\n"),
              v1::Gap::CAUSE_UNSPECIFIED);
    std::string numbers = "a = [0.5";
    for (int count = 0; count < 200; ++count) numbers += ", 0.5";
    EXPECT_EQ(cause_of(numbers + "]"), v1::Gap::CAUSE_UNSPECIFIED);
}

}  // namespace
}  // namespace preflight::probes
