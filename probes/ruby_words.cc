#include "probes/ruby_words.h"

namespace preflight::probes {
namespace {

using Kind = RubyToken::Kind;
using Tokens = RubyTokenSpan;

constexpr std::size_t look_limit = 200;  // tokens

bool opens(const RubyToken& token) { return token.is_mark("(") || token.is_mark("[") || token.is_mark("{"); }
bool closes(const RubyToken& token) { return token.is_mark(")") || token.is_mark("]") || token.is_mark("}"); }

}  // namespace

bool is_ruby_name(const RubyToken& token) {
    constexpr std::array<std::string_view, 27> keywords{
        "true", "false", "nil",    "self", "if",     "unless", "while", "until", "and",
        "or",   "not",   "then",   "else", "elsif",  "do",     "end",   "case",  "when",
        "in",   "begin", "rescue", "for",  "ensure", "return", "next",  "def",   "alias"};
    return token.kind == Kind::word && !is_one_of(token.text, keywords);
}

bool is_ruby_constant(const RubyToken& token) {
    return token.kind == Kind::word && token.text[0] >= 'A' && token.text[0] <= 'Z';
}

bool is_ruby_method(RubyTokenSpan tokens, std::size_t at) {
    return at > 0 && (is_ruby_dot(tokens[at - 1]) || tokens[at - 1].is_mark("::"));
}

bool is_method_of_other(RubyTokenSpan tokens, std::size_t at) {
    if (!is_ruby_method(tokens, at)) return false;
    return at < 2 || !(tokens[at - 2].is_word("self") || tokens[at - 2].is_word("Gitlab"));
}

std::size_t opening_of(RubyTokenSpan tokens, std::size_t at) {
    int depth = 0;
    for (std::size_t steps = 0; steps < look_limit && steps <= at; ++steps) {
        const auto& token = tokens[at - steps];
        if (closes(token)) ++depth;
        if (opens(token) && --depth == 0) return at - steps;
    }
    return at;
}

std::size_t begin_of_expression(RubyTokenSpan tokens, std::size_t end) {
    auto begin = end;
    bool joined = true;  // what stands before belongs to it
    while (begin > 0 && joined) {
        auto at = begin - 1;
        if (closes(tokens[at])) {
            const auto opening = opening_of(tokens, at);
            if (opening == at) return begin;
            // A bracket goes on with what it stands at, a block with what it is given to.
            joined = opening > 0 && (!tokens[opening].blank_before || tokens[opening].is_mark("{")) &&
                     (tokens[opening - 1].kind != Kind::mark || closes(tokens[opening - 1]));
            at = opening;
        } else if (tokens[at].kind == Kind::mark || tokens[at].kind == Kind::line_end) {
            return begin;
        } else {
            joined = is_ruby_method(tokens, at);
            if (joined) --at;
        }
        begin = at;
        if (end - begin > look_limit) return end;
    }
    return begin;
}

}  // namespace preflight::probes
