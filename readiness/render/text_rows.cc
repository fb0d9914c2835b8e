#include "readiness/render/text_rows.h"

#include <fmt/format.h>

#include <cstddef>
#include <vector>

#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

// A terminal is for deciding; the full list is in the page and in the JSON.
constexpr std::size_t evidence_most = 6;
constexpr std::size_t evidence_most_brief = 2;

std::string evidence_words(const EvidenceGroup& group, const NodeNames& names, int width) {
    std::string words = group.nodes.empty() ? "" : joined(shown_all(group.nodes, names), width) + ": ";
    auto time = group.taken.words();
    if (columns(time) <= width / 2) time = kept_together(time);
    const auto& what = group.what.empty() ? group.source : group.what;
    if (what.empty()) return words + time;
    if (group.what.empty() || group.source.empty()) return words + fmt::format("{} ({})", what, time);
    return words + fmt::format("{} ({}, {})", what, group.source, time);
}

}  // namespace

// Set in, so that commands stand out without colour.
void write_command(Sheet& sheet, std::string_view label, const v1::Command& command) {
    constexpr int indent = 2;
    auto lines = wrap_command(shell_words(command), sheet.body_width() - indent);
    for (auto& line : lines) line.insert(0, indent, ' ');
    sheet.row(label, lines, Ink::bold);
}

void write_commands(Sheet& sheet, std::string_view label, const Commands& commands) {
    for (const auto& command : commands) {
        write_command(sheet, label, command);
        label = "";
    }
}

void write_evidence(Sheet& sheet, const EvidenceList& evidence, const NodeNames& names, bool brief) {
    const auto groups = grouped_evidence(evidence);
    const auto most = brief ? evidence_most_brief : evidence_most;
    std::string_view label = "Evidence";
    for (std::size_t i = 0; i < groups.size() && i < most; ++i) {
        sheet.row(label, evidence_words(groups[i], names, sheet.body_width()));
        label = "";
    }
    if (groups.size() > most)
        sheet.row("", fmt::format("and {} more, in the HTML and JSON reports", groups.size() - most));
}

void write_links(Sheet& sheet, const Texts& links) {
    std::string_view label = "Read";
    for (const auto& link : links) {
        sheet.row(label, visible(link));
        label = "";
    }
}

void write_hops(Sheet& sheet, const v1::Report& report) {
    for (int i = 0; i < report.path_size(); ++i) {
        const auto reason = hop_reason(report.path(i));
        sheet.row(visible(report.path(i).version()),
                  hop_role(report, i) + (reason.empty() ? "" : ": " + reason));
    }
}

}  // namespace preflight::readiness::render
