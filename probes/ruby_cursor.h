// RubyCursor: a place in Ruby text, and what must be read or passed over as a whole: quoted text, heredocs,
// comments.
//
// The first problem ends it: the place jumps to the end and `problem` says why, with the line and no content.
#pragma once

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace preflight::probes {

// Of what a Ruby name is made; bytes above ASCII count too.
bool is_ruby_word_letter(char letter);

class RubyCursor {
  public:
    struct Quoted {
        std::string text;
        bool computed = false;  // interpolation, or an escape that is not read
    };

    RubyCursor(std::string_view text, std::string_view source) : text_(text), source_(source) {}

    bool at_end() const { return at_ >= text_.size(); }
    std::size_t place() const { return at_; }
    char peek(std::size_t ahead = 0) const { return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0'; }
    std::string_view rest() const { return text_.substr(at_); }
    std::string_view since(std::size_t place) const { return text_.substr(place, at_ - place); }
    std::string_view between(std::size_t from, std::size_t to) const { return text_.substr(from, to - from); }
    void skip(std::size_t bytes) { at_ = std::min(at_ + bytes, text_.size()); }
    void skip_line();

    // From behind the opening mark to behind the closing one; pairs of brackets nest.
    Quoted quoted_until(char opening, char close, bool interpolates);
    // From the start of the line behind a heredoc's opening to behind its terminator.
    void skip_heredoc(std::string_view terminator, bool indented);
    // =begin … =end, and __END__ with all that follows: they count at the start of a line alone.
    void skip_blocks();

    // `from` is the place whose line is told.
    void fail(std::size_t from, std::string_view detail, Problem::Cause cause = v1::Gap::MALFORMED);
    const std::optional<Problem>& problem() const { return problem_; }

  private:
    void escape(Quoted& quoted, char opening, char close, bool interpolates);
    void skip_interpolation();

    std::string_view text_;
    std::string_view source_;
    std::size_t at_ = 0;
    int nesting_ = 0;
    std::optional<Problem> problem_;
};

}  // namespace preflight::probes
