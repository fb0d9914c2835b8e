#include "probes/gitlab_rb_unclear.h"

#include <algorithm>
#include <array>

#include "probes/gitlab_rb_keys.h"
#include "probes/ruby_changes.h"

namespace preflight::probes {
namespace {

using Kind = RubyToken::Kind;
using Tokens = RubyTokenSpan;

// A method of the configuration itself, or of Ruby's own; YAML.load is none.
bool is_method_of_own(Tokens statement, std::size_t at) {
    constexpr std::array<std::string_view, 4> own{"self", "Gitlab", "Kernel", "Object"};
    return at > 1 && is_ruby_method(statement, at) && statement[at - 2].kind == Kind::word &&
           is_one_of(statement[at - 2].text, own);
}

// By its name alone or as such a method.
bool calls_own(Tokens statement, std::size_t at) {
    if (is_method_of_own(statement, at)) return calls(statement.subspan(at), 0);
    return !is_ruby_method(statement, at) && calls(statement, at);
}

// Gitlab['nginx'] is a section by another name; Gitlab['node'] tells of the machine.
bool is_section_by_index(Tokens statement, std::size_t at) {
    const bool indexed = at + 2 < statement.size() && statement[at + 1].is_mark("[");
    const bool own = statement[at].is_word("Gitlab") || statement[at].is_word("self");
    return own && indexed && !statement[at + 2].is(Kind::text, "node") &&
           !statement[at + 2].is(Kind::symbol, "node");
}

}  // namespace

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
    constexpr std::array<std::string_view, 5> of_own{"load", "send", "public_send", "__send__", "method"};
    return is_one_of(statement[at].text, of_own) && calls_own(statement, at);
}

std::string_view unclear_at(RubyTokenSpan statement, std::size_t at, const RubyLocals& locals) {
    constexpr std::string_view by_another_name = "changes a section by another name";
    if (changes_result(statement, at, locals)) return by_another_name;
    if (statement[at].kind != Kind::word) return {};
    const bool elsewhere = takes_in(statement, at) && !taken_in(statement, at);
    if (elsewhere || evaluates(statement, at)) return "takes in what is not evaluated here";
    if (is_section_by_index(statement, at)) return "reaches a section by an index";
    const auto made = is_ruby_method(statement, at) ? std::nullopt : locals.made(statement[at].text);
    if (made) return changes_made(statement, at, *made) ? by_another_name : std::string_view();
    if (changes_section(statement, at)) return "changes a section as a whole";
    const bool beneath = key_at(statement, at).name.empty() && changes_beneath(statement, at + 1);
    return beneath ? "sets a key that only Ruby knows" : std::string_view();
}

}  // namespace preflight::probes
