#include "readiness/render/text_brief.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "readiness/render/plan_words.h"
#include "readiness/render/return_words.h"
#include "readiness/render/summary.h"
#include "readiness/render/ticket.h"
#include "readiness/render/tiers.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

constexpr int indent = 3;
constexpr int open_most = 8;

void write_open_points(Sheet& sheet, const v1::Plan& plan) {
    if (plan.open().empty()) return;
    sheet.blank();
    sheet.paragraph("? " + open_meaning(plan), Ink::yellow, indent);
    for (int i = 0; i < plan.open_size() && i < open_most; ++i)
        sheet.item("-", visible(plan.open(i)), indent);
    if (plan.open_size() > open_most)
        sheet.item("-", fmt::format("and {} more", plan.open_size() - open_most), indent);
}

// "12. Install GitLab 19.3.0 on the Gitaly nodes [gitaly-1, gitaly-2]"
void write_step_line(Sheet& sheet, const v1::PlanStep& step, int number, const NodeNames& names) {
    const bool last_chance = step.reversal() == v1::PlanStep::RESTORE_ONLY;
    const auto nodes = shown_all(step.nodes(), names);
    // What is typed on each node is typed on none that is not named.
    const auto where = step.commands().empty() ? joined(nodes, sheet.width() / 2) : joined_whole(nodes);
    auto line = fmt::format("{} [{}]", visible(step.title()), nodes.empty() ? person_words : where);
    if (last_chance) line += fmt::format("; {}", reversal_words(step.reversal()));
    sheet.item(fmt::format("{}.", number), line, indent, last_chance ? Ink::yellow : Ink::plain);
}

}  // namespace

void write_brief_plan(Sheet& sheet, const v1::Report& report, const NodeNames& names) {
    const auto& plan = report.plan();
    if (!has_plan(report)) return;
    sheet.blank();
    sheet.paragraph("== Plan: " + plan_summary(plan), Ink::bold, indent);
    write_open_points(sheet, plan);
    for (const auto& group : step_groups(plan)) {
        sheet.blank();
        sheet.paragraph("-- " + group.heading, Ink::bold, indent);
        const auto durations = known_durations(group.steps);
        if (!durations.empty()) sheet.indented(durations, indent);
        int number = group.first;
        for (const auto* step : group.steps) write_step_line(sheet, *step, number++, names);
    }
}

void write_brief_way_back(Sheet& sheet, const v1::Report& report) {
    if (!has_way_back(report)) return;
    const auto& way_back = report.way_back();
    sheet.blank();
    sheet.paragraph("== Way back: " + way_back_summary(way_back), Ink::bold);
    sheet.blank();
    // Where there is no hop they say why.
    if (way_back.hops().empty()) {
        for (const auto& note : way_back.notes()) sheet.item("-", visible(note), indent);
    }
    for (const auto& hop : way_back.hops()) {
        const int point = step_number(report.plan(), hop.point_step());
        auto line = fmt::format("{}: {}", return_title(hop), need_counts(hop));
        if (point > 0) line += fmt::format("; from step {} on only by a restore", point);
        sheet.item("-", line, indent);
        for (const auto* need : needs_of(hop)) {
            if (need->state() != v1::ReturnNeed::MISSING) continue;
            const auto words = need_words(need->state());
            sheet.item(words.mark, fmt::format("{}: {}", visible(need->what()), words.state), indent + 2,
                       Ink::yellow);
        }
    }
}

void write_rest(Sheet& sheet, const v1::Report& report) {
    sheet.blank();
    sheet.paragraph("== Not shown here", Ink::bold);
    sheet.blank();
    if (!report.support().questions().empty())
        sheet.item("-", "Answers for GitLab Support: " + ticket_summary(report.support()), indent);
    if (!report.architecture().nodes().empty())
        sheet.item("-", "Architecture: " + architecture_summary(report.architecture()), indent);
    sheet.item("-",
               fmt::format("{}, {}",
                           plural(static_cast<std::size_t>(report.endpoints_size()), "endpoint", "endpoints"),
                           plural(static_cast<std::size_t>(report.nodes_size()), "node", "nodes")),
               indent);
    sheet.item("-", "Commands, reasons and checks of each step, and of the steps back", indent);
    sheet.blank();
    sheet.paragraph(
        "--full shows all of it, --section one part: --section plan. The HTML, Markdown and JSON reports are "
        "always whole.");
}

}  // namespace preflight::readiness::render
