#include "readiness/render/layout.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <numeric>

#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

constexpr int width_least = 40;  // below this nothing is readable
constexpr int width_most = 1000;
constexpr int label_indent = 3;
constexpr int label_width = 13;
constexpr std::string_view no_break_space = "\xC2\xA0";  // U+00A0
constexpr int column_gap = 2;
constexpr int column_least = 4;

using Row = std::vector<std::string>;

std::string spaces(int count) { return std::string(static_cast<std::size_t>(std::max(count, 0)), ' '); }

std::vector<std::string_view> words_of(std::string_view text) {
    std::vector<std::string_view> words;
    while (!text.empty()) {
        const auto end = std::min(text.find(' '), text.size());
        if (end > 0) words.push_back(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
    }
    return words;
}

// As wrap(), and words that are too wide are cut.
std::vector<std::string> wrap_cut(std::string_view text, int width) {
    std::vector<std::string> lines;
    for (const auto& line : wrap(text, width)) {
        for (std::string_view rest = line; !rest.empty();) {
            const auto part = first_columns(rest, width);
            lines.emplace_back(part);
            rest.remove_prefix(part.size());
        }
    }
    return lines;
}

int longest_word(std::string_view text) {
    int longest = 0;
    for (const auto word : words_of(text)) longest = std::max(longest, columns(word));
    return longest;
}

struct Widths {
    std::vector<int> wanted;  // no cell is wrapped
    std::vector<int> least;   // no word is cut
};

Widths widths_of(const std::vector<Column>& columns, const std::vector<Row>& rows) {
    Widths widths;
    for (std::size_t i = 0; i < columns.size(); ++i) {
        int wanted = std::max(column_least, render::columns(columns[i].heading));
        int least = columns[i].whole ? wanted : std::max(column_least, longest_word(columns[i].heading));
        for (const auto& row : rows) {
            const int wide = render::columns(row[i]);
            wanted = std::max(wanted, wide);
            least = std::max(least, columns[i].whole ? wide : longest_word(row[i]));
        }
        widths.wanted.push_back(wanted);
        widths.least.push_back(least);
    }
    return widths;
}

int sum(const std::vector<int>& numbers) { return std::accumulate(numbers.begin(), numbers.end(), 0); }

// As wide as wanted where that fits; otherwise the widest columns give way, as far as each can. The least
// widths must fit.
std::vector<int> fitted(const Widths& widths, int available) {
    auto fit = widths.wanted;
    for (auto& width : fit) width = std::min(width, available);
    while (sum(fit) > available) {
        std::size_t widest = fit.size();
        for (std::size_t i = 0; i < fit.size(); ++i) {
            if (fit[i] <= widths.least[i]) continue;
            if (widest == fit.size() || fit[i] > fit[widest]) widest = i;
        }
        if (widest == fit.size()) break;
        --fit[widest];
    }
    return fit;
}

std::string table_line(const std::vector<std::vector<std::string>>& cells, const std::vector<int>& widths,
                       std::size_t number) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
        const std::string cell = number < cells[i].size() ? cells[i][number] : std::string();
        line += cell + spaces(widths[i] - columns(cell) + column_gap);
    }
    line.erase(line.find_last_not_of(' ') + 1);
    return line;
}

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string out(text);
    for (auto at = out.find(from); at != std::string::npos; at = out.find(from, at + to.size()))
        out.replace(at, from.size(), to);
    return out;
}

std::string_view code_of(Ink ink) {
    switch (ink) {
        case Ink::bold:
            return "\x1b[1m";
        case Ink::red:
            return "\x1b[1;31m";
        case Ink::yellow:
            return "\x1b[1;33m";
        case Ink::green:
            return "\x1b[1;32m";
        case Ink::faint:
            return "\x1b[2m";
        case Ink::plain:
            break;
    }
    return "";
}

}  // namespace

std::string kept_together(std::string_view text) { return replaced(text, " ", no_break_space); }

std::vector<std::string> wrap(std::string_view text, int width) {
    std::vector<std::string> lines;
    int used = 0;
    for (const auto word : words_of(text)) {
        const int wide = columns(word);
        if (lines.empty() || used + 1 + wide > width) {
            lines.emplace_back(word);
            used = wide;
        } else {
            lines.back() += ' ';
            lines.back() += word;
            used += 1 + wide;
        }
    }
    for (auto& line : lines) line = replaced(line, no_break_space, " ");
    return lines;
}

std::vector<std::string> wrap_command(const std::vector<std::string>& words, int width) {
    std::vector<std::string> lines;
    int used = 0;
    for (const auto& word : words) {
        const int wide = columns(word);
        constexpr int backslash = 2;  // the room for " \" at the end of a line that goes on
        if (lines.empty()) {
            lines.push_back(word);
            used = wide;
        } else if (used + 1 + wide + backslash > width) {
            lines.back() += " \\";
            lines.push_back("  " + word);
            used = 2 + wide;
        } else {
            lines.back() += ' ' + word;
            used += 1 + wide;
        }
    }
    return lines;
}

std::string joined(const std::vector<std::string>& names, int width) {
    std::string text;
    for (std::size_t i = 0; i < names.size(); ++i) {
        const auto left = names.size() - i;
        const std::string more = " and " + std::to_string(left) + " more";
        const int room_for_more = left > 1 ? columns(more) : 0;
        if (i > 0 && columns(text) + 2 + columns(names[i]) + room_for_more > width) return text + more;
        if (i > 0) text += ", ";
        text += names[i];
    }
    return text;
}

std::string joined_whole(const std::vector<std::string>& names) {
    return fmt::format("{}", fmt::join(names, ", "));
}

Sheet::Sheet(const TextStyle& style)
    : width_(std::clamp(style.width, width_least, width_most)), colour_(style.colour) {}

int Sheet::body_width() const { return width_ - label_indent - label_width; }

void Sheet::line(std::string_view text, Ink ink) {
    const auto code = colour_ ? code_of(ink) : std::string_view();
    const auto start = std::min(text.find_first_not_of(' '), text.size());
    out_ += text.substr(0, start);
    out_ += code;
    out_ += text.substr(start);
    if (!code.empty()) out_ += "\x1b[0m";
    out_ += '\n';
}

void Sheet::indented(std::string_view text, int indent, Ink ink) {
    for (const auto& part : wrap(text, width_ - indent)) line(spaces(indent) + part, ink);
}

void Sheet::paragraph(std::string_view text, Ink ink, int hang) {
    bool first = true;
    for (const auto& part : wrap(text, width_ - hang)) {
        line(first ? part : spaces(hang) + part, ink);
        first = false;
    }
}

void Sheet::item(std::string_view mark, std::string_view text, int indent, Ink ink) {
    const int start = indent + columns(mark) + 1;
    std::string before = spaces(indent) + std::string(mark) + ' ';
    for (const auto& part : wrap(text, width_ - start)) {
        line(before + part, ink);
        before = spaces(start);
    }
}

void Sheet::row(std::string_view label, const std::vector<std::string>& lines, Ink ink) {
    if (lines.empty()) return;
    std::string start = spaces(label_indent) + std::string(label);
    if (columns(label) > label_width - column_gap) {
        indented(label, label_indent);
        start.clear();
    }
    for (const auto& part : lines) {
        out_ += start + spaces(label_indent + label_width - columns(start));
        line(part, ink);
        start.clear();
    }
}

void Sheet::table(const std::vector<Column>& columns, const std::vector<Row>& rows) {
    const int gaps = column_gap * (static_cast<int>(columns.size()) - 1);
    const int available = width_ - label_indent - gaps;
    const auto possible = widths_of(columns, rows);
    if (sum(possible.least) > available) return list(columns, rows);
    const auto widths = fitted(possible, available);
    const auto write = [&](const Row& row, Ink ink) {
        std::vector<std::vector<std::string>> cells;
        std::size_t height = 1;
        for (std::size_t i = 0; i < row.size(); ++i) {
            cells.push_back(wrap(row[i], widths[i]));
            height = std::max(height, cells.back().size());
        }
        for (std::size_t number = 0; number < height; ++number)
            line(spaces(label_indent) + table_line(cells, widths, number), ink);
    };
    Row heading;
    for (const auto& column : columns) heading.push_back(column.heading);
    write(heading, Ink::bold);
    for (const auto& row : rows) write(row, Ink::plain);
}

// A block for each row: its first cell, and below it the others, each with its heading.
void Sheet::list(const std::vector<Column>& columns, const std::vector<Row>& rows) {
    const int indent = 2 * label_indent;
    for (const auto& row : rows) {
        for (const auto& part : wrap_cut(row.front(), width_ - label_indent))
            line(spaces(label_indent) + part, Ink::bold);
        std::string rest;
        for (std::size_t i = 1; i < row.size(); ++i) {
            if (row[i].empty()) continue;
            rest += (rest.empty() ? "" : "; ") + columns[i].heading + ": " +
                    (columns[i].whole ? kept_together(row[i]) : row[i]);
        }
        for (const auto& part : wrap_cut(rest, width_ - indent)) line(spaces(indent) + part, Ink::plain);
    }
}

}  // namespace preflight::readiness::render
