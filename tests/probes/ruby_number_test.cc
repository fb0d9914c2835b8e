#include "probes/ruby_number.h"

#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

TEST(RubyNumber, IsReadInEveryBase) {
    EXPECT_EQ(ruby_number("42"), 42);
    EXPECT_EQ(ruby_number("-7"), -7);
    EXPECT_EQ(ruby_number("0"), 0);
    EXPECT_EQ(ruby_number("0644"), 420);
    EXPECT_EQ(ruby_number("0o644"), 420);
    EXPECT_EQ(ruby_number("0x1aF"), 431);
    EXPECT_EQ(ruby_number("0b101"), 5);
    EXPECT_EQ(ruby_number("0d19"), 19);
    EXPECT_EQ(ruby_number("1.5"), 1.5);
    EXPECT_EQ(ruby_number("0.25"), 0.25);
    EXPECT_EQ(ruby_number("1e3"), 1000);
    EXPECT_EQ(ruby_number("0xe1"), 225) << "no exponent";
    EXPECT_EQ(ruby_number("18446744073709551615"), 18446744073709551615.0L);
}

TEST(RubyNumber, IsNoneOfAnythingElse) {
    for (const auto* text : {"", "-", "--1", "x", "08", "0x", "0b2", "3r", "2i", "1e", "1.5.2", "nan", "inf",
                             " 1", "18446744073709551616"})
        EXPECT_FALSE(ruby_number(text)) << text;
}

TEST(RubyNumber, IsTheSameByWhatItComesTo) {
    EXPECT_TRUE(same_number("0644", "420"));
    EXPECT_TRUE(same_number("1.0", "1"));
    EXPECT_TRUE(same_number("1.1", "1.1000000000000001"));
    EXPECT_FALSE(same_number("1.1", "1.1001"));
    EXPECT_FALSE(same_number("644", "0644"));
    EXPECT_FALSE(same_number("9223372036854775807", "9223372036854775806"));
    EXPECT_FALSE(same_number("x", "x"));
}

}  // namespace
}  // namespace preflight::probes
