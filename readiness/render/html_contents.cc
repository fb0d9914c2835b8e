#include "readiness/render/html_contents.h"

#include <string>
#include <string_view>

#include "readiness/render/acceptances.h"
#include "readiness/render/html_verdicts.h"
#include "readiness/render/plan_words.h"
#include "readiness/render/return_words.h"
#include "readiness/render/summary.h"

namespace preflight::readiness::render {
namespace {

void begin_link(Page& page, std::string_view anchor, std::string_view words) {
    page.markup("<li><a href=\"#").markup(anchor).markup("\">").text(words).markup("</a>");
}

void write_link(Page& page, std::string_view anchor, std::string_view words) {
    begin_link(page, anchor, words);
    page.markup("</li>\n");
}

void write_plan_link(Page& page, const v1::Report& report) {
    if (!has_plan(report)) return;
    begin_link(page, "plan", "Plan");
    const auto groups = step_groups(report.plan());
    if (!groups.empty()) page.markup("\n<ul>\n");
    std::string hop;  // one link for each: its phases follow each other
    for (const auto& group : groups) {
        if (group.hop == hop) continue;
        hop = group.hop;
        write_link(page, "plan-" + std::to_string(group.first), hop);
    }
    page.markup(groups.empty() ? "</li>\n" : "</ul></li>\n");
}

void write_way_back_link(Page& page, const v1::Report& report) {
    if (!has_way_back(report)) return;
    const auto& hops = report.way_back().hops();
    begin_link(page, "way-back", "Way back");
    if (!hops.empty()) page.markup("\n<ul>\n");
    for (int i = 0; i < hops.size(); ++i) {
        write_link(page, "back-" + std::to_string(i + 1), return_title(hops[i]));
    }
    page.markup(hops.empty() ? "</li>\n" : "</ul></li>\n");
}

void write_level_links(Page& page, const v1::Report& report, bool short_form) {
    for (const auto& words : level_words()) {
        if (words.short_form != short_form || verdicts_of(report, words.level).empty()) continue;
        write_link(page, level_name(words.level), words.heading);
    }
}

}  // namespace

void write_contents(Page& page, const v1::Report& report) {
    const bool support = !report.support().questions().empty();
    const bool architecture = !report.architecture().nodes().empty();
    if (!has_plan(report) && !has_way_back(report) && !support && !architecture) return;
    page.markup(
        "<nav class=\"contents\" aria-labelledby=\"contents\">\n<h2 id=\"contents\">Contents</h2>\n<ol>\n");
    write_level_links(page, report, false);
    if (has_accepted(report)) write_link(page, "accepted", "Accepted");
    write_link(page, "path", "Path");
    write_plan_link(page, report);
    write_way_back_link(page, report);
    if (support) write_link(page, "support", "Answers for GitLab Support");
    if (architecture) write_link(page, "architecture", "Architecture");
    write_level_links(page, report, true);
    write_link(page, "endpoints", "Endpoints in use");
    write_link(page, "nodes", "Nodes");
    page.markup("</ol>\n</nav>\n");
}

}  // namespace preflight::readiness::render
