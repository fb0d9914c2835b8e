#include "probes/gitlab_rb.h"

#include <algorithm>
#include <set>
#include <utility>

#include "probes/config_text.h"
#include "probes/gitlab_rb_keys.h"
#include "probes/gitlab_rb_unclear.h"
#include "probes/ruby_locals.h"
#include "probes/ruby_statements.h"
#include "probes/ruby_tokens.h"

namespace preflight::probes {
namespace {

using Kind = RubyToken::Kind;
using Tokens = RubyTokenSpan;

std::string role_name(std::string_view written) {
    std::string name(written);
    std::ranges::replace(name, '-', '_');
    return name;
}

Tokens without_brackets(Tokens tokens, std::string_view opening, std::string_view close) {
    if (tokens.size() < 2 || !tokens.front().is_mark(opening) || !tokens.back().is_mark(close)) return tokens;
    return tokens.subspan(1, tokens.size() - 2);
}

// 'a' or ['a', 'b'] or %w(a b).
std::optional<std::vector<std::string>> names_of(Tokens value) {
    value = without_brackets(value, "[", "]");
    std::vector<std::string> names;
    if (value.size() == 1 && value[0].kind == Kind::words) {
        for (const auto word : split(value[0].text, "\n")) names.push_back(role_name(word));
        return names;
    }
    for (std::size_t place = 0; place < value.size(); ++place) {
        const bool comma = place % 2 == 1;
        if (comma && !value[place].is_mark(",")) return std::nullopt;
        if (comma) continue;
        if (value[place].kind != Kind::text && value[place].kind != Kind::symbol) return std::nullopt;
        names.push_back(role_name(value[place].text));
    }
    return names;
}

// Takes the statements in order: a later setting replaces an earlier one, also by "not known".
class Settings {
  public:
    void take(Tokens statement, int depth) {
        const bool in_block = depth > 0;
        note_includes(statement);
        locals_.note(statement, depth);
        note_unclear(statement);
        note_assignments(statement, in_block, found_.assignments);
        if (!in_block && (take_assignment(statement) || take_call(statement))) return;
        note_computed(statement);
    }

    GitlabRb result() {
        found_.computed.assign(computed_.begin(), computed_.end());
        return std::move(found_);
    }

  private:
    // A setting and what lies beneath it ("gitlab_rails.backup" and "gitlab_rails.backup.path").
    void forget(const std::string& key) {
        const auto erase = [&](auto& settings, const auto& name_of) {
            settings.erase(key);
            const auto beneath = key + ".";
            auto from = settings.lower_bound(beneath);
            while (from != settings.end() && name_of(*from).starts_with(beneath)) from = settings.erase(from);
        };
        erase(found_.literals, [](const auto& item) -> const std::string& { return item.first; });
        erase(computed_, [](const auto& item) -> const std::string& { return item; });
        if (key == "roles") found_.roles.clear();
    }

    void set_computed(const std::string& key) {
        forget(key);
        computed_.insert(key);
    }

    void set(const std::string& key, Tokens value) {
        if (value.size() == 1 && value[0].is_word("nil")) return forget(key);  // as if not set
        auto literal = literal_of(value);
        if (!literal) return set_computed(key);
        forget(key);
        found_.literals[key] = std::move(*literal);
    }

    bool take_assignment(Tokens statement) {
        const auto key = key_at(statement, 0);
        if (key.name.empty() || key.end + 1 >= statement.size() || !statement[key.end].is_mark("="))
            return false;
        const auto value = statement.subspan(key.end + 1);
        const bool plain = literal_of(value) || (value.size() == 1 && value[0].is_word("nil"));
        if (plain) set(key.name, value);
        return plain;
    }

    bool take_call(Tokens statement) {
        const auto& name = statement[0];
        if (name.kind != Kind::word || !is_setting_call(name.text) || statement.size() < 2) return false;
        const auto value = without_brackets(statement.subspan(1), "(", ")");
        if (name.text != "roles") {
            if (!value.empty() && value[0].kind == Kind::mark && value[0].text != "-") return false;
            set(name.text, value);
            return true;
        }
        auto names = names_of(value);
        if (!names) return false;
        forget(name.text);
        found_.roles = std::move(*names);
        return true;
    }

    void note_computed(Tokens statement) {
        for (std::size_t at = 0; at < statement.size(); ++at) {
            const auto key = key_at(statement, at);
            if (!key.name.empty() && changes_value(statement, key.end)) set_computed(key.name);
            if (statement[at].kind != Kind::word) continue;
            const bool set = is_setting_call(statement[at].text) && calls(statement, at);
            if (set || evaluates(statement, at)) set_computed(statement[at].text);
        }
    }

    void note_includes(Tokens statement) {
        for (std::size_t at = 0; at < statement.size(); ++at) {
            if (!takes_in(statement, at)) continue;
            if (const auto path = taken_in(statement, at)) {
                found_.includes.push_back(*path);
            } else {
                set_computed("from_file");
            }
        }
    }

    void note_unclear(Tokens statement) {
        for (std::size_t at = 0; at < statement.size(); ++at) {
            const auto what = unclear_at(statement, at, locals_);
            if (what.empty()) continue;
            const auto line = statement[at].line;
            if (!found_.unclear) found_.unclear = UnclearLine{line, std::string(what)};
            if (line != std::exchange(last_unclear_, line) && line != found_.unclear->line)
                ++found_.unclear->more;
        }
    }

    GitlabRb found_;
    std::set<std::string> computed_;
    RubyLocals locals_;
    std::uint32_t last_unclear_ = 0;
};

}  // namespace

std::optional<std::string> GitlabRb::literal(std::string_view key) const {
    const auto found = literals.find(key);
    return found == literals.end() ? std::nullopt : std::optional(found->second);
}

Result<GitlabRb> parse_gitlab_rb(std::string_view text, std::string_view source) {
    if (!is_plain_text(text)) return malformed(std::string(source), "binary, or not UTF-8");
    const auto tokens = ruby_tokens(text, source);
    if (!tokens) return tokens.error();
    RubyStatements statements(*tokens);
    Settings settings;
    for (auto statement = statements.next(); !statement.empty(); statement = statements.next()) {
        settings.take(statement, statements.depth());
    }
    if (statements.torn()) return malformed(std::string(source), "a bracket is not closed");
    return settings.result();
}

}  // namespace preflight::probes
