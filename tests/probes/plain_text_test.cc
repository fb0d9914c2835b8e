#include "probes/plain_text.h"

#include <gtest/gtest.h>

#include <string>

namespace preflight::probes {
namespace {

TEST(PlainText, IsWellFormedUtf8WithoutNul) {
    EXPECT_TRUE(is_plain_text(""));
    EXPECT_TRUE(is_plain_text("Grüße, 東京, 🦊\n\t"));
    EXPECT_FALSE(is_plain_text(std::string("a\0b", 3)));
    // Cut off, overlong, a surrogate, past the end, and bytes that open nothing.
    for (const std::string text : {"\xC3", "\xE6\x9D", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80",
                                   "\xF4\x90\x80\x80", "\x80", "\xFF", "\xE6(\xB1"}) {
        EXPECT_FALSE(is_plain_text(text));
    }
}

TEST(PlainText, OfOneLineHasNoControlCharacters) {
    EXPECT_TRUE(is_plain_line("1755000000_gitlab backup é.tar"));
    EXPECT_FALSE(is_plain_line("a\nb"));
    EXPECT_FALSE(is_plain_line("\x1B[31m"));
    EXPECT_FALSE(is_plain_line("\x7F"));
}

}  // namespace
}  // namespace preflight::probes
