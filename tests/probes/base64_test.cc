#include "probes/base64.h"

#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

TEST(Base64, GoesThereAndBack) {
    for (const std::string bytes : {"a", "ab", "abc", "abcd"}) {
        EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    }
    EXPECT_EQ(to_base64("ab"), "YWI=");
    EXPECT_EQ(from_base64("YWJj\nZGVm\n"), "abcdef");
    EXPECT_EQ(to_base64(std::string("\0\xff", 2)), "AP8=");
}

TEST(Base64, IsNotWhatIsTornOrHasOtherLetters) {
    for (const auto* text : {"", "YWI", "YW=I", "Y===", "====", "YW-I", "YW_I", "YWJ\x80", "=YWI"}) {
        EXPECT_FALSE(from_base64(text)) << text;
    }
}

}  // namespace
}  // namespace preflight::probes
