#include "probes/ruby_changes.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

#include "probes/gitlab_rb_keys.h"

namespace preflight::probes {
namespace {

using Kind = RubyToken::Kind;
using Tokens = RubyTokenSpan;

constexpr std::size_t index_limit = 100;  // tokens within the brackets of one index

struct Indices {
    std::size_t end = 0;  // the place behind them
    int count = 0;
    bool computed = false;  // one of them is no plain key
    bool endless = false;   // one of them is too long to be followed
};

// The place behind the bracket that closes the one at `at`; nothing where none does so far.
std::optional<std::size_t> behind_bracket(Tokens statement, std::size_t at) {
    const auto limit = std::min(statement.size(), at + index_limit);
    int depth = 0;
    for (; at < limit; ++at) {
        if (statement[at].is_mark("[")) ++depth;
        if (statement[at].is_mark("]") && --depth == 0) return at + 1;
    }
    return std::nullopt;
}

Indices indices_from(Tokens statement, std::size_t at) {
    Indices found{.end = at};
    while (found.end < statement.size() && statement[found.end].is_mark("[")) {
        const auto end = behind_bracket(statement, found.end);
        if (!end) {
            found.endless = !statement[found.end].blank_before;
            return found;
        }
        const auto kind = statement[found.end + 1].kind;
        const bool plain = *end == found.end + 3 && (kind == Kind::text || kind == Kind::symbol);
        found.computed = found.computed || !plain;
        found.end = *end;
        ++found.count;
    }
    return found;
}

// Such a method changes what it is called on.
bool is_changing(std::string_view method) {
    constexpr std::array<std::string_view, 11> changing{"update",    "store", "replace", "delete",
                                                        "delete_if", "clear", "keep_if", "public_send",
                                                        "send",      "tap",   "["};
    return method.ends_with('!') || is_one_of(method, changing);
}

bool calls_changing(Tokens statement, std::size_t at) {
    return at + 1 < statement.size() && is_ruby_dot(statement[at]) && is_changing(statement[at + 1].text);
}

// Not `x = y`, which leaves what x stood for as it was.
bool changes_itself(Tokens statement, std::size_t at) {
    if (at >= statement.size()) return false;
    const bool in_place = statement[at].is_mark("<<") || is_ruby_dot(statement[at]);
    return in_place && (changes_value(statement, at) || calls_changing(statement, at));
}

// `[nginx].each(&:clear)` at its "&".
bool calls_changing_of_each(Tokens statement, std::size_t at) {
    return statement[at].is_mark("&") && statement[at - 1].is_mark("(") && at + 1 < statement.size() &&
           statement[at + 1].kind == Kind::symbol && is_changing(statement[at + 1].text);
}

// The place where the indices begin that end before `end`; nothing when one is too long to be followed.
std::optional<std::size_t> before_indices(Tokens statement, std::size_t end) {
    while (end > 0 && statement[end - 1].is_mark("]")) {
        const auto opening = opening_of(statement, end - 1);
        if (opening == end - 1) return std::nullopt;
        end = opening;
    }
    return end;
}

}  // namespace

bool changes_beneath(RubyTokenSpan statement, std::size_t end) {
    const auto indices = indices_from(statement, end);
    return indices.endless || (indices.computed && changes_value(statement, indices.end));
}

bool changes_section(RubyTokenSpan statement, std::size_t at) {
    const auto& name = statement[at].text;
    const bool section = name == "Gitlab" || (name[0] >= 'a' && name[0] <= 'z') || name[0] == '_';
    return section && !is_method_of_other(statement, at) && calls_changing(statement, at + 1);
}

bool changes_made(RubyTokenSpan statement, std::size_t at, Made made) {
    if (made == Made::own) return false;
    const auto indices = indices_from(statement, at + 1);
    if (indices.endless) return true;
    const int beneath = made == Made::holds ? 1 : 0;
    return (indices.count > beneath && changes_value(statement, indices.end)) ||
           (indices.count >= beneath && changes_itself(statement, indices.end));
}

bool changes_result(RubyTokenSpan statement, std::size_t at, const RubyLocals& locals) {
    if (at == 0 || statement[at].kind != Kind::mark) return false;
    if (calls_changing_of_each(statement, at)) {
        const auto begin = begin_of_expression(statement, at - 1);
        return locals.made_of(statement.subspan(begin, at - 1 - begin)) != Made::own;
    }
    const bool sets_index =
        statement[at - 1].is_mark("]") && !is_ruby_dot(statement[at]) && changes_value(statement, at);
    if (!sets_index && !changes_itself(statement, at)) return false;
    const auto end = before_indices(statement, at);
    if (!end) return true;
    if (*end == 0) return false;
    // A name with indices is looked at where it stands.
    const bool name = statement[*end - 1].kind == Kind::word && !is_method_of_other(statement, *end - 1);
    const auto begin = begin_of_expression(statement, *end);
    if (begin < *end && statement[begin].is_word("node")) return sets_index;
    if (begin == *end)
        return !name && (statement[*end - 1].kind == Kind::word || statement[*end - 1].is_mark(")"));
    return !name && locals.made_of(statement.subspan(begin, *end - begin)) != Made::own;
}

}  // namespace preflight::probes
