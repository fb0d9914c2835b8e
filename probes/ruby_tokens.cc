#include "probes/ruby_tokens.h"

#include <algorithm>
#include <array>
#include <utility>

#include "probes/config_text.h"
#include "probes/ruby_cursor.h"

namespace preflight::probes {
namespace {

using Kind = RubyToken::Kind;

constexpr std::size_t token_limit = 200'000;

// Longest first.
constexpr std::array<std::string_view, 32> operators{
    "<=>", "===", "**=", "||=", "&&=", "<<=", ">>=", "...", "==", "=>", "=~", "!=", "!~", "<=", ">=", "&&",
    "||",  "<<",  ">>",  "+=",  "-=",  "*=",  "/=",  "%=",  "|=", "&=", "^=", "**", "..", "::", "&.", "->"};

bool is_word_start(char letter) {
    return (is_ruby_word_letter(letter) && !is_digit(letter)) || letter == '@' || letter == '$';
}

bool is_blank(char letter) { return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\f'; }

char closing(char opening) {
    switch (opening) {
        case '(':
            return ')';
        case '[':
            return ']';
        case '{':
            return '}';
        case '<':
            return '>';
        default:
            return opening;
    }
}

struct Heredoc {
    std::string terminator;
    bool indented = false;
};

class Lexer {
  public:
    Lexer(std::string_view text, std::string_view source) : cursor_(text, source) {}

    Result<std::vector<RubyToken>> run() {
        if (cursor_.rest().starts_with("\xef\xbb\xbf")) cursor_.skip(3);
        cursor_.skip_blocks();
        while (!cursor_.at_end()) step();
        if (!heredocs_.empty()) cursor_.fail(cursor_.place(), "a heredoc does not end");
        if (cursor_.problem()) return *cursor_.problem();
        return std::move(tokens_);
    }

  private:
    char peek(std::size_t ahead = 0) const { return cursor_.peek(ahead); }

    void push(Kind kind, std::string text = {}) {
        if (tokens_.size() == token_limit)
            return cursor_.fail(cursor_.place(), "too many tokens", v1::Gap::TOO_LARGE);
        tokens_.push_back({kind, blank_, std::move(text), line_});
        blank_ = false;
    }

    void step() {
        count_lines();
        const char letter = peek();
        const bool joined_line = letter == '\\' && peek(1) == '\n';
        if (letter == '\n') return line_end();
        if (is_blank(letter) || joined_line) {
            blank_ = true;
            return cursor_.skip(joined_line ? 2 : 1);
        }
        if (letter == '#') return cursor_.skip_line();
        if (is_word_start(letter)) return word();
        if (is_digit(letter)) return number();
        if (letter == '\'' || letter == '"' || letter == '`') return quote();
        if (!special()) mark();
    }

    // Up to here: a token is pushed when its end was read, and has the line of its beginning.
    void count_lines() {
        line_ +=
            static_cast<std::uint32_t>(std::ranges::count(cursor_.between(counted_, cursor_.place()), '\n'));
        counted_ = cursor_.place();
    }

    void line_end() {
        cursor_.skip(1);
        if (!tokens_.empty() && tokens_.back().kind != Kind::line_end) push(Kind::line_end);
        blank_ = true;
        for (const auto& heredoc : std::exchange(heredocs_, {})) {
            cursor_.skip_heredoc(heredoc.terminator, heredoc.indented);
        }
        cursor_.skip_blocks();
    }

    void word() {
        const auto start = cursor_.place();
        cursor_.skip(1);
        while (is_ruby_word_letter(peek()) || peek() == '@') cursor_.skip(1);
        if ((peek() == '?' || peek() == '!') && peek(1) != '=') cursor_.skip(1);
        push(Kind::word, std::string(cursor_.since(start)));
    }

    void number() {
        std::string digits;
        while (is_ruby_word_letter(peek()) || (peek() == '.' && is_digit(peek(1)))) {
            if (peek() != '_') digits += peek();
            cursor_.skip(1);
        }
        push(Kind::number, std::move(digits));
    }

    void quote() {
        const char mark = peek();
        cursor_.skip(1);
        push_quoted(cursor_.quoted_until(mark, mark, mark != '\''), mark == '`');
    }

    void push_quoted(RubyCursor::Quoted quoted, bool computed) {
        if (computed || quoted.computed) return push(Kind::computed);
        push(Kind::text, std::move(quoted.text));
    }

    bool after_value() const {
        if (tokens_.empty()) return false;
        const auto& last = tokens_.back();
        if (last.kind == Kind::line_end) return false;
        if (last.kind == Kind::mark) return last.text == ")" || last.text == "]" || last.text == "}";
        constexpr std::array<std::string_view, 13> expecting{"if",     "unless", "while", "until", "and",
                                                             "or",     "not",    "then",  "else",  "when",
                                                             "return", "in",     "do"};
        return last.kind != Kind::word || std::ranges::find(expecting, last.text) == expecting.end();
    }

    // Whether a literal may begin here: not behind a value, or as the argument of a call without parentheses.
    bool literal_may_begin(char next) const {
        if (!after_value()) return true;
        return tokens_.back().kind == Kind::word && blank_ && !is_blank(next) && next != '\n' && next != '=';
    }

    bool special() {
        switch (peek()) {
            case '%':
                return percent();
            case '/':
                return regular_expression();
            case '<':
                return heredoc();
            case ':':
                return symbol();
            case '?':
                return letter_literal();
            default:
                return false;
        }
    }

    bool percent() {
        if (!literal_may_begin(peek(1))) return false;
        constexpr std::string_view kinds = "wWiIqQxrs";
        const bool named = peek(1) != '\0' && kinds.find(peek(1)) != std::string_view::npos;
        const char kind = named ? peek(1) : 'Q';
        const char opening = peek(named ? 2 : 1);
        if (opening == '\0' || is_ruby_word_letter(opening) || is_blank(opening) || opening == '\n')
            return false;
        cursor_.skip(named ? 3 : 2);
        const bool interpolates = kind != 'w' && kind != 'i' && kind != 'q' && kind != 's';
        auto quoted = cursor_.quoted_until(opening, closing(opening), interpolates);
        if ((kind == 'w' || kind == 'W') && !quoted.computed) {
            std::string joined;
            for (const auto word : split(quoted.text, " \t\r\n"))
                joined.append(joined.empty() ? "" : "\n").append(word);
            push(Kind::words, std::move(joined));
        } else {
            push_quoted(std::move(quoted), kind != 'q' && kind != 'Q');
        }
        return true;
    }

    bool regular_expression() {
        if (!literal_may_begin(peek(1))) return false;
        cursor_.skip(1);
        cursor_.quoted_until('/', '/', true);
        push(Kind::computed);
        while (is_ruby_word_letter(peek())) cursor_.skip(1);
        return true;
    }

    bool heredoc() {
        if (peek(1) != '<') return false;
        const bool indented = peek(2) == '~' || peek(2) == '-';
        const std::size_t lead = indented ? 3 : 2;
        const char first = peek(lead);
        const bool quoted = first == '\'' || first == '"' || first == '`';
        if (!quoted && !is_word_start(first)) return false;
        // Without a mark of its own it may be a shift or an append; Ruby looks at what stands before, and so
        // do we.
        const bool upper = first >= 'A' && first <= 'Z';
        if (!indented && (!literal_may_begin(first) || (!quoted && !upper))) return false;
        auto name = cursor_.rest().substr(lead + (quoted ? 1 : 0));
        const auto ends = [&](char letter) {
            return quoted ? letter == first : !is_ruby_word_letter(letter);
        };
        name = name.substr(0, static_cast<std::size_t>(std::ranges::find_if(name, ends) - name.begin()));
        if (name.find('\n') != std::string_view::npos) return false;
        heredocs_.push_back({std::string(name), indented});
        cursor_.skip(lead + name.size() + (quoted ? 2 : 0));
        push(Kind::computed);
        return true;
    }

    bool symbol() {
        const bool label = !blank_ && !tokens_.empty() &&
                           (tokens_.back().kind == Kind::word || tokens_.back().kind == Kind::text);
        if (label || !is_word_start(peek(1))) return false;
        cursor_.skip(1);
        const auto start = cursor_.place();
        while (is_ruby_word_letter(peek())) cursor_.skip(1);
        push(Kind::symbol, std::string(cursor_.since(start)));
        return true;
    }

    // ?x is the string "x"; rare, but ?' would open a string that is none.
    bool letter_literal() {
        if (after_value() || peek(1) == '\0' || is_blank(peek(1)) || peek(1) == '\n' ||
            is_ruby_word_letter(peek(2)))
            return false;
        cursor_.skip(2);
        push(Kind::computed);
        return true;
    }

    void mark() {
        const auto found =
            std::ranges::find_if(operators, [&](auto known) { return cursor_.rest().starts_with(known); });
        const auto length = found == operators.end() ? 1 : found->size();
        push(Kind::mark, std::string(cursor_.rest().substr(0, length)));
        cursor_.skip(length);
    }

    RubyCursor cursor_;
    bool blank_ = false;
    std::uint32_t line_ = 1;
    std::size_t counted_ = 0;  // the place that line_ is of
    std::vector<Heredoc> heredocs_;
    std::vector<RubyToken> tokens_;
};

}  // namespace

Result<std::vector<RubyToken>> ruby_tokens(std::string_view text, std::string_view source) {
    return Lexer(text, source).run();
}

}  // namespace preflight::probes
