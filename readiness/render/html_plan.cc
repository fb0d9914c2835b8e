#include "readiness/render/html_plan.h"

#include <string>
#include <string_view>

#include "readiness/render/html_nodes.h"
#include "readiness/render/html_rows.h"
#include "readiness/render/plan_words.h"
#include "readiness/render/return_words.h"
#include "readiness/render/summary.h"

namespace preflight::readiness::render {
namespace {

void write_items(Page& page, const Texts& texts) {
    if (texts.empty()) return;
    page.markup("<ul class=\"items\">\n");
    for (const auto& text : texts) page.element("li", "", text).markup("\n");
    page.markup("</ul>\n");
}

// What changes nothing is as calm as a note; the last chance to turn around is told by a badge.
void write_reversal(Page& page, v1::PlanStep::Reversal reversal) {
    page.markup("<dt>Back</dt><dd>");
    if (reversal == v1::PlanStep::RESTORE_ONLY) {
        page.markup("<span class=\"state warning\"><span aria-hidden=\"true\">!</span> ");
        page.text(reversal_words(reversal)).markup("</span>");
    } else {
        page.text(reversal_words(reversal));
    }
    page.markup("</dd>\n");
}

// Each leads to its first verdict.
void write_checks(Page& page, const Texts& checks) {
    if (checks.empty()) return;
    page.markup("<dt>Clears</dt><dd>");
    for (const auto& check : checks) {
        page.markup("<a href=\"#").text(check).markup("\">").element("code", "", check).markup("</a> ");
    }
    page.markup("</dd>\n");
}

void write_step(Page& page, const v1::PlanStep& step, int number, const NodeNames& names) {
    page.markup("<h4><span class=\"number\">" + std::to_string(number) + "</span> ").text(step.title());
    page.markup("</h4>\n");
    write_node_labels(page, step.nodes(), names, "A person's work, on no node");
    page.markup("<dl>\n");
    write_row(page, "Order", order_words(step));
    write_row(page, "Do", "", step.commands());
    write_row(page, "Expect", step.expected());
    write_command_row(page, "Verify", step.verify());
    write_row(page, "Why", step.why());
    write_row(page, "Mind", step.note());
    write_row(page, "Takes", duration_words(step));
    write_reversal(page, step.reversal());
    write_checks(page, step.checks());
    write_link_row(page, step.links());
    page.markup("</dl>\n");
}

void write_need(Page& page, const v1::ReturnNeed& need, const NodeNames& names) {
    const auto words = need_words(need.state());
    page.markup("<li class=\"").markup(words.level).markup("\"><span class=\"sign\" aria-hidden=\"true\">");
    page.text(words.sign).markup("</span><div><p><strong>").text(need.what()).markup("</strong> ");
    page.markup("<span class=\"state\">").text(words.state).markup("</span></p>");
    if (!need.detail().empty()) page.element("p", "", need.detail());
    if (!need.nodes().empty()) write_node_labels(page, need.nodes(), names, "");
    write_evidence(page, need.evidence(), names, false);
    page.markup("</div></li>\n");
}

void write_no_return(Page& page, const v1::Plan& plan, const v1::HopBack& hop) {
    page.markup("<p class=\"point\"><strong>No return:</strong> ").text(no_return_words(hop));
    const int point = step_number(plan, hop.point_step());
    if (point > 0) {
        const auto number = std::to_string(point);
        page.markup(" <a href=\"#step-" + number + "\">Step " + number + " of the plan</a>");
    }
    page.markup("</p>\n");
}

void write_hop_back(Page& page, const v1::Plan& plan, const v1::HopBack& hop, int index,
                    const NodeNames& names) {
    page.markup("<h3 class=\"part\" id=\"back-" + std::to_string(index) + "\">").text(return_title(hop));
    page.markup(" <span class=\"count\">").text(need_counts(hop)).markup("</span></h3>\n");
    write_no_return(page, plan, hop);
    if (!hop.needs().empty()) {
        page.markup("<ul class=\"lines\">\n");
        for (const auto* need : needs_of(hop)) write_need(page, *need, names);
        page.markup("</ul>\n");
    }
    if (hop.steps().empty()) return;
    page.markup("<details class=\"steps-back\"><summary>The steps back <span class=\"count\">" +
                std::to_string(hop.steps_size()) + "</span></summary>\n");
    int number = 0;
    for (const auto& step : hop.steps()) {
        page.markup("<article class=\"card step\">\n");
        write_step(page, step, ++number, names);
        page.markup("</article>\n");
    }
    page.markup("</details>\n");
}

void write_group(Page& page, const StepGroup& group, const NodeNames& names) {
    const auto number = std::to_string(group.first);
    page.markup("<h3 class=\"part\" id=\"plan-" + number + "\">").text(group.heading).markup("</h3>\n");
    const auto durations = known_durations(group.steps);
    if (!durations.empty()) page.element("p", "quiet", durations).markup("\n");
    int step_number = group.first;
    for (const auto* step : group.steps) {
        page.markup("<article class=\"card step\" id=\"step-" + std::to_string(step_number) + "\">\n");
        write_step(page, *step, step_number++, names);
        page.markup("</article>\n");
    }
}

}  // namespace

void write_plan(Page& page, const v1::Report& report, const NodeNames& names) {
    if (!has_plan(report)) return;
    const auto& plan = report.plan();
    page.markup(
        "<section class=\"plan\" aria-labelledby=\"plan\">\n<h2 id=\"plan\">Plan <span class=\"count\">");
    page.text(plan_summary(plan)).markup("</span></h2>\n");
    if (!plan.open().empty()) {
        page.markup("<div class=\"unknown open\">").element("p", "", open_meaning(plan)).markup("\n");
        write_items(page, plan.open());
        page.markup("</div>\n");
    }
    for (const auto& group : step_groups(plan)) write_group(page, group, names);
    page.markup("</section>\n");
}

void write_way_back(Page& page, const v1::Report& report, const NodeNames& names) {
    if (!has_way_back(report)) return;
    const auto& way_back = report.way_back();
    page.markup("<section class=\"plan\" aria-labelledby=\"way-back\">\n<h2 id=\"way-back\">Way back ");
    page.element("span", "count", way_back_summary(way_back)).markup("</h2>\n");
    write_items(page, way_back.notes());
    int index = 0;
    for (const auto& hop : way_back.hops()) write_hop_back(page, report.plan(), hop, ++index, names);
    page.markup("</section>\n");
}

}  // namespace preflight::readiness::render
