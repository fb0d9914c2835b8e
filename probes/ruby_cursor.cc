#include "probes/ruby_cursor.h"

#include "probes/text.h"

namespace preflight::probes {
namespace {

constexpr int nesting_limit = 32;

}  // namespace

bool is_ruby_word_letter(char letter) {
    const auto code = static_cast<unsigned char>(letter);
    return is_digit(letter) || (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           letter == '_' || code >= 0x80;
}

void RubyCursor::skip_line() { at_ = std::min(text_.find('\n', at_), text_.size()); }

RubyCursor::Quoted RubyCursor::quoted_until(char opening, char close, bool interpolates) {
    const auto from = at_;
    Quoted quoted;
    for (int depth = 1; !at_end();) {
        const char letter = text_[at_++];
        if (letter == '\\') {
            escape(quoted, opening, close, interpolates);
            continue;
        }
        if (letter == close && --depth == 0) return quoted;
        if (letter == opening && opening != close) ++depth;
        if (interpolates && letter == '#' && (peek() == '{' || peek() == '@' || peek() == '$')) {
            quoted.computed = true;
            if (peek() == '{') skip_interpolation();
            continue;
        }
        quoted.text += letter;
    }
    fail(from, "a string does not end");
    return quoted;
}

void RubyCursor::escape(Quoted& quoted, char opening, char close, bool interpolates) {
    if (at_end()) return;
    const char letter = text_[at_++];
    if (!interpolates) {
        if (letter != close && letter != opening && letter != '\\') quoted.text += '\\';
        quoted.text += letter;
        return;
    }
    constexpr std::string_view named = "nts";
    constexpr std::string_view meant = "\n\t ";
    const auto place = named.find(letter);
    if (place != std::string_view::npos) {
        quoted.text += meant[place];
    } else if (letter == '\n') {
        return;  // the string goes on without the end of line
    } else if (is_ruby_word_letter(letter)) {
        quoted.computed = true;  // \u, \x, octal, control: rare enough not to be read
    } else {
        quoted.text += letter;
    }
}

// "#{ENV["A"]}": quotes inside have their own ends.
void RubyCursor::skip_interpolation() {
    if (++nesting_ > nesting_limit) fail(at_, "too deep", v1::Gap::TOO_LARGE);
    skip(1);
    for (int depth = 1; !at_end() && depth > 0;) {
        const char letter = text_[at_++];
        if (letter == '{') ++depth;
        if (letter == '}') --depth;
        if (letter == '\'' || letter == '"' || letter == '`') quoted_until(letter, letter, letter != '\'');
    }
    --nesting_;
}

void RubyCursor::skip_heredoc(std::string_view terminator, bool indented) {
    const auto from = at_;
    while (!at_end()) {
        auto line = rest().substr(0, rest().find('\n'));
        skip(line.size() + 1);
        if (line.ends_with('\r')) line.remove_suffix(1);
        if (indented) line = trimmed(line);
        if (line == terminator) return;
    }
    fail(from, "a heredoc does not end");
}

void RubyCursor::skip_blocks() {
    while (rest().starts_with("=begin") && !is_ruby_word_letter(peek(6))) {
        const auto end = text_.find("\n=end", at_);
        if (end == std::string_view::npos) return fail(at_, "a comment block does not end");
        at_ = end + 1;
        skip_line();
        skip(1);
    }
    const auto line = rest().substr(0, rest().find('\n'));
    if (line == "__END__" || line == "__END__\r") at_ = text_.size();
}

void RubyCursor::fail(std::size_t from, std::string_view detail, Problem::Cause cause) {
    if (problem_) return;
    const auto line = 1 + std::ranges::count(text_.substr(0, std::min(from, text_.size())), '\n');
    problem_ = Problem{cause, std::string(source_), std::string(detail) + ", line " + std::to_string(line)};
    at_ = text_.size();
}

}  // namespace preflight::probes
