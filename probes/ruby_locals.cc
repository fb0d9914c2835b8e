#include "probes/ruby_locals.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <vector>

namespace preflight::probes {
namespace {

using Kind = RubyToken::Kind;
using Tokens = RubyTokenSpan;

constexpr std::size_t look_limit = 200;  // tokens that are looked at for one name within a statement
constexpr std::size_t index_limit = 50;  // tokens in the indices of one name
constexpr int within_statement = std::numeric_limits<int>::max();

bool assigns(const RubyToken& token) {
    return token.is_mark("=") || token.is_mark("||=") || token.is_mark("&&=");
}

Tokens at_most(Tokens tokens) { return tokens.first(std::min(tokens.size(), look_limit)); }

// Where such a one stands at or behind `at`; the size when none does.
template <typename Is>
std::size_t find(Tokens tokens, std::size_t at, Is is) {
    while (at < tokens.size() && !is(tokens[at])) ++at;
    return at;
}

// The place of the "=" behind the list of names that begins here, `a, *b = x`; the size when it is none.
std::size_t behind_names(Tokens tokens) {
    bool name_wanted = true;
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        const auto& token = tokens[at];
        if (token.is_mark("*") || token.is_mark("(") || token.is_mark(")")) continue;
        if (assigns(token) && at > 0) return at;
        if (name_wanted ? !is_ruby_name(token) : !token.is_mark(",")) break;
        name_wanted = !name_wanted;
    }
    return tokens.size();
}

// The place behind a name and its indices, as far as they are looked at.
std::size_t behind_indices(Tokens value, std::size_t at) {
    int depth = 0;
    const auto limit = std::min(value.size(), at + index_limit);
    for (++at; at < limit; ++at) {
        if (depth == 0 && !value[at].is_mark("[")) return at;
        if (value[at].is_mark("[")) ++depth;
        if (value[at].is_mark("]")) --depth;
    }
    return at;
}

// What a method gives, of a part of a section.
Made made_by(std::string_view method) {
    constexpr std::array<std::string_view, 18> another{
        "split",  "to_i",  "join",     "keys",   "strip", "chomp", "sub",     "gsub",    "size",
        "length", "lines", "downcase", "upcase", "chars", "count", "to_json", "to_yaml", "to_f"};
    constexpr std::array<std::string_view, 12> copy{"dup",    "clone",   "merge",   "select",
                                                    "reject", "map",     "collect", "sort",
                                                    "uniq",   "compact", "slice",   "except"};
    if (is_one_of(method, another) || method.ends_with('?')) return Made::own;
    return is_one_of(method, copy) ? Made::holds : Made::perhaps;
}

// Methods that every Ruby has, whose values are no sections. `node` tells of the machine.
bool is_ruby_function(std::string_view name) {
    constexpr std::array<std::string_view, 18> functions{
        "puts", "format", "sprintf", "rand", "lambda", "proc",   "loop",    "node",  "gets",
        "p",    "warn",   "raise",   "open", "print",  "printf", "require", "abort", "__dir__"};
    return is_one_of(name, functions);
}

// Of `JSON.parse(…)` at its constant the place behind it: what it gives is none of its arguments. Of a
// collection they are in it.
std::size_t behind_class_call(Tokens value, std::size_t at) {
    constexpr std::array<std::string_view, 8> collections{"Array",  "Hash",   "Set",    "Gitlab",
                                                          "Kernel", "Object", "Struct", "OpenStruct"};
    if (!is_ruby_constant(value[at]) || is_one_of(value[at].text, collections)) return at;
    if (at + 3 >= value.size() || !is_ruby_dot(value[at + 1]) || !value[at + 3].is_mark("(")) return at;
    int depth = 0;
    for (auto end = at + 3; end < std::min(value.size(), at + look_limit); ++end) {
        if (value[end].is_mark("(")) ++depth;
        if (value[end].is_mark(")") && --depth == 0) return end;
    }
    return at;
}

// A table or list that is written there, or the arguments that one is merged with.
bool opens_table(Tokens value, std::size_t at) {
    if (at == 0) return !value[at].is_mark("(");
    const auto& before = value[at - 1];
    if (value[at].is_mark("(")) return before.is_word("merge");
    const bool behind_value =
        before.kind != Kind::mark || before.is_mark(")") || before.is_mark("]") || before.is_mark("}");
    return !behind_value || (value[at].is_mark("[") && value[at].blank_before);
}

// `if x` and what goes on in the lines that follow.
bool goes_on(Tokens value) {
    constexpr std::array<std::string_view, 7> opening{"if",    "unless", "case", "begin",
                                                      "while", "until",  "for"};
    const auto ends = [](const RubyToken& token) { return token.is_word("end"); };
    return value.empty() || (value.front().kind == Kind::word && is_one_of(value.front().text, opening) &&
                             std::ranges::none_of(value, ends));
}

// Behind a table: a method that picks something out of it, or an index.
bool picks(Tokens value, std::size_t at) {
    if (is_ruby_dot(value[at])) return at + 1 >= value.size() || made_by(value[at + 1].text) == Made::perhaps;
    return value[at].is_mark("[") && !opens_table(value, at);
}

}  // namespace

std::optional<Made> RubyLocals::made(std::string_view name) const {
    if (const auto found = parameters_.find(name); found != parameters_.end()) return found->second.made;
    if (const auto found = variables_.find(name); found != variables_.end()) return found->second;
    // The parameter of a block that names none.
    if (name == "_1" || name == "_2" || name == "it") return Made::perhaps;
    return std::nullopt;
}

void RubyLocals::note(RubyTokenSpan statement, int depth) {
    std::erase_if(parameters_, [depth](const auto& one) { return one.second.depth > depth; });
    for (std::size_t at = 0; at < statement.size(); ++at) {
        note_block(statement, at, depth);
        note_definition(statement, at, depth);
    }
    const auto equals = behind_names(statement);
    if (equals < statement.size()) note_assigned(statement.first(equals), statement.subspan(equals + 1));
    if (statement.size() > 2 && statement[0].is_word("alias")) variables_[statement[1].text] = Made::perhaps;
    for (std::size_t at = 0; at < statement.size(); ++at) {
        const bool inner = at > equals || equals == statement.size();
        if (!inner || at == 0 || at + 1 >= statement.size() || !assigns(statement[at + 1])) continue;
        if (is_ruby_name(statement[at]) && !is_ruby_method(statement, at))
            note_assigned(statement.subspan(at, 1), at_most(statement.subspan(at + 2)));
    }
}

void RubyLocals::note_block(RubyTokenSpan statement, std::size_t at, int depth) {
    const bool braces = statement[at].is_mark("{");
    if (!braces && !statement[at].is_word("do")) return;
    const auto rest = at_most(statement.subspan(at + 1));
    if (rest.empty() || !rest[0].is_mark("|")) return;
    const auto end = find(rest, 1, [](const RubyToken& token) { return token.is_mark("|"); });
    // `do` belongs to the first call of the statement, braces to the last one.
    auto from = begin_of_expression(statement, at);
    if (!braces) from = at;  // further away than is looked: nobody knows
    if (!braces && at <= look_limit) {
        from = 0;
        for (std::size_t before = 0; before < at; ++before) {
            if (assigns(statement[before])) from = before + 1;
        }
    }
    const auto receiver = statement.subspan(from, at - from);
    // Of a lambda it is what it will be called with.
    const bool called_later =
        receiver.size() == 1 && (receiver[0].is_word("lambda") || receiver[0].is_word("proc"));
    const bool own = !called_later && made_of(receiver) == Made::own;
    note_parameters(rest.subspan(1, end - 1), own ? Made::own : Made::perhaps,
                    braces ? within_statement : depth + 1);
}

void RubyLocals::note_definition(RubyTokenSpan statement, std::size_t at, int depth) {
    const bool lambda = statement[at].is_mark("->");
    const bool loop = statement[at].is_word("for");
    if (!lambda && !loop && !statement[at].is_word("def")) return;
    auto names = at_most(statement.subspan(at + 1));
    auto made = Made::perhaps;
    if (loop) {
        const auto end = find(names, 0, [](const RubyToken& token) { return token.is_word("in"); });
        if (end < names.size()) made = made_of(names.subspan(end + 1));
        names = names.first(end);
    } else {
        if (!lambda && names.size() > 1) names = names.subspan(is_ruby_dot(names[1]) ? 3 % names.size() : 1);
        const bool brackets = !names.empty() && names[0].is_mark("(");
        names = names.first(find(names, 0, [brackets](const RubyToken& token) {
            if (brackets) return token.is_mark(")");
            return token.is_mark("{") || token.is_mark("=") || token.is_word("do");
        }));
    }
    note_parameters(names, made == Made::own ? made : Made::perhaps, depth + 1);
}

void RubyLocals::note_parameters(RubyTokenSpan names, Made made, int depth) {
    for (const auto& token : names) {
        if (is_ruby_name(token)) parameters_.insert_or_assign(token.text, Parameter{made, depth});
    }
}

void RubyLocals::note_assigned(RubyTokenSpan names, RubyTokenSpan value) {
    const auto made = made_of(value);
    for (const auto& token : names) {
        if (!is_ruby_name(token)) continue;
        const auto parameter = parameters_.find(token.text);
        auto& noted = parameter == parameters_.end() ? variables_[token.text] : parameter->second.made;
        noted = std::max(noted, made);
    }
}

Made RubyLocals::made_of(RubyTokenSpan value) const {
    if (goes_on(value)) return Made::perhaps;
    auto made = Made::own;
    bool behind_table = false;
    bool picked = false;
    std::vector<bool> tables;  // whether each bracket that is open is one
    for (std::size_t at = 0; at < value.size() && made != Made::perhaps; ++at) {
        const auto& token = value[at];
        picked = picked || (behind_table && tables.empty() && picks(value, at));
        if (token.is_mark("(") || token.is_mark("[") || token.is_mark("{")) {
            tables.push_back(opens_table(value, at));
        } else if ((token.is_mark(")") || token.is_mark("]") || token.is_mark("}")) && !tables.empty()) {
            behind_table = behind_table || tables.back();
            tables.pop_back();
        }
        if (!is_ruby_name(token)) continue;
        const auto one = made_at(value, at);
        const bool in_table = !tables.empty() && std::ranges::find(tables, false) == tables.end();
        made = std::max(made, in_table ? std::min(one, Made::holds) : one);
        at = behind_class_call(value, at);
    }
    return made == Made::holds && picked ? Made::perhaps : made;
}

// Of the name that stands there, with its indices and the method behind them.
Made RubyLocals::made_at(RubyTokenSpan value, std::size_t at) const {
    const auto& name = value[at].text;
    if (is_method_of_other(value, at) || is_ruby_function(name)) return Made::own;
    const auto next_is = [&](std::string_view mark) {
        return at + 1 < value.size() && value[at + 1].is_mark(mark);
    };
    if (name == "Gitlab") {
        const bool node = at + 2 < value.size() && next_is("[") && value[at + 2].text == "node";
        return node || next_is(".") || next_is("::") ? Made::own : Made::perhaps;
    }
    if (is_ruby_constant(value[at]) && !made(name)) return Made::own;
    const bool key =
        next_is(":") && !value[at + 1].blank_before &&
        (at == 0 || value[at - 1].is_mark("{") || value[at - 1].is_mark(",") || value[at - 1].is_mark("("));
    if (key || next_is("=")) return Made::own;
    const auto made_before = made(name).value_or(Made::perhaps);
    if (made_before == Made::own) return Made::own;
    const auto end = behind_indices(value, at);
    if (end < value.size() && is_ruby_dot(value[end]))
        return end + 1 < value.size() ? made_by(value[end + 1].text) : Made::perhaps;
    return end == at + 1 ? made_before : Made::perhaps;
}

}  // namespace preflight::probes
