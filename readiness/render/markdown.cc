#include <fmt/format.h>

#include "readiness/render/acceptances.h"
#include "readiness/render/evidence.h"
#include "readiness/render/markdown_plan.h"
#include "readiness/render/markdown_support.h"
#include "readiness/render/markdown_text.h"
#include "readiness/render/render.h"
#include "readiness/render/summary.h"
#include "readiness/render/times.h"

namespace preflight::readiness {
namespace {

using namespace render;

void write_header(MarkdownText& text, const v1::Report& report) {
    text.heading(1, fmt::format("{} {}", question(report), answer(report)));
    text.paragraph(counts(report));
    text.paragraph(meaning(report));
    text.paragraph(basis(report));
    const auto lost = lost_acceptances(report);
    if (lost.empty()) return;
    text.heading(2, lost_heading(lost.size()));
    text.paragraph(lost_meaning);
    for (const auto* use : lost)
        text.item(fmt::format("{}: {}", state_words(use->state()), acceptance_words(*use)));
}

void write_verdict(MarkdownText& text, const v1::Report& report, const v1::Verdict& verdict) {
    constexpr int sources_width = 120;
    text.heading(3, fmt::format("{}: {}", words_of(verdict.level()).one, title_of(verdict)));
    if (is_accepted(verdict)) text.item("Accepted", acceptance_words(report, verdict));
    text.item("Where", verdict.nodes().empty() ? "the instance" : named(verdict.nodes()));
    text.item("Found", verdict.summary());
    text.item("Evidence", sources_words(verdict.evidence(), sources_width));
    text.item("Consequence", verdict.consequence());
    text.item("Remedy", verdict.remedy());
    for (const auto& link : verdict.links()) text.link("Read", link);
    text.commands("Do", pointers_to(verdict.commands()));
    text.commands("Verify", {&verdict.verify()});
}

void write_verdicts(MarkdownText& text, const v1::Report& report) {
    for (const auto& words : level_words()) {
        const auto verdicts = verdicts_of(report, words.level);
        if (verdicts.empty() || words.short_form) continue;
        text.heading(2, fmt::format("{}: {}", words.heading, verdicts.size()));
        for (const auto* verdict : verdicts) write_verdict(text, report, *verdict);
    }
    if (!has_accepted(report)) return;
    const auto accepted = accepted_verdicts(report);
    const auto others = attested(report);
    const auto idle = idle_acceptances(report);
    text.heading(2, fmt::format("Accepted: {}", accepted.size()));
    for (const auto* use : others) text.item("In force", acceptance_words(*use));
    for (const auto* use : idle)
        text.item(fmt::format("Not used, {}: {}", state_words(use->state()), acceptance_words(*use)));
    for (const auto* verdict : accepted) write_verdict(text, report, *verdict);
}

void write_path(MarkdownText& text, const v1::Report& report) {
    text.heading(2, "Path");
    if (report.path().empty()) return text.paragraph("The path: " + no_path(report) + ".");
    text.item(
        fmt::format("{}: runs now", report.from_version().empty() ? "not known" : report.from_version()));
    for (int i = 0; i < report.path_size(); ++i) {
        const auto reason = hop_reason(report.path(i));
        text.item(fmt::format("{}: {}{}{}", report.path(i).version(), hop_role(report, i),
                              reason.empty() ? "" : ". ", reason));
    }
}

void write_lines(MarkdownText& text, const v1::Report& report) {
    for (const auto& words : level_words()) {
        const auto verdicts = verdicts_of(report, words.level);
        if (verdicts.empty() || !words.short_form) continue;
        text.heading(2, fmt::format("{}: {}", words.heading, verdicts.size()));
        for (const auto* verdict : verdicts)
            text.item(fmt::format("{}: {}", title_of(*verdict), verdict->summary()));
    }
}

void write_fleet(MarkdownText& text, const v1::Report& report) {
    text.heading(2, fmt::format("Endpoints in use: {}", report.endpoints_size()));
    std::vector<std::vector<std::string>> rows;
    for (const auto* endpoint : endpoints_of(report)) {
        auto state = std::string(state_words(endpoint->state()));
        if (!endpoint->answered_by().empty()) state += " by " + endpoint->answered_by();
        rows.push_back({endpoint->address(), endpoint->kind(), named(endpoint->purposes()), state,
                        named(endpoint->used_by())});
    }
    if (!rows.empty()) text.table({"Endpoint", "Kind", "For", "Answer", "Used by"}, rows);
    text.heading(2, fmt::format("Nodes: {}", report.nodes_size()));
    rows.clear();
    for (const auto& node : report.nodes()) {
        rows.push_back(
            {node.name(), node.roles().empty() ? "not known" : named(node.roles()), version_words(node),
             node.operating_system().empty() ? "not known" : node.operating_system(),
             minute_words(node.has_inspected_at(), node.inspected_at()), std::to_string(node.gaps())});
    }
    if (!rows.empty()) text.table({"Node", "Roles", "GitLab", "System", "Inspected (UTC)", "Gaps"}, rows);
}

}  // namespace

std::string render_markdown(const v1::Report& report) {
    MarkdownText text;
    write_header(text, report);
    write_verdicts(text, report);
    write_path(text, report);
    write_plan(text, report);
    write_way_back(text, report);
    write_support(text, report);
    write_architecture(text, report);
    write_lines(text, report);
    write_fleet(text, report);
    for (const auto& line : footer(report)) text.item(line);
    return std::move(text).text();
}

}  // namespace preflight::readiness
