#include "readiness/render/markdown_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>

#include "readiness/render/layout.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

// At least three, and more than any run of them within.
std::string fence_around(std::string_view lines) {
    std::size_t longest = 2;
    std::size_t run = 0;
    for (const char c : lines) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    return std::string(longest + 1, '`');
}

// Within <> nothing is escaped, so only what is harmless there passes.
bool is_web_address(std::string_view address) {
    constexpr std::string_view plain = "-._~:/?#[]@!$&'()*+,;=%";
    return address.starts_with("https://") && std::ranges::all_of(address, [&](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      plain.find(c) != std::string_view::npos;
           });
}

// Emphasis, code, links, images, markup, tables, and what GitLab takes for a reference: @user, #issue, !merge
// request, ~label, %milestone, &epic, $snippet.
std::string escaped(std::string_view text) {
    constexpr std::string_view acts = "\\`*_[]{}<>|~@#!%&$";
    std::string out;
    for (const char c : text) {
        if (acts.find(c) != std::string_view::npos) out += '\\';
        out += c;
    }
    return out;
}

// GitLab makes a link of it wherever it stands in a text, whatever is escaped in it: an address of the web or
// of mail.
bool would_link(std::string_view word) {
    std::string lower(word);
    std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return std::tolower(c); });
    const auto at = lower.find('@', 1);
    return lower.find("://") != std::string::npos || lower.find("www.") != std::string::npos ||
           (at != std::string::npos && at + 1 < lower.size());
}

// As code, which nothing acts on.
std::string as_code(std::string_view text) {
    std::size_t longest = 0;
    std::size_t run = 0;
    for (const char c : text) {
        run = c == '`' ? run + 1 : 0;
        longest = std::max(longest, run);
    }
    const std::string fence(longest + 1, '`');
    const auto* pad = longest == 0 ? "" : " ";
    return fence + pad + std::string(text) + pad + fence;
}

// A bar would end the cell of a table even within code.
std::string word_of(std::string_view word) {
    if (!would_link(word)) return escaped(word);
    std::string out;
    while (!word.empty()) {
        const auto end = std::min(word.find('|'), word.size());
        if (end > 0) out += as_code(word.substr(0, end));
        word.remove_prefix(end);
        if (word.empty()) break;
        out += "\\|";
        word.remove_prefix(1);
    }
    return out;
}

std::string row_of(const std::vector<std::string>& cells) {
    std::string row = "|";
    for (const auto& cell : cells) row += ' ' + markdown_escape(cell) + " |";
    return row + '\n';
}

}  // namespace

std::string markdown_escape(std::string_view foreign) {
    const auto shown = visible(foreign);
    std::string out;
    std::string_view rest = shown;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(' '), rest.size());
        out += word_of(rest.substr(0, end));
        rest.remove_prefix(end);
        const auto blanks = std::min(rest.find_first_not_of(' '), rest.size());
        out += rest.substr(0, blanks);
        rest.remove_prefix(blanks);
    }
    return out;
}

// Lists ("- a", "1. a"), the quick actions of GitLab (/close), and blanks, which make it code.
std::string markdown_escape_first(std::string_view foreign) {
    constexpr std::string_view acts = "/+-=:";
    auto text = markdown_escape(foreign);
    text.erase(0, text.find_first_not_of(' '));
    if (text.empty()) return text;
    if (acts.find(text.front()) != std::string_view::npos) return '\\' + text;
    const auto after_digits = text.find_first_not_of("0123456789");
    if (after_digits == 0 || after_digits == std::string::npos) return text;
    const bool numbered = text[after_digits] == '.' || text[after_digits] == ')';
    if (numbered && (after_digits + 1 == text.size() || text[after_digits + 1] == ' '))
        text.insert(after_digits, 1, '\\');
    return text;
}

void MarkdownText::empty_line() {
    if (!out_.empty() && !out_.ends_with("\n\n")) out_ += '\n';
}

void MarkdownText::heading(int level, std::string_view foreign) {
    empty_line();
    out_ += std::string(static_cast<std::size_t>(level), '#') + ' ' + markdown_escape(foreign) + "\n\n";
}

void MarkdownText::paragraph(std::string_view foreign) {
    if (foreign.empty()) return;
    empty_line();
    out_ += markdown_escape_first(foreign) + "\n\n";
}

void MarkdownText::item(std::string_view foreign) { out_ += "- " + markdown_escape_first(foreign) + '\n'; }

void MarkdownText::item(std::string_view label, std::string_view foreign) {
    if (!foreign.empty()) out_ += fmt::format("- **{}:** {}\n", label, markdown_escape(foreign));
}

void MarkdownText::link(std::string_view label, std::string_view address) {
    if (!is_web_address(address)) return item(label, address);
    out_ += fmt::format("- **{}:** <{}>\n", label, address);
}

void MarkdownText::commands(std::string_view label, const std::vector<const v1::Command*>& commands) {
    std::string lines;
    for (const auto* command : commands) lines += shell_line(*command) + '\n';
    if (lines.find_first_not_of('\n') == std::string::npos) return;
    empty_line();
    out_ += fmt::format("**{}:**\n\n", label);
    block("sh", lines);
}

void MarkdownText::block(std::string_view language, std::string_view lines) {
    const auto fence = fence_around(lines);
    empty_line();
    out_ += fmt::format("{}{}\n", fence, language);
    while (!lines.empty()) {
        const auto end = std::min(lines.find('\n'), lines.size());
        out_ += visible(lines.substr(0, end)) + '\n';
        lines.remove_prefix(std::min(end + 1, lines.size()));
    }
    out_ += fence + "\n\n";
}

void MarkdownText::table(const std::vector<std::string>& heading,
                         const std::vector<std::vector<std::string>>& rows) {
    empty_line();
    out_ += row_of(heading) + '|';
    for (std::size_t i = 0; i < heading.size(); ++i) out_ += " --- |";
    out_ += '\n';
    for (const auto& row : rows) out_ += row_of(row);
    out_ += '\n';
}

std::vector<const v1::Command*> pointers_to(const Commands& commands) {
    return {commands.pointer_begin(), commands.pointer_end()};
}

std::string named(const Texts& names) {
    constexpr int width = 400;
    return joined(visible_all(names), width);
}

}  // namespace preflight::readiness::render
