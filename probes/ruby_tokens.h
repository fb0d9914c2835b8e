// RubyTokens: Ruby text cut into tokens, as far as a reader of plain literals needs it. Nothing is evaluated.
//
// Comments, =begin/=end blocks, bodies of heredocs and everything after __END__ are passed over. What Ruby
// would compute (interpolation, backticks, heredocs, regular expressions, rare escapes) is one token of kind
// `computed` without text.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace preflight::probes {

struct RubyToken {
    enum class Kind : std::uint8_t {
        word,      // names, keywords, true, nil
        text,      // a string without computed parts
        words,     // %w(a b): the words, joined by '\n'
        number,    // digits without '_'
        symbol,    // :name
        computed,  // a value that only Ruby knows
        mark,      // operators and brackets
        line_end,  // one for any number of empty lines; ';' is a mark
    };

    Kind kind = Kind::mark;
    bool blank_before = false;
    std::string text;
    std::uint32_t line = 0;  // where it begins, from 1

    bool is(Kind wanted, std::string_view wanted_text) const { return kind == wanted && text == wanted_text; }
    bool is_mark(std::string_view wanted) const { return is(Kind::mark, wanted); }
    bool is_word(std::string_view wanted) const { return is(Kind::word, wanted); }
};

// MALFORMED for a string, heredoc or comment that does not end, TOO_LARGE past the limit of tokens or of
// nesting.
Result<std::vector<RubyToken>> ruby_tokens(std::string_view text, std::string_view source);

}  // namespace preflight::probes
