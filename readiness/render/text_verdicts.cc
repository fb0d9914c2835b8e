#include "readiness/render/text_verdicts.h"

#include <fmt/format.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "readiness/render/evidence.h"
#include "readiness/render/shell.h"
#include "readiness/render/summary.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

// A terminal is for deciding; the full list is in the page and in the JSON.
constexpr std::size_t evidence_most = 6;

Ink ink_of(v1::Level level) {
    switch (level) {
        case v1::BLOCKER:
            return Ink::red;
        case v1::UNKNOWN:
        case v1::WARNING:
            return Ink::yellow;
        case v1::READY:
            return Ink::green;
        default:
            return Ink::bold;
    }
}

std::string evidence_words(const EvidenceGroup& group, const NodeNames& names, int width) {
    std::string words = group.nodes.empty() ? "" : joined(shown_all(group.nodes, names), width) + ": ";
    auto time = group.taken.words();
    if (columns(time) <= width / 2) time = kept_together(time);
    const auto& what = group.what.empty() ? group.source : group.what;
    if (what.empty()) return words + time;
    if (group.what.empty() || group.source.empty()) return words + fmt::format("{} ({})", what, time);
    return words + fmt::format("{} ({}, {})", what, group.source, time);
}

void write_evidence(Sheet& sheet, const v1::Verdict& verdict, const NodeNames& names) {
    const auto groups = grouped_evidence(verdict);
    std::string_view label = "Evidence";
    for (std::size_t i = 0; i < groups.size() && i < evidence_most; ++i) {
        sheet.row(label, evidence_words(groups[i], names, sheet.body_width()));
        label = "";
    }
    if (groups.size() <= evidence_most) return;
    sheet.row("", fmt::format("and {} more, in the HTML and JSON reports", groups.size() - evidence_most));
}

// Set in, so that commands stand out without colour.
std::vector<std::string> command_lines(const Sheet& sheet, const v1::Command& command) {
    constexpr int indent = 2;
    auto lines = wrap_command(shell_words(command), sheet.body_width() - indent);
    for (auto& line : lines) line.insert(0, indent, ' ');
    return lines;
}

std::string title_of(const v1::Verdict& verdict) {
    const auto check = visible(verdict.check());
    return verdict.title().empty() ? check : fmt::format("{} ({})", visible(verdict.title()), check);
}

void write_block(Sheet& sheet, const LevelWords& words, const v1::Verdict& verdict, const NodeNames& names) {
    sheet.blank();
    sheet.paragraph(fmt::format("{} {}", words.mark, title_of(verdict)), ink_of(words.level), 3);
    const auto nodes = shown_all(verdict.nodes(), names);
    sheet.row("Where", nodes.empty() ? "the instance" : joined(nodes, sheet.body_width()));
    sheet.row("Found", visible(verdict.summary()));
    sheet.row("Consequence", visible(verdict.consequence()));
    sheet.row("Remedy", visible(verdict.remedy()));
    std::string_view label = verdict.remedy().empty() ? "Remedy" : "";
    for (const auto& command : verdict.commands()) {
        sheet.row(label, command_lines(sheet, command), Ink::bold);
        label = "";
    }
    sheet.row("Verify", command_lines(sheet, verdict.verify()), Ink::bold);
    write_evidence(sheet, verdict, names);
    label = "Read";
    for (const auto& link : verdict.links()) {
        sheet.row(label, visible(link));
        label = "";
    }
}

void write_line(Sheet& sheet, const LevelWords& words, const v1::Verdict& verdict, const NodeNames& names) {
    std::string line = fmt::format("{} {}", words.mark, title_of(verdict));
    if (!verdict.summary().empty()) line += ": " + visible(verdict.summary());
    const auto nodes = shown_all(verdict.nodes(), names);
    if (!nodes.empty()) line += " [" + joined(nodes, sheet.width() / 2) + "]";
    sheet.paragraph(line, Ink::plain, 2);
}

}  // namespace

void write_verdicts(Sheet& sheet, const v1::Report& report, const NodeNames& names) {
    for (const auto& words : level_words()) {
        const auto verdicts = verdicts_of(report, words.level);
        if (verdicts.empty()) continue;
        const bool short_form = words.level == v1::READY || words.level == v1::NOT_APPLICABLE;
        sheet.blank();
        sheet.paragraph(fmt::format("== {}: {}", words.heading, verdicts.size()), ink_of(words.level));
        if (short_form) sheet.blank();
        for (const auto* verdict : verdicts) {
            if (short_form) {
                write_line(sheet, words, *verdict, names);
            } else {
                write_block(sheet, words, *verdict, names);
            }
        }
    }
}

}  // namespace preflight::readiness::render
