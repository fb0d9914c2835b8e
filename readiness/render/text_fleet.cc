#include "readiness/render/text_fleet.h"

#include <fmt/format.h>

#include <string>
#include <string_view>
#include <vector>

#include "readiness/render/summary.h"
#include "readiness/render/times.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

constexpr int indent = 3;

std::string_view mark_of(v1::EndpointCoverage::State state) {
    switch (state) {
        case v1::EndpointCoverage::COVERED:
            return "+";
        case v1::EndpointCoverage::EXTERNAL:
            return "i";
        default:
            return "?";
    }
}

Ink ink_of(v1::EndpointCoverage::State state) {
    const bool open = state != v1::EndpointCoverage::COVERED && state != v1::EndpointCoverage::EXTERNAL;
    return open ? Ink::yellow : Ink::plain;
}

// "covered by pg-1; used by rails-1, rails-2"
std::string answer_of(const v1::EndpointCoverage& endpoint, const NodeNames& names, int width) {
    std::string text(state_words(endpoint.state()));
    if (!endpoint.answered_by().empty()) text += " by " + names.shown(endpoint.answered_by());
    if (endpoint.used_by().empty()) return text;
    return text + "; used by " + joined(shown_all(endpoint.used_by(), names), width);
}

}  // namespace

void write_endpoints(Sheet& sheet, const v1::Report& report, const NodeNames& names) {
    sheet.blank();
    sheet.paragraph(fmt::format("== Endpoints that this instance uses: {}", report.endpoints_size()),
                    Ink::bold);
    sheet.blank();
    if (report.endpoints().empty())
        return sheet.paragraph("No PostgreSQL, Redis or Gitaly endpoint was found.");
    const int room = sheet.width() - indent;
    for (const auto* endpoint : endpoints_of(report)) {
        auto line = fmt::format("{} {} {}", mark_of(endpoint->state()), visible(endpoint->kind()),
                                visible(endpoint->address()));
        if (!endpoint->purposes().empty())
            line += fmt::format(" for {}", joined(visible_all(endpoint->purposes()), room));
        sheet.paragraph(line, ink_of(endpoint->state()), indent);
        sheet.indented(answer_of(*endpoint, names, room), indent);
    }
}

void write_nodes(Sheet& sheet, const v1::Report& report, const NodeNames& names) {
    sheet.blank();
    sheet.paragraph(fmt::format("== Nodes: {}", report.nodes_size()), Ink::bold);
    sheet.blank();
    if (report.nodes().empty()) return sheet.paragraph("No node has reported.");
    std::vector<std::vector<std::string>> rows;
    for (const auto& node : report.nodes()) {
        const auto roles = visible_all(node.roles());
        const auto system = visible(node.operating_system());
        rows.push_back({names.shown(node.name()),
                        roles.empty() ? "not known" : fmt::format("{}", fmt::join(roles, ", ")),
                        version_words(node), system.empty() ? "not known" : system,
                        minute_words(node.has_inspected_at(), node.inspected_at()),
                        std::to_string(node.gaps())});
    }
    sheet.table(
        {{"Node", true}, {"Roles"}, {"GitLab", true}, {"System"}, {"Inspected (UTC)", true}, {"Gaps", true}},
        rows);
    if (!names.any_is_cut()) return;
    sheet.blank();
    sheet.indented(
        "Host names are cut where that leaves no doubt; the HTML and JSON reports have them whole.", indent);
}

}  // namespace preflight::readiness::render
