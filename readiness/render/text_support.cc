#include "readiness/render/text_support.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "readiness/render/ticket.h"
#include "readiness/render/tiers.h"

namespace preflight::readiness::render {
namespace {

constexpr int indent = 3;
constexpr int inner = 5;  // below an item's mark

Ink ink_of(v1::SupportAnswer::State state) {
    return state == v1::SupportAnswer::SEEN ? Ink::plain : Ink::yellow;
}

void write_answer(Sheet& sheet, const AnswerGroup& group, const NodeNames& names) {
    const auto words = answer_words(group.state);
    const int room = sheet.width() - inner;
    std::string line(words.before);
    if (!group.subjects.empty()) line += subjects_words(shown_all(group.subjects, names), room) + ": ";
    sheet.item(words.mark, line + group.text, indent, ink_of(group.state));
    const auto sources = sources_words(group.evidence, room);
    if (!sources.empty()) sheet.indented(fmt::format("({})", sources), inner, Ink::faint);
}

void write_tier(Sheet& sheet, const std::vector<Tier>& tiers, const Tier& tier, const NodeNames& names) {
    const int room = sheet.width() - inner;
    const auto standing = standing_words(tier);
    const auto* mark = tier.reports ? "+" : (tier.external ? "i" : "?");
    auto line = fmt::format("{}: {}", role_words(tier), joined(shown_all(tier.nodes, names), room));
    if (!standing.empty()) line += fmt::format(" ({})", standing);
    sheet.item(mark, line, indent, *mark == '?' ? Ink::yellow : Ink::plain);
    for (const auto& [place, use] : tier.uses) {
        const auto& [to, kind] = place;
        const auto target = joined(shown_all(tiers[to].nodes, names), room / 2);
        sheet.item("->", fmt::format("{}: {}", target, use_words(kind, use, room / 2)), inner);
    }
}

}  // namespace

void write_support(Sheet& sheet, const v1::Report& report, const NodeNames& names) {
    if (report.support().questions().empty()) return;
    sheet.blank();
    sheet.paragraph("== Answers for GitLab Support: " + ticket_summary(report.support()), Ink::bold, indent);
    for (const auto& question : report.support().questions()) {
        sheet.blank();
        sheet.paragraph("-- " + question_words(question), Ink::bold, indent);
        if (question.answers().empty()) sheet.indented("? Not answered", indent, Ink::yellow);
        for (const auto& group : answer_groups(question)) write_answer(sheet, group, names);
    }
}

void write_architecture(Sheet& sheet, const v1::Report& report, const NodeNames& names) {
    const auto& architecture = report.architecture();
    if (architecture.nodes().empty()) return;
    const auto tiers = tiers_of(architecture);
    const bool sites = has_sites(tiers);
    sheet.blank();
    sheet.paragraph("== Architecture: " + architecture_summary(architecture), Ink::bold, indent);
    if (!sites) sheet.blank();
    for (std::size_t i = 0; i < tiers.size(); ++i) {
        if (sites && (i == 0 || tiers[i].site != tiers[i - 1].site)) {
            sheet.blank();
            sheet.paragraph("-- " + site_words(tiers[i].site), Ink::bold, indent);
        }
        write_tier(sheet, tiers, tiers[i], names);
    }
}

}  // namespace preflight::readiness::render
