#include "probes/yaml.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

YAML::Node parsed(std::string_view text) { return parse_yaml(text, "/etc/mill.yml").value(); }

v1::Gap::Cause cause_of(std::string_view text) {
    const auto document = parse_yaml(text, "/etc/mill.yml");
    return document ? v1::Gap::CAUSE_UNSPECIFIED : document.error().cause;
}

TEST(Yaml, LooksAKeyUpInItsMergeKeys) {
    const auto document = parsed(
        "base: &base {host: alpha, port: 1}\n"
        "other: &other {host: beta, name: b}\n"
        "one: {<<: *base, port: 2}\n"
        "both: {<<: [*base, *other]}\n");
    EXPECT_EQ(text_of(member(member(document, "one"), "host")), "alpha");
    EXPECT_EQ(text_of(member(member(document, "one"), "port")), "2");
    EXPECT_EQ(text_of(member(member(document, "both"), "host")), "alpha");
    EXPECT_EQ(text_of(member(member(document, "both"), "name")), "b");
    EXPECT_TRUE(member(member(document, "both"), "nothing").IsNull());
}

TEST(Yaml, ReadsAKeyAsRubyDoes) {
    EXPECT_EQ(text_of(member(parsed("host: first\nhost: last\n"), "host")), "last");
    EXPECT_EQ(text_of(member(parsed(":url: redis://cache\n"), "url")), "redis://cache");
    EXPECT_EQ(text_of(member(parsed(R"(storages: {"default":{"gitaly_address":"unix:/s"}})"), "storages")),
              "");
}

TEST(Yaml, AsksWhateverIsNoMapInVain) {
    EXPECT_TRUE(member(parsed(""), "a").IsNull());
    EXPECT_TRUE(member(parsed("[1, 2]"), "a").IsNull());
    EXPECT_TRUE(member(member(member(parsed("a: 1"), "a"), "b"), "c").IsNull());
}

TEST(Yaml, ReadsNumbersAndTruth) {
    const auto document =
        parsed("a: 5432\nb: 'text'\nc: yes\nd: FALSE\ne:\nf: -3\ng: 99999999999999999999\n");
    EXPECT_EQ(number_of(member(document, "a")), 5432u);
    for (const auto* key : {"b", "c", "e", "f", "g", "none"}) {
        EXPECT_EQ(number_of(member(document, key)), std::nullopt) << key;
    }
    EXPECT_EQ(truth_of(member(document, "c")), true);
    EXPECT_EQ(truth_of(member(document, "d")), false);
    for (const auto* key : {"a", "b", "e", "none"})
        EXPECT_EQ(truth_of(member(document, key)), std::nullopt) << key;
}

TEST(Yaml, SaysWhereTheNonsenseIsAndNotWhatItSays) {
    const auto document = parse_yaml("production:\n  password: CANARY: x\n", "/etc/mill.yml");
    ASSERT_FALSE(document);
    EXPECT_EQ(document.error().cause, v1::Gap::MALFORMED);
    EXPECT_EQ(document.error().source, "/etc/mill.yml");
    EXPECT_THAT(document.error().detail, HasSubstr("line 2"));
    EXPECT_THAT(document.error().detail, Not(HasSubstr("CANARY")));
}

TEST(Yaml, RefusesWhatIsNoText) {
    EXPECT_EQ(cause_of(std::string("a: b\0c", 6)), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of("a: \xff\xfe\n"), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of("\x7f"
                       "ELF\x02\x01\x01"),
              v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of("a: \"torn"), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of("a: {b: 1"), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of("a: *nobody\n"), v1::Gap::MALFORMED);
    EXPECT_EQ(cause_of("a: \"\\ud800\"\n"), v1::Gap::MALFORMED);
}

TEST(Yaml, BoundsDepthSizeAndAliases) {
    EXPECT_EQ(cause_of(std::string(100'000, '[')), v1::Gap::TOO_LARGE);
    EXPECT_EQ(cause_of(std::string(100, '[') + std::string(100, ']')), v1::Gap::TOO_LARGE);
    EXPECT_EQ(cause_of("a: " + std::string(5 * 1024 * 1024, 'x')), v1::Gap::TOO_LARGE);

    std::string laughs = "l0: &l0 [ha, ha]\n";
    for (int level = 1; level < 40; ++level) {
        const auto before = "*l" + std::to_string(level - 1);
        laughs += "l" + std::to_string(level) + ": &l" + std::to_string(level) + " [" + before + ", " +
                  before + "]\n";
    }
    EXPECT_EQ(cause_of(laughs), v1::Gap::TOO_LARGE);
}

TEST(Yaml, IsNotCaughtInLoops) {
    EXPECT_EQ(cause_of("a: &a [*a]\n"), v1::Gap::TOO_LARGE);
    EXPECT_EQ(cause_of("a: &a\n  <<: *a\n  b: 1\n"), v1::Gap::TOO_LARGE);
}

TEST(Yaml, GivesUpOnMergeKeysThatMultiply) {
    std::string text = "m0: &m0 {x: 1}\n";
    for (int level = 1; level < 15; ++level) {
        const auto before = "*m" + std::to_string(level - 1);
        text += "m" + std::to_string(level) + ": &m" + std::to_string(level) + " {<<: [" + before + ", " +
                before + "]}\n";
    }
    const auto document = parse_yaml(text, "/etc/mill.yml");
    ASSERT_TRUE(!document || member(member(*document, "m14"), "absent").IsNull());
}

}  // namespace
}  // namespace preflight::probes
