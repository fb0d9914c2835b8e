#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "readiness/render/layout.h"
#include "readiness/render/node_names.h"
#include "readiness/render/render.h"
#include "readiness/render/summary.h"
#include "readiness/render/text_brief.h"
#include "readiness/render/text_fleet.h"
#include "readiness/render/text_plan.h"
#include "readiness/render/text_rows.h"
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
    write_hops(sheet, report);
}

void write_part(Sheet& sheet, const v1::Report& report, const NodeNames& names, TextPart part) {
    switch (part) {
        case TextPart::verdicts:
            return write_verdict_blocks(sheet, report, names);
        case TextPart::path:
            return write_path(sheet, report);
        case TextPart::plan:
            return write_plan(sheet, report, names);
        case TextPart::way_back:
            return write_way_back(sheet, report, names);
        case TextPart::support:
            return write_support(sheet, report, names);
        case TextPart::architecture:
            return write_architecture(sheet, report, names);
        case TextPart::ready:
            return write_verdict_lines(sheet, report, names);
        case TextPart::endpoints:
            return write_endpoints(sheet, report, names);
        case TextPart::nodes:
            return write_nodes(sheet, report, names);
    }
}

void write_brief(Sheet& sheet, const v1::Report& report, const NodeNames& names) {
    write_verdict_blocks(sheet, report, names, true);
    write_path(sheet, report);
    write_brief_plan(sheet, report, names);
    write_brief_way_back(sheet, report);
    write_rest(sheet, report);
}

constexpr std::array part_names{
    TextPartName{"verdicts", TextPart::verdicts}, TextPartName{"path", TextPart::path},
    TextPartName{"plan", TextPart::plan},         TextPartName{"way-back", TextPart::way_back},
    TextPartName{"support", TextPart::support},   TextPartName{"architecture", TextPart::architecture},
    TextPartName{"ready", TextPart::ready},       TextPartName{"endpoints", TextPart::endpoints},
    TextPartName{"nodes", TextPart::nodes}};

}  // namespace

std::span<const TextPartName> text_parts() { return part_names; }

std::string render_text(const v1::Report& report, const TextStyle& style) {
    Sheet sheet(style);
    const NodeNames names(report);
    write_header(sheet, report);
    write_lost_acceptances(sheet, report);
    if (style.brief && style.only.empty()) write_brief(sheet, report, names);
    for (const auto& [name, part] : part_names) {
        const bool wanted =
            style.only.empty() ? !style.brief : std::ranges::find(style.only, part) != style.only.end();
        if (wanted) write_part(sheet, report, names, part);
    }
    sheet.blank();
    for (const auto& line : footer(report)) sheet.paragraph(line, Ink::faint, 2);
    return std::move(sheet).text();
}

}  // namespace preflight::readiness
