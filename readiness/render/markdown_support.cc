#include "readiness/render/markdown_support.h"

#include <fmt/format.h>

#include "readiness/render/layout.h"
#include "readiness/render/ticket.h"
#include "readiness/render/tiers.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

constexpr int list_width = 400;

std::vector<std::string> all_visible(const std::vector<std::string>& names) {
    std::vector<std::string> all;
    all.reserve(names.size());
    for (const auto& name : names) all.push_back(visible(name));
    return all;
}

std::string joined_visible(const std::vector<std::string>& names) {
    return joined(all_visible(names), list_width);
}

std::string answer_line(const AnswerGroup& group) {
    constexpr int sources_width = 120;
    std::string line(answer_words(group.state).before);
    if (!group.subjects.empty()) line += subjects_words(all_visible(group.subjects), list_width) + ": ";
    line += group.text;
    const auto sources = sources_words(group.evidence, sources_width);
    return sources.empty() ? line : fmt::format("{} ({})", line, sources);
}

}  // namespace

void write_support(MarkdownText& text, const v1::Report& report) {
    if (report.support().questions().empty()) return;
    text.heading(2, "Answers for GitLab Support");
    for (const auto& question : report.support().questions()) {
        text.heading(3, question_words(question));
        if (question.answers().empty()) text.item("Not answered.");
        for (const auto& group : answer_groups(question)) text.item(answer_line(group));
    }
}

// The nodes as a list for those whose reader draws nothing, and the drawing for GitLab.
void write_architecture(MarkdownText& text, const v1::Report& report) {
    constexpr int use_width = 120;
    const auto& architecture = report.architecture();
    if (architecture.nodes().empty()) return;
    text.heading(2, "Architecture");
    const auto tiers = tiers_of(architecture);
    const bool sites = has_sites(tiers);
    for (const auto& tier : tiers) {
        auto line = fmt::format("{}{}: {}", sites ? site_words(tier.site) + ", " : "", role_words(tier),
                                joined_visible(tier.nodes));
        const auto standing = standing_words(tier);
        if (!standing.empty()) line += fmt::format(" ({})", standing);
        for (const auto& [place, use] : tier.uses) {
            line += fmt::format("; uses {} of {}", use_words(place.second, use, use_width),
                                joined_visible(tiers[place.first].nodes));
        }
        text.item(line);
    }
    if (!architecture.mermaid().empty()) text.block("mermaid", architecture.mermaid());
}

std::string support_markdown(const v1::Report& report) {
    MarkdownText text;
    write_support(text, report);
    write_architecture(text, report);
    return std::move(text).text();
}

}  // namespace preflight::readiness::render
