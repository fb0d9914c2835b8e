#include "readiness/render/text_verdicts.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "readiness/render/acceptances.h"
#include "readiness/render/summary.h"
#include "readiness/render/text_rows.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

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

void write_rows(Sheet& sheet, const v1::Verdict& verdict, const NodeNames& names, bool brief) {
    const auto nodes = shown_all(verdict.nodes(), names);
    sheet.row("Where", nodes.empty() ? "the instance" : joined(nodes, sheet.body_width()));
    sheet.row("Found", visible(verdict.summary()));
    sheet.row("Consequence", visible(verdict.consequence()));
    sheet.row("Remedy", visible(verdict.remedy()));
    write_commands(sheet, verdict.remedy().empty() ? "Remedy" : "", verdict.commands());
    if (!brief) write_command(sheet, "Verify", verdict.verify());
    write_evidence(sheet, verdict.evidence(), names, brief);
    if (!brief) write_links(sheet, verdict.links());
}

void write_block(Sheet& sheet, const LevelWords& words, const v1::Verdict& verdict, const NodeNames& names,
                 bool brief) {
    sheet.blank();
    sheet.paragraph(fmt::format("{} {}", words.mark, title_of(verdict)), ink_of(words.level), 3);
    write_rows(sheet, verdict, names, brief);
}

void write_line(Sheet& sheet, const LevelWords& words, const v1::Verdict& verdict, const NodeNames& names) {
    std::string line = fmt::format("{} {}", words.mark, title_of(verdict));
    if (!verdict.summary().empty()) line += ": " + visible(verdict.summary());
    const auto nodes = shown_all(verdict.nodes(), names);
    if (!nodes.empty()) line += " [" + joined(nodes, sheet.width() / 2) + "]";
    sheet.paragraph(line, Ink::plain, 2);
}

void write_lines(Sheet& sheet, const LevelWords& words, const std::vector<const v1::Verdict*>& verdicts,
                 const NodeNames& names) {
    sheet.blank();
    for (const auto* verdict : verdicts) write_line(sheet, words, *verdict, names);
}

// Accepted verdicts keep their level and stay whole: a person answers for them, they are not gone.
void write_accepted_verdict(Sheet& sheet, const v1::Report& report, const v1::Verdict& verdict,
                            const NodeNames& names, bool brief) {
    const auto& words = words_of(verdict.level());
    sheet.blank();
    sheet.paragraph(fmt::format("{} Accepted {}: {}", words.mark, words.one, title_of(verdict)), Ink::bold,
                    3);
    sheet.row("Accepted", acceptance_words(report, verdict));
    if (!brief) return write_rows(sheet, verdict, names, brief);
    const auto nodes = shown_all(verdict.nodes(), names);
    sheet.row("Where", nodes.empty() ? "the instance" : joined(nodes, sheet.body_width()));
    sheet.row("Found", visible(verdict.summary()));
}

void write_accepted(Sheet& sheet, const v1::Report& report, const NodeNames& names, bool brief) {
    if (!has_accepted(report)) return;
    const auto verdicts = accepted_verdicts(report);
    const auto others = attested(report);
    const auto idle = idle_acceptances(report);
    sheet.blank();
    sheet.paragraph(fmt::format("== Accepted: {}", verdicts.size()), Ink::bold);
    for (const auto* verdict : verdicts) write_accepted_verdict(sheet, report, *verdict, names, brief);
    if (!others.empty() || !idle.empty()) sheet.blank();
    for (const auto* use : others)
        sheet.paragraph(fmt::format("i {}", acceptance_words(*use)), Ink::plain, 2);
    for (const auto* use : idle)
        sheet.paragraph(fmt::format("- Not used, {}: {}", state_words(use->state()), acceptance_words(*use)),
                        Ink::plain, 2);
}

}  // namespace

void write_lost_acceptances(Sheet& sheet, const v1::Report& report) {
    const auto lost = lost_acceptances(report);
    if (lost.empty()) return;
    sheet.blank();
    sheet.paragraph(fmt::format("!! {}", lost_heading(lost.size())), Ink::red, 3);
    for (const auto* use : lost)
        sheet.item("-", fmt::format("{}: {}", state_words(use->state()), acceptance_words(*use)), 3,
                   Ink::red);
    sheet.indented(lost_meaning, 3);
}

void write_verdict_blocks(Sheet& sheet, const v1::Report& report, const NodeNames& names, bool brief) {
    for (const auto& words : level_words()) {
        const auto verdicts = verdicts_of(report, words.level);
        if (verdicts.empty() || words.short_form) continue;
        sheet.blank();
        sheet.paragraph(fmt::format("== {}: {}", words.heading, verdicts.size()), ink_of(words.level));
        if (brief && words.level == v1::NOTE) {
            write_lines(sheet, words, verdicts, names);
            continue;
        }
        for (const auto* verdict : verdicts) write_block(sheet, words, *verdict, names, brief);
    }
    write_accepted(sheet, report, names, brief);
}

void write_verdict_lines(Sheet& sheet, const v1::Report& report, const NodeNames& names) {
    for (const auto& words : level_words()) {
        const auto verdicts = verdicts_of(report, words.level);
        if (verdicts.empty() || !words.short_form) continue;
        sheet.blank();
        sheet.paragraph(fmt::format("== {}: {}", words.heading, verdicts.size()), ink_of(words.level));
        write_lines(sheet, words, verdicts, names);
    }
}

}  // namespace preflight::readiness::render
