#include "readiness/render/summary.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>

#include "readiness/render/acceptances.h"
#include "readiness/render/times.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

constexpr std::array<LevelWords, 6> all_levels{{
    {v1::BLOCKER, "blocker", "blockers", "Blockers", "x", "\u2715"},
    {v1::UNKNOWN, "unknown", "unknown", "Unknown", "?", "?"},
    {v1::WARNING, "warning", "warnings", "Warnings", "!", "!"},
    {v1::NOTE, "note", "notes", "Notes", "i", "i"},
    {v1::READY, "ready", "ready", "Ready", "+", "\u2713", true},
    {v1::NOT_APPLICABLE, "not applicable", "not applicable", "Not applicable", "-", "\u2013", true},
}};

bool has_time(const v1::ReportNode& node) { return node.has_inspected_at() && in_range(node.inspected_at()); }

std::string outcome_meaning(const v1::Report& report) {
    const bool unknown = !verdicts_of(report, v1::UNKNOWN).empty();
    switch (report.outcome()) {
        case v1::Report::READY_TO_UPGRADE:
            return "Nothing that was checked stands in the way.";
        case v1::Report::READY_WITH_CONDITIONS:
            // Conditions are warnings, or what persons accepted.
            return verdicts_of(report, v1::WARNING).empty() && !accepted_verdicts(report).empty()
                       ? "Nothing stops the upgrade but what persons accepted. Read that before you start."
                       : "Nothing stops the upgrade. Read the warnings before you start.";
        case v1::Report::NOT_READY:
            return unknown
                       ? "Do not start. Clear the blockers, and find out what is unknown: it may hide more."
                       : "Do not start. Clear the blockers first.";
        default:
            break;
    }
    if (report.nodes().empty()) return "Do not start. No node has reported, so nothing is known.";
    return "Do not start. Find out what is unknown: it may hide a blocker.";
}

// How many nodes is enough here: which ones say the verdict and the plan.
std::string move_words(const v1::SystemMove& move) {
    const auto who = move.nodes().empty()
                         ? visible(move.system())
                         : plural(static_cast<std::size_t>(move.nodes_size()), "node", "nodes") + " on " +
                               visible(move.system());
    if (move.to().empty())
        return fmt::format("No package for {}, and no system that follows has packages before and after.",
                           who);
    std::vector<std::string> systems;
    systems.reserve(static_cast<std::size_t>(move.to_size()));
    for (const auto& system : move.to()) systems.push_back(visible(system));
    return fmt::format("Before it, {}: move to {}, with GitLab {} on both{}.", who,
                       fmt::join(systems, " or "), visible(move.at_version()),
                       move.rebuild() ? "; where PostgreSQL's data lie, rebuild its text indexes" : "");
}

}  // namespace

std::string plural(std::size_t count, std::string_view one, std::string_view many) {
    return fmt::format("{} {}", count, count == 1 ? one : many);
}

std::span<const LevelWords> level_words() { return all_levels; }

const LevelWords& words_of(v1::Level level) {
    const auto* found = std::ranges::find(all_levels, level, &LevelWords::level);
    return found != all_levels.end() ? *found
                                     : *std::ranges::find(all_levels, v1::UNKNOWN, &LevelWords::level);
}

std::vector<const v1::Verdict*> verdicts_of(const v1::Report& report, v1::Level level) {
    std::vector<const v1::Verdict*> found;
    for (const auto& verdict : report.verdicts()) {
        if (words_of(verdict.level()).level == level && !is_accepted(verdict)) found.push_back(&verdict);
    }
    return found;
}

std::string title_of(const v1::Verdict& verdict) {
    const auto check = visible(verdict.check());
    return verdict.title().empty() ? check : fmt::format("{} ({})", visible(verdict.title()), check);
}

std::string question(const v1::Report& report) {
    const std::string target =
        report.target_version().empty() ? "a version nobody named" : visible(report.target_version());
    if (report.from_version().empty()) return fmt::format("Can this instance go to {}?", target);
    return fmt::format("Can this instance go from {} to {}?", visible(report.from_version()), target);
}

std::string_view answer(v1::Report::Outcome outcome) {
    switch (outcome) {
        case v1::Report::READY_TO_UPGRADE:
            return "READY";
        case v1::Report::READY_WITH_CONDITIONS:
            return "READY WITH CONDITIONS";
        case v1::Report::NOT_READY:
            return "NOT READY";
        default:
            return "CANNOT SAY";
    }
}

std::string_view answer(const v1::Report& report) { return answer(report.outcome()); }

std::vector<std::string> count_parts(const v1::Report& report) {
    std::vector<std::string> parts;
    for (const auto& words : all_levels) {
        const auto count = verdicts_of(report, words.level).size();
        if (count > 0) parts.push_back(plural(count, words.one, words.many));
    }
    const auto accepted = accepted_verdicts(report).size();
    if (accepted > 0) parts.push_back(fmt::format("{} accepted", accepted));
    if (parts.empty()) parts.emplace_back("nothing was checked");
    return parts;
}

std::string counts(const v1::Report& report) {
    return fmt::format("{}", fmt::join(count_parts(report), ", "));
}

std::string meaning(const v1::Report& report) {
    const auto accepted = accepted_verdicts(report).size();
    if (accepted == 0) return outcome_meaning(report);
    return fmt::format("{} {} not count, because persons answer for that.", outcome_meaning(report),
                       accepted == 1 ? "1 verdict does" : fmt::format("{} verdicts do", accepted));
}

std::string basis(const v1::Report& report) {
    if (report.nodes().empty()) return "Based on no node: none has reported.";
    TimeSpan span;
    int inspected = 0;
    for (const auto& node : report.nodes()) {
        if (!has_time(node)) continue;
        span.add(true, node.inspected_at());
        ++inspected;
    }
    const int silent = report.nodes_size() - inspected;
    auto text = "Based on " + plural(static_cast<std::size_t>(report.nodes_size()), "node", "nodes");
    if (inspected == 0) return text + ", none of them inspected.";
    text += ", inspected " + span.words();
    if (silent > 0) text += fmt::format("; {} not inspected", silent);
    return text + ".";
}

std::string hop_role(const v1::Report& report, int index) {
    const auto& hop = report.path(index);
    if (index + 1 == report.path_size()) return hop.stop() ? "target, a required stop too" : "target";
    return hop.conditional() ? "conditional stop" : "required stop";
}

std::string hop_reason(const v1::Hop& hop) {
    std::string text;
    if (hop.conditional() && !hop.condition().empty()) text = "Needed if " + visible(hop.condition()) + ". ";
    text += visible(hop.reason());
    if (!hop.moves().empty() && !text.empty() && !text.ends_with('.') && !text.ends_with(' ')) text += '.';
    text += ' ';
    for (const auto& move : hop.moves()) text += move_words(move) + " ";
    while (text.ends_with(' ')) text.pop_back();
    return text;
}

std::string no_path(const v1::Report& report) {
    const bool there = !report.from_version().empty() && report.from_version() == report.target_version();
    return there ? "no hop: the target runs already" : "not known";
}

std::string_view state_words(v1::EndpointCoverage::State state) {
    switch (state) {
        case v1::EndpointCoverage::COVERED:
            return "covered";
        case v1::EndpointCoverage::EXTERNAL:
            return "external";
        case v1::EndpointCoverage::NOT_COVERED:
            return "NOT COVERED";
        default:
            return "NOT KNOWN";
    }
}

std::string version_words(const v1::ReportNode& node) {
    if (node.version().empty()) return "not known";
    auto version = visible(node.version());
    if (node.edition() == v1::CE) return version + " CE";
    if (node.edition() == v1::EE) return version + " EE";
    return version;
}

std::vector<std::string> footer(const v1::Report& report) {
    const auto or_unknown = [](const std::string& text) {
        return text.empty() ? "not known" : visible(text);
    };
    return {
        "GitLab Preflight " + or_unknown(report.tool_version()),
        fmt::format("knowledge {}, which ends at GitLab {}", or_unknown(report.knowledge_version()),
                    or_unknown(report.knowledge_horizon())),
        "report made " + time_words(report.has_generated_at(), report.generated_at()),
    };
}

std::vector<const v1::EndpointCoverage*> endpoints_of(const v1::Report& report) {
    std::vector<const v1::EndpointCoverage*> endpoints;
    for (const auto& endpoint : report.endpoints()) endpoints.push_back(&endpoint);
    std::ranges::stable_partition(endpoints, [](const auto* endpoint) {
        return endpoint->state() != v1::EndpointCoverage::COVERED &&
               endpoint->state() != v1::EndpointCoverage::EXTERNAL;
    });
    return endpoints;
}

std::vector<std::string> visible_all(const Texts& texts) {
    std::vector<std::string> all;
    std::transform(texts.begin(), texts.end(), std::back_inserter(all),
                   [](const std::string& text) { return visible(text); });
    return all;
}

}  // namespace preflight::readiness::render
