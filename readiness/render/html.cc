#include <fmt/format.h>

#include <string>
#include <string_view>

#include "readiness/render/acceptances.h"
#include "readiness/render/html_contents.h"
#include "readiness/render/html_fleet.h"
#include "readiness/render/html_plan.h"
#include "readiness/render/html_support.h"
#include "readiness/render/html_verdicts.h"
#include "readiness/render/node_names.h"
#include "readiness/render/page.h"
#include "readiness/render/render.h"
#include "readiness/render/summary.h"

namespace preflight::readiness {
namespace {

using namespace render;

std::string_view outcome_class(v1::Report::Outcome outcome) {
    switch (outcome) {
        case v1::Report::READY_TO_UPGRADE:
            return "ready";
        case v1::Report::READY_WITH_CONDITIONS:
            return "warning";
        case v1::Report::NOT_READY:
            return "blocker";
        default:
            return "unknown";
    }
}

// A policy that lets the page load nothing and run nothing, should markup ever slip in.
void write_head(Page& page, const v1::Report& report) {
    page.markup(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src "
        "'unsafe-inline'; "
        "base-uri 'none'; form-action 'none'\">\n"
        "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
        "<meta name=\"referrer\" content=\"no-referrer\">\n<meta name=\"color-scheme\" content=\"light "
        "dark\">\n");
    page.element("title", "", fmt::format("{}: {}", answer(report), question(report)));
    page.markup("\n<style>\n").markup(style_sheet).markup("</style>\n</head>\n");
}

void write_chips(Page& page, const v1::Report& report) {
    page.markup("<ul class=\"chips\" aria-label=\"Verdicts by level\">\n");
    for (const auto& words : level_words()) {
        const auto count = verdicts_of(report, words.level).size();
        if (count == 0) continue;
        const std::string name(level_name(words.level));
        page.markup("<li class=\"" + name + "\"><a href=\"#" + name +
                    "\"><span class=\"sign\" aria-hidden=\"true\">");
        page.text(words.sign).markup("</span> <b>" + std::to_string(count) + "</b> ");
        page.text(count == 1 ? words.one : words.many).markup("</a></li>\n");
    }
    const auto accepted = accepted_verdicts(report).size();
    if (accepted > 0) {
        page.markup("<li class=\"not-applicable\"><a href=\"#accepted\"><b>" + std::to_string(accepted) +
                    "</b> accepted</a></li>\n");
    }
    page.markup("</ul>\n");
}

void write_header(Page& page, const v1::Report& report) {
    page.markup("<header class=\"answer ").markup(outcome_class(report.outcome())).markup("\">\n");
    page.markup("<p class=\"brand\">GitLab Preflight · readiness report</p>\n");
    page.element("h1", "", question(report)).markup("\n");
    page.element("p", "outcome", answer(report)).markup("\n");
    page.element("p", "meaning", meaning(report)).markup("\n");
    if (report.verdicts().empty()) page.markup("<p>Nothing was checked.</p>\n");
    write_chips(page, report);
    page.element("p", "basis", basis(report)).markup("\n</header>\n");
}

void write_step(Page& page, std::string_view style_class, std::string_view version, std::string_view role,
                std::string_view reason) {
    page.markup("<li class=\"").markup(style_class).markup("\">");
    page.element("b", "", version).element("span", "role", role);
    if (!reason.empty()) page.element("span", "reason", reason);
    page.markup("</li>\n");
}

void write_path(Page& page, const v1::Report& report) {
    page.markup("<section aria-labelledby=\"path\">\n<h2 id=\"path\">Path</h2>\n");
    if (report.path().empty()) {
        page.element("p", "quiet", "The path: " + no_path(report) + ".").markup("\n</section>\n");
        return;
    }
    constexpr int side_by_side_most = 5;  // the version that runs comes on top
    const bool upright = report.path_size() > side_by_side_most;
    page.markup(upright ? "<ol class=\"steps upright\">\n" : "<ol class=\"steps\">\n");
    const auto& from = report.from_version();
    write_step(page, "from", from.empty() ? "not known" : from, "runs now", "");
    for (int i = 0; i < report.path_size(); ++i) {
        const bool target = i + 1 == report.path_size();
        const auto* style_class = target ? "target" : (report.path(i).conditional() ? "conditional" : "stop");
        write_step(page, style_class, report.path(i).version(), hop_role(report, i),
                   hop_reason(report.path(i)));
    }
    page.markup("</ol>\n</section>\n");
}

void write_footer(Page& page, const v1::Report& report) {
    page.markup("<footer>\n");
    for (const auto& line : footer(report)) page.element("p", "", line).markup("\n");
    page.markup("</footer>\n");
}

}  // namespace

std::string render_html(const v1::Report& report) {
    Page page;
    const NodeNames names(report);
    Anchors met;
    write_head(page, report);
    page.markup("<body>\n");
    write_header(page, report);
    page.markup("<main>\n");
    write_lost_acceptances(page, report);
    write_contents(page, report);
    write_verdict_cards(page, report, names, met);
    write_path(page, report);
    write_plan(page, report, names);
    write_way_back(page, report, names);
    write_support(page, report, names);
    write_architecture(page, report, names);
    write_verdict_lines(page, report, names, met);
    write_endpoints(page, report, names);
    write_nodes(page, report, names);
    page.markup("</main>\n");
    write_footer(page, report);
    page.markup("</body>\n</html>\n");
    return std::move(page).html();
}

}  // namespace preflight::readiness
