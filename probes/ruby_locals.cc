#include "probes/ruby_locals.h"

#include <algorithm>
#include <array>
#include <cstddef>

namespace preflight::probes {
namespace {

using Kind = RubyToken::Kind;
using Tokens = RubyTokenSpan;

constexpr std::size_t look_limit = 200;  // tokens that are looked at for one name within a statement

template <std::size_t size>
bool is_one_of(std::string_view word, const std::array<std::string_view, size>& words) {
    return std::ranges::find(words, word) != words.end();
}

bool is_name(const RubyToken& token) {
    constexpr std::array<std::string_view, 24> keywords{
        "true", "false", "nil",   "self",   "if",     "unless", "while", "until",
        "and",  "or",    "not",   "then",   "else",   "elsif",  "do",    "end",
        "case", "when",  "begin", "rescue", "ensure", "return", "next",  "lambda"};
    return token.kind == Kind::word && !is_one_of(token.text, keywords);
}

bool assigns(const RubyToken& token) { return token.is_mark("=") || token.is_mark("||="); }

bool is_method(Tokens tokens, std::size_t at) {
    return at > 0 &&
           (tokens[at - 1].is_mark(".") || tokens[at - 1].is_mark("&.") || tokens[at - 1].is_mark("::"));
}

Tokens at_most(Tokens tokens) { return tokens.first(std::min(tokens.size(), look_limit)); }

// Where the first of these stands at or behind `at`; the size when none does.
std::size_t find(Tokens tokens, std::size_t at, std::string_view mark) {
    while (at < tokens.size() && !tokens[at].is_mark(mark)) ++at;
    return at;
}

// The place of the "=" behind the list of names that begins here, `a, *b = x`; the size when it is none.
std::size_t behind_names(Tokens tokens, std::size_t at) {
    bool comma = true;
    for (; at < tokens.size(); ++at) {
        if (tokens[at].is_mark("*") || tokens[at].is_mark("(") || tokens[at].is_mark(")")) continue;
        if (assigns(tokens[at]) && !comma) return at;
        if (comma ? !is_name(tokens[at]) : !tokens[at].is_mark(",")) break;
        comma = !comma;
    }
    return tokens.size();
}

// A table or list that is written here, whole: to change it changes nothing else.
bool is_table(Tokens value) {
    if (value.empty()) return true;
    const bool opens = value.front().is_mark("{") || value.front().is_mark("[");
    if (!opens) return false;
    int depth = 0;
    for (std::size_t at = 0; at < value.size(); ++at) {
        const auto& token = value[at];
        if (token.is_mark("{") || token.is_mark("[") || token.is_mark("(")) ++depth;
        if (token.is_mark("}") || token.is_mark("]") || token.is_mark(")")) --depth;
        if (depth == 0) return at + 1 == value.size();
    }
    return false;
}

// The place behind a name and its indices, as far as they are looked at.
std::size_t behind_indices(Tokens value, std::size_t at) {
    int depth = 0;
    const auto limit = std::min(value.size(), at + look_limit);
    for (++at; at < limit; ++at) {
        if (depth == 0 && !value[at].is_mark("[")) return at;
        if (value[at].is_mark("[")) ++depth;
        if (value[at].is_mark("]")) --depth;
    }
    return at;
}

// What such a method gives is another thing than what it is called on.
bool makes_another(std::string_view method) {
    constexpr std::array<std::string_view, 24> making{
        "dup",   "clone", "split", "map",     "collect", "select",   "reject", "merge",
        "to_s",  "to_i",  "to_a",  "join",    "keys",    "sort",     "uniq",   "strip",
        "chomp", "sub",   "gsub",  "compact", "flatten", "downcase", "size",   "length"};
    return is_one_of(method, making) || method.ends_with('?');
}

}  // namespace

void RubyLocals::note(RubyTokenSpan statement) {
    if (const auto equals = behind_names(statement, 0); equals < statement.size())
        note_assigned(statement.first(equals), statement.subspan(equals + 1));
    for (std::size_t at = 0; at < statement.size(); ++at) {
        const auto& token = statement[at];
        const auto rest = at_most(statement.subspan(at + 1));
        const bool block = token.is_mark("{") || token.is_word("do");
        if (block && !rest.empty() && rest[0].is_mark("|"))
            note_parameters(rest.subspan(1, find(rest, 1, "|") - 1));
        if (token.is_mark("->")) note_parameters(rest.first(find(rest, 0, "{")));
        if (token.is_word("def") && !is_method(statement, at)) note_parameters(rest);
        if (token.is_word("for") && !is_method(statement, at)) {
            const auto is_in = [](const RubyToken& word) { return word.is_word("in"); };
            const auto end = std::ranges::find_if(rest, is_in) - rest.begin();
            note_parameters(rest.first(static_cast<std::size_t>(end)));
        }
        const bool inner = at > 0 && !rest.empty() && assigns(rest[0]);
        if (inner && is_name(token) && !is_method(statement, at))
            note_assigned(statement.subspan(at, 1), rest.subspan(1));
    }
}

void RubyLocals::note_parameters(RubyTokenSpan names) {
    for (const auto& token : names) {
        if (is_name(token)) maybe_sections_.insert(token.text);
    }
}

void RubyLocals::note_assigned(RubyTokenSpan names, RubyTokenSpan value) {
    auto& as = tells_section(value) ? maybe_sections_ : own_;
    for (const auto& token : names) {
        if (is_name(token)) as.insert(token.text);
    }
}

bool RubyLocals::tells_section(RubyTokenSpan value) const {
    if (is_table(value)) return false;
    for (std::size_t at = 0; at < value.size(); ++at) {
        const bool block = value[at].is_mark("{") && at + 1 < value.size() && value[at + 1].is_mark("|");
        if (block || value[at].is_word("do")) return false;
        if (is_section(value, at)) return true;
    }
    return false;
}

// A name that nothing in the file has made, or a part of it, as it is.
bool RubyLocals::is_section(RubyTokenSpan value, std::size_t at) const {
    const auto& token = value[at];
    const bool section =
        token.is_word("Gitlab") || (is_name(token) && !(token.text[0] >= 'A' && token.text[0] <= 'Z'));
    if (!section || is_method(value, at) || token.text == "node") return false;
    if (own_.contains(token.text)) return false;
    const auto end = behind_indices(value, at);
    if (end >= value.size()) return true;
    if (value[end].is_mark(".") || value[end].is_mark("&."))
        return end + 1 >= value.size() || !makes_another(value[end + 1].text);
    constexpr std::array<std::string_view, 4> conditions{"if", "unless", "while", "until"};
    if (value[end].kind == Kind::word && is_one_of(value[end].text, conditions)) return true;
    // The name of an argument, or a call with some.
    if (end == at + 1 && (value[end].is_mark(":") && !value[end].blank_before)) return false;
    return end != at + 1 || !calls(value, at);
}

}  // namespace preflight::probes
