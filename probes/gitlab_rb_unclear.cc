#include "probes/gitlab_rb_unclear.h"

#include <algorithm>
#include <array>

namespace preflight::probes {
namespace {

using Kind = RubyToken::Kind;
using Tokens = RubyTokenSpan;

constexpr std::size_t index_limit = 100;  // tokens within the brackets of one index

template <std::size_t size>
bool is_one_of(std::string_view word, const std::array<std::string_view, size>& words) {
    return std::ranges::find(words, word) != words.end();
}

bool is_dot(const RubyToken& token) { return token.is_mark(".") || token.is_mark("&."); }

bool is_method(Tokens statement, std::size_t at) {
    return at > 0 && (is_dot(statement[at - 1]) || statement[at - 1].is_mark("::"));
}

// A method of the configuration itself, or of Ruby's own; YAML.load is none.
bool is_method_of_own(Tokens statement, std::size_t at) {
    constexpr std::array<std::string_view, 4> own{"self", "Gitlab", "Kernel", "Object"};
    return at > 1 && is_method(statement, at) && statement[at - 2].kind == Kind::word &&
           is_one_of(statement[at - 2].text, own);
}

// By its name alone or as such a method.
bool calls_own(Tokens statement, std::size_t at) {
    if (is_method_of_own(statement, at)) return calls(statement.subspan(at), 0);
    return !is_method(statement, at) && calls(statement, at);
}

struct Indices {
    std::size_t end = 0;    // the place behind them
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
    Indices found{at};
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
    }
    return found;
}

// Behind a plain key it is that key beneath which something is set.
bool sets_by_index(Tokens statement, std::size_t at) {
    return key_at(statement, at).name.empty() && changes_beneath(statement, at + 1);
}

// `grafana.merge!(…)`, where no key stands between.
bool changes_whole(Tokens statement, std::size_t at) {
    constexpr std::array<std::string_view, 15> changing{
        "merge!",  "deep_merge!", "update",  "store",       "replace", "delete", "delete_if", "clear",
        "reject!", "select!",     "keep_if", "public_send", "send",    "tap",    "["};
    return !is_method(statement, at) && at + 2 < statement.size() && is_dot(statement[at + 1]) &&
           is_one_of(statement[at + 2].text, changing);
}

bool changes_section(Tokens statement, std::size_t at) {
    const auto& name = statement[at].text;
    const bool section = name == "Gitlab" || (name[0] >= 'a' && name[0] <= 'z') || name[0] == '_';
    return section && changes_whole(statement, at);
}

// Of what may be a section by another name.
bool changes_as_whole_or_part(Tokens statement, std::size_t at) {
    const auto key = key_at(statement, at);
    return changes_whole(statement, at) || changes_beneath(statement, at + 1) ||
           (!key.name.empty() && changes_value(statement, key.end));
}

// Gitlab['nginx'] is a section by another name; Gitlab['node'] tells of the machine.
bool is_section_by_index(Tokens statement, std::size_t at) {
    const bool indexed = at + 2 < statement.size() && statement[at + 1].is_mark("[");
    const bool own = statement[at].is_word("Gitlab") || statement[at].is_word("self");
    return own && indexed && !statement[at + 2].is(Kind::text, "node") &&
           !statement[at + 2].is(Kind::symbol, "node");
}

}  // namespace

bool changes_beneath(RubyTokenSpan statement, std::size_t end) {
    const auto indices = indices_from(statement, end);
    return indices.endless || (indices.computed && changes_value(statement, indices.end));
}

bool takes_in(RubyTokenSpan statement, std::size_t at) {
    return statement[at].is_word("from_file") && calls_own(statement, at);
}

std::optional<std::string> taken_in(RubyTokenSpan statement, std::size_t at) {
    const auto argument = at + (statement[at + 1].is_mark("(") ? 2 : 1);
    if (argument >= statement.size() || statement[argument].kind != Kind::text) return std::nullopt;
    // '/etc/a' + x is another path.
    constexpr std::array<std::string_view, 3> ends{")", "}", ";"};
    const bool whole = argument + 1 == statement.size() || statement[argument + 1].kind != Kind::mark ||
                       is_one_of(statement[argument + 1].text, ends);
    return whole ? std::optional(statement[argument].text) : std::nullopt;
}

bool evaluates(RubyTokenSpan statement, std::size_t at) {
    constexpr std::array<std::string_view, 5> evaluating{"eval", "instance_eval", "instance_exec",
                                                         "class_eval", "module_eval"};
    if (statement[at].kind != Kind::word) return false;
    if (is_one_of(statement[at].text, evaluating)) return calls(statement.subspan(at), 0);
    constexpr std::array<std::string_view, 4> of_own{"load", "send", "public_send", "__send__"};
    return is_one_of(statement[at].text, of_own) && calls_own(statement, at);
}

std::string_view unclear_at(RubyTokenSpan statement, std::size_t at, const RubyLocals& locals) {
    if (statement[at].kind != Kind::word) return {};
    const bool elsewhere = takes_in(statement, at) && !taken_in(statement, at);
    if (elsewhere || evaluates(statement, at)) return "takes in what is not evaluated here";
    if (is_section_by_index(statement, at)) return "reaches a section by an index";
    if (locals.has(statement[at].text) && !is_method(statement, at)) {
        const bool changed =
            locals.maybe_section(statement[at].text) && changes_as_whole_or_part(statement, at);
        return changed ? "changes a section by another name" : std::string_view();
    }
    if (changes_section(statement, at)) return "changes a section as a whole";
    return sets_by_index(statement, at) ? "sets a key that only Ruby knows" : std::string_view();
}

}  // namespace preflight::probes
