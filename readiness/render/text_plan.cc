#include "readiness/render/text_plan.h"

#include <fmt/format.h>

#include <map>
#include <string>

#include "readiness/render/plan_words.h"
#include "readiness/render/return_words.h"
#include "readiness/render/summary.h"
#include "readiness/render/text_rows.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

constexpr int indent = 3;

void write_items(Sheet& sheet, const Texts& texts) {
    for (const auto& text : texts) sheet.item("-", visible(text), indent);
}

// The number of the first step with this reason, note and links: what many steps say alike is told once.
using Reasons = std::map<std::string, int>;

int first_with_reason(const v1::PlanStep& step, int number, Reasons& told) {
    if (step.why().empty()) return number;
    const auto reason = fmt::format("{}\n{}\n{}", step.why(), step.note(), fmt::join(step.links(), "\n"));
    return told.try_emplace(reason, number).first->second;
}

void write_step(Sheet& sheet, const v1::PlanStep& step, int number, const NodeNames& names, Reasons& told) {
    const int first = first_with_reason(step, number, told);
    sheet.blank();
    const bool last_chance = step.reversal() == v1::PlanStep::RESTORE_ONLY;
    sheet.paragraph(fmt::format("{}. {}", number, visible(step.title())),
                    last_chance ? Ink::yellow : Ink::bold, indent);
    const auto nodes = shown_all(step.nodes(), names);
    if (nodes.empty()) sheet.row("Who", person_words);
    if (!nodes.empty()) sheet.row("Where", joined_whole(nodes));
    sheet.row("Order", order_words(step));
    write_commands(sheet, "Do", step.commands());
    sheet.row("Expect", visible(step.expected()));
    write_command(sheet, "Verify", step.verify());
    if (first == number) {
        sheet.row("Why", visible(step.why()));
        sheet.row("Mind", visible(step.note()));
    } else {
        sheet.row("Why",
                  fmt::format("{}as for step {}", step.note().empty() ? "" : "and what to mind: ", first));
    }
    sheet.row("Takes", duration_words(step));
    sheet.row("Back", reversal_words(step.reversal()));
    sheet.row("Clears", joined_whole(visible_all(step.checks())));
    if (first == number) write_links(sheet, step.links());
}

// Only what one types: the way back is the same for every hop but for the version, and the page tells the
// rest.
void write_short_step(Sheet& sheet, const v1::PlanStep& step, int number, const NodeNames& names) {
    auto line = visible(step.title());
    const auto nodes = shown_all(step.nodes(), names);
    if (!nodes.empty()) line += fmt::format(" [{}]", joined_whole(nodes));
    sheet.item(fmt::format("{}.", number), line, indent);
    write_commands(sheet, "", step.commands());
    write_command(sheet, "Verify", step.verify());
    sheet.row("Mind", visible(step.note()));
}

void write_need(Sheet& sheet, const v1::ReturnNeed& need, const NodeNames& names) {
    const auto words = need_words(need.state());
    const bool open = words.level == "blocker" || words.level == "unknown";
    sheet.blank();
    sheet.paragraph(fmt::format("{} {}: {}", words.mark, visible(need.what()), words.state),
                    open ? Ink::yellow : Ink::plain, indent);
    const auto nodes = shown_all(need.nodes(), names);
    if (!nodes.empty()) sheet.row("Where", joined(nodes, sheet.body_width()));
    sheet.row("Found", visible(need.detail()));
    write_evidence(sheet, need.evidence(), names);
}

void write_hop_back(Sheet& sheet, const v1::Plan& plan, const v1::HopBack& hop, const NodeNames& names) {
    sheet.blank();
    sheet.paragraph(fmt::format("-- {}: {}", return_title(hop), need_counts(hop)), Ink::bold, indent);
    sheet.row("No return", no_return_words(hop));
    const int point = step_number(plan, hop.point_step());
    if (point > 0) {
        const auto& step = plan.steps(point - 1);
        sheet.row("", fmt::format("Step {} of the plan: {}", point, visible(step.title())));
    }
    for (const auto* need : needs_of(hop)) write_need(sheet, *need, names);
    if (hop.steps().empty()) return;
    sheet.blank();
    sheet.indented("The steps back:", indent, Ink::bold);
    int number = 0;
    for (const auto& step : hop.steps()) write_short_step(sheet, step, ++number, names);
}

}  // namespace

void write_plan(Sheet& sheet, const v1::Report& report, const NodeNames& names) {
    const auto& plan = report.plan();
    if (!has_plan(report)) return;
    sheet.blank();
    sheet.paragraph("== Plan: " + plan_summary(plan), Ink::bold, indent);
    if (!plan.open().empty()) {
        sheet.blank();
        sheet.paragraph("? " + open_meaning(plan), Ink::yellow, indent);
        write_items(sheet, plan.open());
    }
    Reasons told;
    for (const auto& group : step_groups(plan)) {
        sheet.blank();
        sheet.paragraph("-- " + group.heading, Ink::bold, indent);
        const auto durations = known_durations(group.steps);
        if (!durations.empty()) sheet.indented(durations, indent);
        int number = group.first;
        for (const auto* step : group.steps) write_step(sheet, *step, number++, names, told);
    }
}

void write_way_back(Sheet& sheet, const v1::Report& report, const NodeNames& names) {
    if (!has_way_back(report)) return;
    const auto& way_back = report.way_back();
    sheet.blank();
    sheet.paragraph("== Way back: " + way_back_summary(way_back), Ink::bold);
    if (!way_back.notes().empty()) sheet.blank();
    write_items(sheet, way_back.notes());
    for (const auto& hop : way_back.hops()) write_hop_back(sheet, report.plan(), hop, names);
}

}  // namespace preflight::readiness::render
