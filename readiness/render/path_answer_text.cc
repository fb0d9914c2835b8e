#include <fmt/format.h>

#include <string>
#include <utility>

#include "readiness/render/layout.h"
#include "readiness/render/render.h"
#include "readiness/render/summary.h"
#include "readiness/render/text_rows.h"
#include "readiness/render/visible.h"

namespace preflight::readiness {
namespace {

using namespace render;

std::string version_words(const std::string& version, v1::Edition edition) {
    const auto* suffix = edition == v1::CE ? " CE" : edition == v1::EE ? " EE" : "";
    return "GitLab " + visible(version) + suffix;
}

// What the words of a report are made from.
v1::Report as_report(const v1::PathAnswer& answer) {
    v1::Report report;
    *report.mutable_path() = answer.hops();
    report.set_tool_version(answer.tool_version());
    report.set_knowledge_version(answer.knowledge_version());
    report.set_knowledge_horizon(answer.knowledge_horizon());
    return report;
}

void write_head(Sheet& sheet, const v1::PathAnswer& answer) {
    sheet.paragraph(fmt::format("From {} to {}", version_words(answer.from_version(), answer.from_edition()),
                                version_words(answer.target_version(), answer.target_edition())),
                    Ink::bold);
    const auto hops = plural(static_cast<std::size_t>(answer.hops_size()), "hop", "hops");
    switch (answer.answer()) {
        case v1::PathAnswer::FOUND:
            sheet.paragraph(answer.open().empty()
                                ? hops
                                : fmt::format("{}, of which {} may not be needed", hops, answer.open_size()));
            break;
        case v1::PathAnswer::REFUSED:
            sheet.paragraph("REFUSED: " + visible(answer.reason()), Ink::red);
            break;
        default:
            sheet.paragraph("CANNOT SAY: " + visible(answer.reason()), Ink::yellow);
    }
}

// What would decide it, and who.
std::string deciding_words(const v1::OpenQuestion& open) {
    auto text = "needed if " + visible(open.needed_if()) + ".";
    const auto probes = visible_all(open.probes());
    if (!probes.empty()) {
        text += fmt::format(" The agent's {} {} would decide it.", probes.size() == 1 ? "probe" : "probes",
                            fmt::join(probes, ", "));
    }
    for (const auto& question : open.questions()) text += " A person must say: " + visible(question);
    return text;
}

void write_open(Sheet& sheet, const v1::PathAnswer& answer) {
    if (answer.open().empty()) return;
    sheet.blank();
    sheet.paragraph(fmt::format("== Open questions: {}", answer.open_size()), Ink::bold);
    sheet.blank();
    for (const auto& open : answer.open()) sheet.row(visible(open.stop()), deciding_words(open));
    sheet.blank();
    sheet.paragraph(
        "A conditional stop belongs to the path until a finding disproves its condition: a report "
        "decides it.");
}

}  // namespace

std::string render_text(const v1::PathAnswer& answer, const TextStyle& style) {
    Sheet sheet(style);
    write_head(sheet, answer);
    const auto report = as_report(answer);
    if (!report.path().empty()) sheet.blank();
    write_hops(sheet, report);
    write_open(sheet, answer);
    if (!answer.notes().empty()) sheet.blank();
    for (const auto& note : answer.notes()) sheet.paragraph(visible(note));
    sheet.blank();
    const auto lines = footer(report);
    for (std::size_t at = 0; at < 2; ++at) sheet.paragraph(lines.at(at), Ink::faint, 2);
    return std::move(sheet).text();
}

}  // namespace preflight::readiness
