#include "readiness/render/markdown_plan.h"

#include <fmt/format.h>

#include "readiness/render/evidence.h"
#include "readiness/render/layout.h"
#include "readiness/render/plan_words.h"
#include "readiness/render/return_words.h"

namespace preflight::readiness::render {
namespace {

void write_step(MarkdownText& text, const v1::PlanStep& step, int number) {
    text.heading(4, fmt::format("{}. {}", number, step.title()));
    text.item("Where",
              step.nodes().empty() ? std::string(person_words) : joined_whole(visible_all(step.nodes())));
    text.item("Order", order_words(step));
    text.item("Why", step.why());
    text.item("Mind", step.note());
    text.item("Takes", duration_words(step));
    text.item("Back", reversal_words(step.reversal()));
    text.item("Clears", named(step.checks()));
    text.commands("Do", pointers_to(step.commands()));
    if (!step.expected().empty()) text.paragraph("Expect: " + step.expected());
    text.commands("Verify", {&step.verify()});
    for (const auto& link : step.links()) text.link("Read", link);
}

void write_need(MarkdownText& text, const v1::ReturnNeed& need) {
    constexpr int sources_width = 120;
    auto line = need.detail();
    const auto sources = sources_words(need.evidence(), sources_width);
    if (!need.nodes().empty()) line += fmt::format(" [{}]", named(need.nodes()));
    if (!sources.empty()) line += fmt::format(" ({})", sources);
    text.item(fmt::format("{}, {}: {}", need.what(), need_words(need.state()).state, line));
}

void write_hop_back(MarkdownText& text, const v1::Plan& plan, const v1::HopBack& hop) {
    text.heading(3, fmt::format("{}: {}", return_title(hop), need_counts(hop)));
    text.item("No return", no_return_words(hop));
    const int point = step_number(plan, hop.point_step());
    if (point > 0) text.item(fmt::format("That is step {} of the plan.", point));
    for (const auto* need : needs_of(hop)) write_need(text, *need);
    int number = 0;
    for (const auto& step : hop.steps()) write_step(text, step, ++number);
}

}  // namespace

void write_plan(MarkdownText& text, const v1::Report& report) {
    if (!has_plan(report)) return;
    const auto& plan = report.plan();
    text.heading(2, "Plan: " + plan_summary(plan));
    if (!plan.open().empty()) text.paragraph(open_meaning(plan));
    for (const auto& open : plan.open()) text.item(open);
    for (const auto& group : step_groups(plan)) {
        text.heading(3, group.heading);
        text.paragraph(known_durations(group.steps));
        int number = group.first;
        for (const auto* step : group.steps) write_step(text, *step, number++);
    }
}

void write_way_back(MarkdownText& text, const v1::Report& report) {
    if (!has_way_back(report)) return;
    text.heading(2, "Way back: " + way_back_summary(report.way_back()));
    for (const auto& note : report.way_back().notes()) text.item(note);
    for (const auto& hop : report.way_back().hops()) write_hop_back(text, report.plan(), hop);
}

}  // namespace preflight::readiness::render
