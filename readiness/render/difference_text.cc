#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "readiness/render/layout.h"
#include "readiness/render/render.h"
#include "readiness/render/summary.h"
#include "readiness/render/times.h"
#include "readiness/render/visible.h"

namespace preflight::readiness {
namespace {

using namespace render;
using Difference = v1::ReportDifference;

struct KindWords {
    Difference::Kind kind;
    std::string_view heading;
    std::string_view counted;
};

// What must be looked at first.
constexpr std::array<KindWords, 5> all_kinds{{
    {Difference::WORSE, "Worse", "worse"},
    {Difference::APPEARED, "Appeared", "appeared"},
    {Difference::CHANGED, "Changed", "changed"},
    {Difference::BETTER, "Better", "better"},
    {Difference::WENT, "Went", "went"},
}};

// What several nodes have alike.
struct Line {
    Difference what;  // without its node
    std::vector<std::string> nodes;
};

// In the order of the differences, a line where its first node stands.
std::vector<Line> lines_of(const v1::ReportDifferences& all, Difference::Kind kind) {
    std::vector<Line> lines;
    std::map<std::string, std::size_t> places;
    for (const auto& difference : all.differences()) {
        if (difference.kind() != kind) continue;
        auto what = difference;
        what.clear_node();
        const auto [place, is_new] = places.try_emplace(what.SerializeAsString(), lines.size());
        if (is_new) lines.push_back({std::move(what), {}});
        if (!difference.node().empty()) lines[place->second].nodes.push_back(visible(difference.node()));
    }
    return lines;
}

auto count_of(const v1::ReportDifferences& all, Difference::Kind kind) {
    return std::ranges::count(all.differences(), kind, &Difference::kind);
}

std::string level_of(const Difference& what) {
    const auto before = words_of(what.before()).one;
    const auto after = words_of(what.after()).one;
    if (what.kind() == Difference::APPEARED) return std::string(after);
    if (what.kind() == Difference::WENT || what.before() == what.after()) return std::string(before);
    return fmt::format("{} -> {}", before, after);
}

std::string sentence(const std::string& summary, const std::string& waived_by) {
    return visible(summary) + (waived_by.empty() ? "" : " (accepted: " + visible(waived_by) + ")");
}

void write_line(Sheet& sheet, const Line& line) {
    const auto& what = line.what;
    const bool went = what.kind() == Difference::WENT;
    sheet.blank();
    sheet.paragraph(fmt::format("{} {}: {}", words_of(went ? what.before() : what.after()).mark,
                                visible(what.check()), level_of(what)),
                    Ink::bold, 2);
    sheet.row("Where", line.nodes.empty() ? "the instance" : joined(line.nodes, sheet.body_width()));
    if (what.kind() != Difference::APPEARED)
        sheet.row("Before", sentence(what.summary_before(), what.waived_by_before()));
    if (!went) sheet.row("Now", sentence(what.summary_after(), what.waived_by_after()));
}

using PlanDifferences = google::protobuf::RepeatedPtrField<v1::PlanDifference>;

// A line each: what was before, and what is now.
void write_parts(Sheet& sheet, std::string_view heading, const PlanDifferences& parts) {
    if (parts.empty()) return;
    sheet.blank();
    sheet.paragraph(fmt::format("== {}: {}", heading, parts.size()), Ink::bold);
    sheet.blank();
    for (const auto& part : parts) {
        const auto what = part.kind() == Difference::APPEARED ? "appeared: " + visible(part.after())
                          : part.kind() == Difference::WENT
                              ? "went: " + visible(part.before())
                              : visible(part.before()) + " -> " + visible(part.after());
        sheet.item("-", visible(part.key()) + ": " + what, 2);
    }
}

std::string side(v1::Report::Outcome outcome, const std::string& target, bool has_time,
                 const google::protobuf::Timestamp& time) {
    return fmt::format("{} for {}, {}", answer(outcome), target.empty() ? "no target" : visible(target),
                       time_words(has_time, time));
}

}  // namespace

std::string render_text(const v1::ReportDifferences& all, const TextStyle& style) {
    Sheet sheet(style);
    sheet.paragraph("Before: " + side(all.outcome_before(), all.target_before(), all.has_generated_before(),
                                      all.generated_before()),
                    Ink::plain, 3);
    sheet.paragraph("Now: " + side(all.outcome_after(), all.target_after(), all.has_generated_after(),
                                   all.generated_after()),
                    Ink::bold, 3);
    sheet.blank();
    std::vector<std::string> counts;
    for (const auto& words : all_kinds) {
        const auto count = count_of(all, words.kind);
        if (count > 0) counts.push_back(fmt::format("{} {}", count, words.counted));
    }
    sheet.paragraph(counts.empty() ? "No verdict differs." : fmt::format("{}", fmt::join(counts, ", ")));
    for (const auto& words : all_kinds) {
        const auto lines = lines_of(all, words.kind);
        if (lines.empty()) continue;
        sheet.blank();
        sheet.paragraph(fmt::format("== {}: {}", words.heading, count_of(all, words.kind)), Ink::bold);
        for (const auto& line : lines) write_line(sheet, line);
    }
    write_parts(sheet, "Path", all.path());
    write_parts(sheet, "Plan", all.plan());
    return std::move(sheet).text();
}

}  // namespace preflight::readiness
