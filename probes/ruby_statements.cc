#include "probes/ruby_statements.h"

#include <algorithm>
#include <array>
#include <utility>

#include "probes/ruby_words.h"

namespace preflight::probes {
namespace {

using Kind = RubyToken::Kind;

}  // namespace

std::vector<RubyToken> RubyStatements::next() {
    std::vector<RubyToken> statement;
    depth_ = blocks_;
    loop_ = false;
    for (; at_ < tokens_.size(); ++at_) {
        const auto& token = tokens_[at_];
        count_brackets(token);
        const bool line_end = token.kind == Kind::line_end;
        if (brackets_ == 0 && (line_end ? ends_here(statement) : token.is_mark(";"))) {
            if (statement.empty()) continue;
            ++at_;
            return statement;
        }
        if (token.kind == Kind::word) count_block(token.text, statement.empty());
        if (!line_end) statement.push_back(token);
    }
    return statement;
}

void RubyStatements::count_brackets(const RubyToken& token) {
    if (token.is_mark("(") || token.is_mark("[") || token.is_mark("{")) ++brackets_;
    const bool closes = token.is_mark(")") || token.is_mark("]") || token.is_mark("}");
    if (closes && brackets_ > 0) --brackets_;
}

// A line that ends in an operator goes on, and so does one whose successor begins with a dot.
bool RubyStatements::ends_here(const std::vector<RubyToken>& statement) const {
    if (statement.empty()) return true;
    constexpr std::array<std::string_view, 5> closed{")", "]", "}", "|", "?"};
    const auto& last = statement.back();
    if (last.kind == Kind::mark && !is_one_of(last.text, closed)) return false;
    if (last.is_word("and") || last.is_word("or") || last.is_word("not")) return false;
    return at_ + 1 >= tokens_.size() || (!tokens_[at_ + 1].is_mark(".") && !tokens_[at_ + 1].is_mark("&."));
}

bool RubyStatements::is_keyword() const {
    if (at_ > 0) {
        const auto& before = tokens_[at_ - 1];
        if (before.is_mark(".") || before.is_mark("&.") || before.is_word("def")) return false;
    }
    return at_ + 1 >= tokens_.size() || !tokens_[at_ + 1].is_mark(":") || tokens_[at_ + 1].blank_before;
}

// `x if y` opens nothing, `if y` and `a = if y` do.
bool RubyStatements::opens_condition(bool first) const {
    if (first || at_ == 0) return true;
    constexpr std::array<std::string_view, 6> openers{"and", "or", "not", "then", "else", "do"};
    const auto& before = tokens_[at_ - 1];
    if (before.kind == Kind::word) return is_one_of(before.text, openers);
    if (before.kind == Kind::line_end) return true;
    return before.kind == Kind::mark && !before.is_mark(")") && !before.is_mark("]") && !before.is_mark("}");
}

void RubyStatements::count_block(std::string_view word, bool first) {
    constexpr std::array<std::string_view, 6> always{"case", "begin", "def", "class", "module", "for"};
    constexpr std::array<std::string_view, 4> conditions{"if", "unless", "while", "until"};
    if (!is_keyword()) return;
    if (word == "end") {
        if (blocks_ > 0) --blocks_;
    } else if (word == "do") {
        if (!std::exchange(loop_, false)) ++blocks_;  // `while x do` has one end
    } else if (is_one_of(word, always) || (is_one_of(word, conditions) && opens_condition(first))) {
        ++blocks_;
        loop_ = loop_ || word == "while" || word == "until" || word == "for";
    }
}

}  // namespace preflight::probes
