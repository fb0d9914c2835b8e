// Layout: lines of text within a width: wrapped paragraphs, labelled rows, tables, ink.
//
// The text that comes in must be visible (visible.h). A word wider than its room stands alone on its line,
// whole: a broken path or address could not be copied. Tables break a word only if no line could hold it. Not
// thread-safe; one sheet for one report.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "readiness/render/render.h"

namespace preflight::readiness::render {

enum class Ink { plain, bold, red, yellow, green, faint };

// The text as one word for wrap(), which shows it with its spaces again.
std::string kept_together(std::string_view text);

// The words of `text` in lines of at most `width` columns.
std::vector<std::string> wrap(std::string_view text, int width);

// A command's words in lines of at most `width` columns, joined by backslashes: pasted together they run.
std::vector<std::string> wrap_command(const std::vector<std::string>& words, int width);

// "a, b, c" where that fits into `width` columns, else "a, b and 5 more".
std::string joined(const std::vector<std::string>& names, int width);
// "a, b, c", however many: where each of them has something to be done on it.
std::string joined_whole(const std::vector<std::string>& names);

struct Column {
    std::string heading;
    bool whole = false;  // its cells are not wrapped
};

class Sheet {
  public:
    explicit Sheet(const TextStyle& style);

    void blank() { out_ += '\n'; }
    // Wrapped; the lines after the first are indented by `hang` columns.
    void paragraph(std::string_view text, Ink ink = Ink::plain, int hang = 0);
    // "   - text": the mark set in by `indent` columns, all lines of the text right of it.
    void item(std::string_view mark, std::string_view text, int indent, Ink ink = Ink::plain);
    // "   Found        lines…", the lines below each other; a label too wide for its room stands above them.
    void row(std::string_view label, const std::vector<std::string>& lines, Ink ink = Ink::plain);
    void row(std::string_view label, std::string_view text) { row(label, wrap(text, body_width())); }
    // Every line starts `indent` columns from the left.
    void indented(std::string_view text, int indent, Ink ink = Ink::plain);
    // Every row has as many cells as there are columns. Indented as rows are, so that no cell can pass for a
    // heading of ours. Where the width is too small even with all cells wrapped, it becomes a list.
    void table(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);

    int width() const { return width_; }
    int body_width() const;  // of a row, right of its label

    std::string text() && { return std::move(out_); }

  private:
    void line(std::string_view text, Ink ink);
    void list(const std::vector<Column>& columns, const std::vector<std::vector<std::string>>& rows);

    int width_;
    bool colour_;
    std::string out_;
};

}  // namespace preflight::readiness::render
