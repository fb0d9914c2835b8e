#include <fmt/format.h>

#include <string>
#include <utility>

#include "readiness/render/layout.h"
#include "readiness/render/node_names.h"
#include "readiness/render/render.h"
#include "readiness/render/summary.h"
#include "readiness/render/text_fleet.h"
#include "readiness/render/text_plan.h"
#include "readiness/render/text_support.h"
#include "readiness/render/text_verdicts.h"
#include "readiness/render/visible.h"

namespace preflight::readiness {
namespace {

using namespace render;

Ink ink_of(v1::Report::Outcome outcome) {
    switch (outcome) {
        case v1::Report::READY_TO_UPGRADE:
            return Ink::green;
        case v1::Report::NOT_READY:
            return Ink::red;
        default:
            return Ink::yellow;
    }
}

// The counts in one piece, below the answer where there is no room beside it.
void write_answer(Sheet& sheet, const v1::Report& report) {
    const auto ink = ink_of(report.outcome());
    const auto line = fmt::format("{}: {}", answer(report), counts(report));
    if (columns(line) <= sheet.width()) return sheet.paragraph(line, ink);
    sheet.paragraph(fmt::format("{}:", answer(report)), ink);
    auto parts = count_parts(report);
    for (auto& part : parts) part = kept_together(part);
    sheet.indented(fmt::format("{}", fmt::join(parts, ", ")), 3, ink);
}

void write_header(Sheet& sheet, const v1::Report& report) {
    sheet.paragraph(question(report), Ink::bold, 3);
    write_answer(sheet, report);
    sheet.blank();
    sheet.paragraph(meaning(report));
    sheet.paragraph(basis(report));
}

void write_path(Sheet& sheet, const v1::Report& report) {
    sheet.blank();
    if (report.path().empty()) return sheet.paragraph("Path: " + no_path(report), Ink::bold, 6);
    std::string path = report.from_version().empty() ? "not known" : visible(report.from_version());
    for (const auto& hop : report.path()) path += " -> " + visible(hop.version());
    sheet.paragraph("Path: " + path, Ink::bold, 6);
    for (int i = 0; i < report.path_size(); ++i) {
        const auto& hop = report.path(i);
        const auto reason = hop_reason(hop);
        sheet.row(visible(hop.version()), hop_role(report, i) + (reason.empty() ? "" : ": " + reason));
    }
}

}  // namespace

std::string render_text(const v1::Report& report, const TextStyle& style) {
    Sheet sheet(style);
    const NodeNames names(report);
    write_header(sheet, report);
    write_lost_acceptances(sheet, report);
    write_verdict_blocks(sheet, report, names);
    write_path(sheet, report);
    write_plan(sheet, report, names);
    write_way_back(sheet, report, names);
    write_support(sheet, report, names);
    write_architecture(sheet, report, names);
    write_verdict_lines(sheet, report, names);
    write_endpoints(sheet, report, names);
    write_nodes(sheet, report, names);
    sheet.blank();
    for (const auto& line : footer(report)) sheet.paragraph(line, Ink::faint, 2);
    return std::move(sheet).text();
}

}  // namespace preflight::readiness
