#include "probes/ruby_tokens.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using Kind = RubyToken::Kind;

// The tokens in one line: texts in quotes, computed values as "?", ends of lines as "/".
std::string told(std::string_view text) {
    const auto tokens = ruby_tokens(text, "rb");
    if (!tokens) return tokens.error().detail;
    std::string result;
    for (const auto& token : *tokens) {
        if (!result.empty()) result += ' ';
        if (token.kind == Kind::text) result += "'" + token.text + "'";
        if (token.kind == Kind::computed) result += "?";
        if (token.kind == Kind::line_end) result += "/";
        if (token.kind == Kind::symbol) result += ":" + token.text;
        if (token.kind == Kind::word || token.kind == Kind::number || token.kind == Kind::mark)
            result += token.text;
    }
    return result;
}

TEST(RubyTokens, CutsAnAssignment) { EXPECT_EQ(told("redis['port'] = 6_379"), "redis [ 'port' ] = 6379"); }

TEST(RubyTokens, KnowsADivisionFromARegularExpression) {
    EXPECT_EQ(told("a = b / 2 / 3"), "a = b / 2 / 3");
    EXPECT_EQ(told("a = /it's/"), "a = ?");
}

TEST(RubyTokens, KnowsAnAppendFromAHeredoc) {
    EXPECT_EQ(told("list << 'a'\nlist['b'] <<'c'\n"), "list << 'a' / list [ 'b' ] << 'c' /");
    EXPECT_EQ(told("call <<EOS, 1\n it's\nEOS\nnext_one"), "call ? , 1 / next_one");
}

TEST(RubyTokens, KnowsALabelFromASymbol) { EXPECT_EQ(told("{a: :b, 'c': 1}"), "{ a : :b , 'c' : 1 }"); }

TEST(RubyTokens, JoinsALineThatEndsInABackslash) { EXPECT_EQ(told("a = \\\n  1"), "a = 1"); }

TEST(RubyTokens, TakesEmptyLinesAsOneEnd) { EXPECT_EQ(told("a\n\n\n# c\nb"), "a / b"); }

}  // namespace
}  // namespace preflight::probes
