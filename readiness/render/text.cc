#include <fmt/format.h>

#include <algorithm>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "readiness/render/layout.h"
#include "readiness/render/render.h"
#include "readiness/render/shell.h"
#include "readiness/render/summary.h"
#include "readiness/render/visible.h"

namespace preflight::readiness {
namespace {

using namespace render;

// A terminal is for deciding; the full list is in the page and in the JSON.
constexpr std::size_t evidence_most = 6;

Ink ink_of(v1::Level level) {
    switch (level) {
        case v1::BLOCKER:
            return Ink::red;
        case v1::UNKNOWN:
        case v1::WARNING:
            return Ink::yellow;
        case v1::READY:
            return Ink::green;
        default:
            return Ink::bold;
    }
}

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

void write_header(Sheet& sheet, const v1::Report& report) {
    sheet.paragraph(question(report), Ink::bold, 3);
    sheet.paragraph(fmt::format("{}: {}", answer(report), counts(report)), ink_of(report.outcome()), 3);
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

// Evidence of several nodes that says the same.
struct EvidenceGroup {
    std::string source;
    std::string what;
    std::vector<std::string> nodes;
    std::string first_time;
    std::string last_time;
};

std::vector<EvidenceGroup> grouped(const v1::Verdict& verdict) {
    std::vector<EvidenceGroup> groups;
    std::map<std::pair<std::string, std::string>, std::size_t> met;
    for (const auto& evidence : verdict.evidence()) {
        const auto [at, is_new] = met.try_emplace({evidence.source(), evidence.what()}, groups.size());
        const auto time = time_word(evidence.has_taken_at(), evidence.taken_at());
        if (is_new) groups.push_back({visible(evidence.source()), visible(evidence.what()), {}, time, time});
        auto& group = groups[at->second];
        if (!evidence.node().empty()) group.nodes.push_back(visible(evidence.node()));
        group.first_time = std::min(group.first_time, time);
        group.last_time = std::max(group.last_time, time);
    }
    return groups;
}

std::string evidence_words(const EvidenceGroup& group, int width) {
    std::string words = group.nodes.empty() ? "" : joined(group.nodes, width) + ": ";
    const auto time =
        group.first_time == group.last_time ? group.first_time : group.first_time + " to " + group.last_time;
    const auto& what = group.what.empty() ? group.source : group.what;
    if (what.empty()) return words + time;
    if (group.what.empty() || group.source.empty()) return words + fmt::format("{} ({})", what, time);
    return words + fmt::format("{} ({}, {})", what, group.source, time);
}

void write_evidence(Sheet& sheet, const v1::Verdict& verdict) {
    const auto groups = grouped(verdict);
    std::string_view label = "Evidence";
    for (std::size_t i = 0; i < groups.size() && i < evidence_most; ++i) {
        sheet.row(label, evidence_words(groups[i], sheet.body_width()));
        label = "";
    }
    if (groups.size() <= evidence_most) return;
    sheet.row("", fmt::format("and {} more, in the HTML and JSON reports", groups.size() - evidence_most));
}

// Set in, so that commands stand out without colour.
std::vector<std::string> command_lines(const Sheet& sheet, const v1::Command& command) {
    constexpr int indent = 2;
    auto lines = wrap_command(shell_words(command), sheet.body_width() - indent);
    for (auto& line : lines) line.insert(0, indent, ' ');
    return lines;
}

std::string title_of(const v1::Verdict& verdict) {
    const auto check = visible(verdict.check());
    return verdict.title().empty() ? check : fmt::format("{} ({})", visible(verdict.title()), check);
}

void write_block(Sheet& sheet, const LevelWords& words, const v1::Verdict& verdict) {
    sheet.blank();
    sheet.paragraph(fmt::format("{} {}", words.mark, title_of(verdict)), ink_of(words.level), 3);
    const auto nodes = visible_all(verdict.nodes());
    sheet.row("Where", nodes.empty() ? "the instance" : joined(nodes, sheet.body_width()));
    sheet.row("Found", visible(verdict.summary()));
    sheet.row("Consequence", visible(verdict.consequence()));
    sheet.row("Remedy", visible(verdict.remedy()));
    std::string_view label = verdict.remedy().empty() ? "Remedy" : "";
    for (const auto& command : verdict.commands()) {
        sheet.row(label, command_lines(sheet, command), Ink::bold);
        label = "";
    }
    sheet.row("Verify", command_lines(sheet, verdict.verify()), Ink::bold);
    write_evidence(sheet, verdict);
    label = "Read";
    for (const auto& link : verdict.links()) {
        sheet.row(label, visible(link));
        label = "";
    }
}

void write_line(Sheet& sheet, const LevelWords& words, const v1::Verdict& verdict) {
    std::string line = fmt::format("{} {}", words.mark, title_of(verdict));
    if (!verdict.summary().empty()) line += ": " + visible(verdict.summary());
    const auto nodes = visible_all(verdict.nodes());
    if (!nodes.empty()) line += " [" + joined(nodes, sheet.width() / 2) + "]";
    sheet.paragraph(line, Ink::plain, 2);
}

void write_verdicts(Sheet& sheet, const v1::Report& report) {
    for (const auto& words : level_words()) {
        const auto verdicts = verdicts_of(report, words.level);
        if (verdicts.empty()) continue;
        const bool short_form = words.level == v1::READY || words.level == v1::NOT_APPLICABLE;
        sheet.blank();
        sheet.paragraph(fmt::format("== {}: {}", words.heading, verdicts.size()), ink_of(words.level));
        if (short_form) sheet.blank();
        for (const auto* verdict : verdicts) {
            if (short_form) {
                write_line(sheet, words, *verdict);
            } else {
                write_block(sheet, words, *verdict);
            }
        }
    }
}

std::string answer_of(const v1::EndpointCoverage& endpoint) {
    const std::string state(state_words(endpoint.state()));
    return endpoint.answered_by().empty() ? state
                                          : fmt::format("{}: {}", state, visible(endpoint.answered_by()));
}

void write_endpoints(Sheet& sheet, const v1::Report& report) {
    sheet.blank();
    sheet.paragraph("== Endpoints that this instance uses", Ink::bold);
    sheet.blank();
    if (report.endpoints().empty())
        return sheet.paragraph("No PostgreSQL, Redis or Gitaly endpoint was found.");
    const int narrow = sheet.width() / 4;
    std::vector<std::vector<std::string>> rows;
    for (const auto& endpoint : report.endpoints()) {
        std::string kind = visible(endpoint.kind());
        const auto purposes = visible_all(endpoint.purposes());
        if (!purposes.empty()) kind += ": " + joined(purposes, narrow);
        rows.push_back({std::move(kind), visible(endpoint.address()), answer_of(endpoint),
                        joined(visible_all(endpoint.used_by()), narrow)});
    }
    sheet.table({"Kind", "Address", "Who answers", "Used by"}, rows);
}

void write_nodes(Sheet& sheet, const v1::Report& report) {
    sheet.blank();
    sheet.paragraph("== Nodes", Ink::bold);
    sheet.blank();
    if (report.nodes().empty()) return sheet.paragraph("No node has reported.");
    std::vector<std::vector<std::string>> rows;
    for (const auto& node : report.nodes()) {
        const auto roles = visible_all(node.roles());
        const auto system = visible(node.operating_system());
        rows.push_back({visible(node.name()), fmt::format("{}", fmt::join(roles, ", ")), version_words(node),
                        system.empty() ? "not known" : system,
                        time_word(node.has_inspected_at(), node.inspected_at()),
                        std::to_string(node.gaps())});
    }
    sheet.table({"Node", "Roles", "GitLab", "System", "Inspected", "Gaps"}, rows);
}

}  // namespace

std::string render_text(const v1::Report& report, const TextStyle& style) {
    Sheet sheet(style);
    write_header(sheet, report);
    write_path(sheet, report);
    write_verdicts(sheet, report);
    write_endpoints(sheet, report);
    write_nodes(sheet, report);
    sheet.blank();
    for (const auto& line : footer(report)) sheet.paragraph(line, Ink::faint, 2);
    return std::move(sheet).text();
}

}  // namespace preflight::readiness
