#include "probes/gitlab_rb_keys.h"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "probes/ruby_changes.h"
#include "probes/ruby_number.h"

namespace preflight::probes {
namespace {

using Kind = RubyToken::Kind;
using Tokens = RubyTokenSpan;
using Assignments = std::map<std::string, Assignment, std::less<>>;

constexpr int depth_limit = 16;  // of tables within tables
constexpr int list_limit = 50;   // of the keys of one assignment
constexpr int key_limit = 50;    // of one statement, whose values are looked at

constexpr std::size_t key_limit_bytes = 1000;

bool is_truth(const RubyToken& token) { return token.is_word("true") || token.is_word("false"); }
// Of a variable, a method or a constant.
bool is_name(const RubyToken& token) {
    return token.kind == Kind::word && !is_truth(token) && !token.is_word("nil");
}

int depth_change(const RubyToken& token) {
    if (token.is_mark("(") || token.is_mark("[") || token.is_mark("{")) return 1;
    return token.is_mark(")") || token.is_mark("]") || token.is_mark("}") ? -1 : 0;
}

// Where a trailing `if x` begins; the size when there is none. Behind an operator it is the value itself.
std::size_t modifier_of(Tokens tokens) {
    constexpr std::array<std::string_view, 4> conditions{"if", "unless", "while", "until"};
    int depth = 0;
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        depth += depth_change(tokens[at]);
        if (depth != 0 || at == 0 || tokens[at].kind != Kind::word) continue;
        const auto& before = tokens[at - 1];
        const bool behind_value = before.kind != Kind::mark || depth_change(before) < 0;
        if (behind_value && is_one_of(tokens[at].text, conditions)) return at;
    }
    return tokens.size();
}

// Of one pair of brackets around it all.
bool is_enclosed(Tokens tokens, std::string_view opening) {
    if (tokens.size() < 2 || !tokens.front().is_mark(opening)) return false;
    int depth = 0;
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        depth += depth_change(tokens[at]);
        if (depth == 0) return at + 1 == tokens.size();
    }
    return false;
}

std::vector<Tokens> split_at_commas(Tokens tokens) {
    std::vector<Tokens> parts;
    int depth = 0;
    std::size_t from = 0;
    for (std::size_t at = 0; at < tokens.size(); ++at) {
        depth += depth_change(tokens[at]);
        if (depth != 0 || !tokens[at].is_mark(",")) continue;
        parts.push_back(tokens.subspan(from, at - from));
        from = at + 1;
    }
    parts.push_back(tokens.subspan(from));
    return parts;
}

class Notes {
  public:
    Notes(Assignments& assignments, bool conditional)
        : assignments_(assignments), conditional_(conditional) {}

    void note(const std::string& key, Tokens value, std::uint32_t line) {
        auto& noted = assignments_[key];
        const auto count = noted.count + 1;
        noted = described(value);
        noted.line = line;
        noted.count = count;
        const bool anew = !forget_beneath(key) && count == 1;
        // What may not happen may leave what was there before.
        noted.members_told = note_members(key, value, 0) && (anew || !conditional_);
    }

    // By an index that only Ruby knows: what was there stays, and more may be beneath it.
    void note_beneath(const std::string& key, std::uint32_t line) {
        auto& noted = assignments_[key];
        const auto count = noted.count + 1;
        noted = described({});
        noted.line = line;
        noted.count = count;
    }

  private:
    Assignment described(Tokens value) const {
        Assignment one;
        if (conditional_) {
            one.state = Assignment::State::conditional;
            return one;
        }
        auto literal = literal_of(value);
        if (value.size() == 1 && value[0].is_word("nil")) literal = "nil";
        if (value.size() == 2 && value[0].is_mark("{") && value[1].is_mark("}")) literal = "{}";
        if (!literal) return one;
        one.state = Assignment::State::literal;
        one.text = value.size() == 1 && value[0].kind == Kind::text;
        one.literal = std::move(*literal);
        return one;
    }

    // What was set in a table goes with it when the table is set anew. Whether there was any.
    bool forget_beneath(const std::string& key) {
        const auto beneath = key + "[";
        auto from = assignments_.lower_bound(beneath);
        const bool any = from != assignments_.end() && from->first.starts_with(beneath);
        while (from != assignments_.end() && from->first.starts_with(beneath))
            from = assignments_.erase(from);
        return any;
    }

    // Whether the value has no other keys than those that it names.
    bool note_members(const std::string& key, Tokens value, int depth) {
        if (value.size() == 1) return value[0].kind != Kind::computed && !is_name(value[0]);
        if (literal_of(value)) return true;
        if (depth == depth_limit || key.size() > key_limit_bytes) return false;
        if (is_enclosed(value, "[")) {
            bool told = true;
            for (const auto& item : split_at_commas(value.subspan(1, value.size() - 2)))
                told = (item.empty() || note_members(key + "[]", item, depth + 1)) && told;
            return told;
        }
        return is_enclosed(value, "{") && note_entries(key, value.subspan(1, value.size() - 2), depth);
    }

    bool note_entries(const std::string& key, Tokens entries, int depth) {
        bool told = true;
        for (const auto& entry : split_at_commas(entries)) {
            if (entry.empty()) continue;
            const auto kind = entry[0].kind;
            const bool named = kind == Kind::text || kind == Kind::symbol || kind == Kind::word;
            if (!named || entry.size() < 3 || !(entry[1].is_mark("=>") || entry[1].is_mark(":"))) {
                told = false;
                continue;
            }
            told = told && (kind != Kind::word || entry[1].is_mark(":"));  // NAME => is Ruby's to say
            const auto name = key + "['" + entry[0].text + "']";
            auto& noted = assignments_[name];
            const auto before = std::exchange(noted, described(entry.subspan(2)));
            noted.line = entry[0].line;
            noted.count = before.count + 1;
            noted.members_told =
                note_members(name, entry.subspan(2), depth + 1) && (before.count == 0 || before.members_told);
        }
        return told;
    }

    Assignments& assignments_;
    bool conditional_;
};

// What the key at the beginning of a statement is set to; nothing when that is no plain "=".
Tokens value_behind(Tokens statement, std::size_t end) {
    if (end >= statement.size() || !statement[end].is_mark("=")) return {};
    const auto value = statement.subspan(end + 1);
    return value.first(modifier_of(value));
}

// Behind one of `(a['x'], b['y']), c = 1, 2`.
bool is_assigned_in_list(Tokens tokens, std::size_t at) {
    const auto pass = [&](std::string_view mark) {
        while (at < tokens.size() && tokens[at].is_mark(mark)) ++at;
    };
    pass(")");
    for (int names = 0; names < list_limit && at < tokens.size() && tokens[at].is_mark(","); ++names) {
        ++at;
        pass("*");
        pass("(");
        if (at >= tokens.size() || tokens[at].kind != Kind::word) return false;
        const auto key = key_at(tokens, at);
        at = key.name.empty() ? at + 1 : key.end;
        pass(")");
    }
    return at < tokens.size() && tokens[at].is_mark("=");
}

}  // namespace

RubyKey key_at(RubyTokenSpan tokens, std::size_t at) {
    if (tokens[at].kind != Kind::word) return {};
    RubyKey key{tokens[at].text, tokens[at].text, at + 1};
    while (key.end + 2 < tokens.size() && tokens[key.end].is_mark("[") && tokens[key.end + 2].is_mark("]") &&
           (tokens[key.end + 1].kind == Kind::text || tokens[key.end + 1].kind == Kind::symbol)) {
        const auto& text = tokens[key.end + 1].text;
        key.name.append(".").append(text);
        key.written.append("['").append(text).append("']");
        key.end += 3;
    }
    return key.end == at + 1 ? RubyKey{} : key;
}

bool changes_value(RubyTokenSpan tokens, std::size_t at) {
    if (at < tokens.size() && (tokens[at].is_mark(",") || tokens[at].is_mark(")")))
        return is_assigned_in_list(tokens, at);
    constexpr std::array<std::string_view, 15> assigning{
        "=", "||=", "&&=", "+=", "-=", "|=", "<<", "*=", "/=", "%=", "**=", "&=", "^=", "<<=", ">>="};
    constexpr std::array<std::string_view, 14> mutating{
        "push", "append",  "concat",  "delete", "store",     "replace",   "update",
        "[",    "prepend", "unshift", "insert", "delete_if", "delete_at", "clear"};
    if (at >= tokens.size() || tokens[at].kind != Kind::mark) return false;
    if (is_one_of(tokens[at].text, assigning)) return true;
    if ((!tokens[at].is_mark(".") && !tokens[at].is_mark("&.")) || at + 1 >= tokens.size()) return false;
    const auto& method = tokens[at + 1].text;
    return method.ends_with('!') || is_one_of(method, mutating);
}

std::optional<std::string> literal_of(RubyTokenSpan value) {
    const bool negative = value.size() == 2 && value[0].is_mark("-") && value[1].kind == Kind::number;
    if (value.size() != (negative ? 2 : 1)) return std::nullopt;
    const auto& token = value.back();
    // A number that is none of those that are known here (3r, 2i) is Ruby's to say.
    if (token.kind == Kind::number && !ruby_number(token.text)) return std::nullopt;
    if (negative) return "-" + token.text;
    if (token.kind == Kind::text || token.kind == Kind::number || is_truth(token)) return token.text;
    return std::nullopt;
}

bool is_setting_call(std::string_view word) {
    return word.ends_with("external_url") || word == "runtime_dir" || word == "git_data_dirs" ||
           word == "roles";
}

bool calls(RubyTokenSpan statement, std::size_t at) {
    if (is_method_of_other(statement, at)) return false;
    if (at + 1 >= statement.size()) return false;
    const auto& next = statement[at + 1];
    if (next.is_mark("[")) return next.blank_before;
    return next.kind != Kind::mark || next.is_mark("(") || next.is_mark("{") || next.is_mark("-");
}

void note_assignments(RubyTokenSpan statement, bool in_block, Assignments& assignments) {
    const bool behind_condition = in_block || modifier_of(statement) < statement.size();
    int keys = 0;
    // Only so often, so that a statement of nothing but keys does not take for ever.
    const auto value_of = [&](std::size_t end) {
        return ++keys > key_limit ? Tokens() : value_behind(statement, end);
    };
    for (std::size_t at = 0; at < statement.size(); ++at) {
        // In the middle of a statement it stands behind an `and`, in braces, or in an argument.
        const bool conditional = behind_condition || at > 0;
        const auto key = key_at(statement, at);
        if (!key.name.empty() && changes_value(statement, key.end)) {
            const bool once = statement[key.end].is_mark("||=") || statement[key.end].is_mark("&&=");
            Notes(assignments, conditional || once).note(key.written, value_of(key.end), statement[at].line);
        } else if (!key.name.empty() && changes_beneath(statement, key.end)) {
            Notes(assignments, conditional).note_beneath(key.written, statement[at].line);
        } else if (statement[at].kind == Kind::word && is_setting_call(statement[at].text) &&
                   calls(statement, at)) {
            auto value = ++keys > key_limit ? Tokens() : statement.subspan(at + 1);
            value = value.first(modifier_of(value));
            if (is_enclosed(value, "(")) value = value.subspan(1, value.size() - 2);
            Notes(assignments, conditional).note(statement[at].text, value, statement[at].line);
        }
    }
}

}  // namespace preflight::probes
