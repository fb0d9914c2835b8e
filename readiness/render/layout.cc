#include "readiness/render/layout.h"

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

// As wrap(), and words that are too wide are cut. At least one line.
std::vector<std::string> wrap_cell(std::string_view text, int width) {
    std::vector<std::string> lines;
    for (const auto& line : wrap(text, width)) {
        for (std::string_view rest = line; !rest.empty();) {
            const auto part = first_columns(rest, width);
            lines.emplace_back(part);
            rest.remove_prefix(part.size());
        }
    }
    if (lines.empty()) lines.emplace_back();
    return lines;
}

int longest_word(std::string_view text) {
    int longest = 0;
    for (const auto word : words_of(text)) longest = std::max(longest, columns(word));
    return longest;
}

// How wide each column is: as its widest cell where that fits; otherwise the widest columns give way, first
// those that can do so without cutting a word.
std::vector<int> column_widths(const std::vector<Row>& rows, int available) {
    std::vector<int> wanted(rows.front().size(), column_least);
    std::vector<int> uncut(rows.front().size(), column_least);
    for (const auto& row : rows) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            wanted[i] = std::min(std::max(wanted[i], columns(row[i])), available);
            uncut[i] = std::max(uncut[i], longest_word(row[i]));
        }
    }
    while (std::accumulate(wanted.begin(), wanted.end(), 0) > available) {
        std::size_t widest = wanted.size();
        for (std::size_t i = 0; i < wanted.size(); ++i) {
            if (wanted[i] <= uncut[i]) continue;
            if (widest == wanted.size() || wanted[i] > wanted[widest]) widest = i;
        }
        if (widest == wanted.size()) {
            widest =
                static_cast<std::size_t>(std::max_element(wanted.begin(), wanted.end()) - wanted.begin());
        }
        if (wanted[widest] <= column_least) break;
        --wanted[widest];
    }
    return wanted;
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

void Sheet::paragraph_at(int indent, std::string_view text) {
    for (const auto& part : wrap(text, width_ - indent)) line(spaces(indent) + part, Ink::plain);
}

void Sheet::paragraph(std::string_view text, Ink ink, int hang) {
    bool first = true;
    for (const auto& part : wrap(text, width_ - hang)) {
        line(first ? part : spaces(hang) + part, ink);
        first = false;
    }
}

void Sheet::row(std::string_view label, const std::vector<std::string>& lines, Ink ink) {
    if (lines.empty()) return;
    std::string start = spaces(label_indent) + std::string(label);
    if (columns(label) > label_width - column_gap) {
        paragraph_at(label_indent, label);
        start.clear();
    }
    for (const auto& part : lines) {
        out_ += start + spaces(label_indent + label_width - columns(start));
        line(part, ink);
        start.clear();
    }
}

void Sheet::table(const std::vector<std::string>& heading, const std::vector<Row>& rows) {
    std::vector<Row> all{heading};
    all.insert(all.end(), rows.begin(), rows.end());
    const int gaps = column_gap * (static_cast<int>(heading.size()) - 1);
    const auto widths = column_widths(all, width_ - label_indent - gaps);
    for (std::size_t r = 0; r < all.size(); ++r) {
        std::vector<std::vector<std::string>> cells;
        std::size_t height = 1;
        for (std::size_t i = 0; i < all[r].size(); ++i) {
            cells.push_back(wrap_cell(all[r][i], widths[i]));
            height = std::max(height, cells.back().size());
        }
        for (std::size_t number = 0; number < height; ++number) {
            line(spaces(label_indent) + table_line(cells, widths, number), r == 0 ? Ink::bold : Ink::plain);
        }
    }
}

}  // namespace preflight::readiness::render
