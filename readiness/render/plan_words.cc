#include "readiness/render/plan_words.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstdint>

#include "readiness/render/summary.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

std::string_view phase_words(v1::PlanStep::Phase phase) {
    switch (phase) {
        case v1::PlanStep::BEFORE_WINDOW:
            return "before the window, while GitLab serves";
        case v1::PlanStep::IN_WINDOW:
            return "in the window";
        case v1::PlanStep::BETWEEN_HOPS:
            return "after the window; the next hop waits for this";
        case v1::PlanStep::AFTER:
            return "after the upgrade";
        default:
            return "at a time that nobody named";
    }
}

StepGroup group_of(const v1::PlanStep& step, int number) {
    if (!step.to().empty()) {
        const auto hop = "To " + visible(step.to());
        return {fmt::format("{}: {}", hop, phase_words(step.phase())), hop, {}, number};
    }
    std::string words(phase_words(step.phase()));
    words.front() = static_cast<char>(words.front() - 'a' + 'A');
    return {words, words, {}, number};
}

struct Time {
    std::string number;
    std::string_view unit;
};

// In the unit in which people plan: an hour and a half is 1.5 hours, three minutes stay minutes.
Time time_of(std::uint64_t seconds) {
    constexpr std::uint64_t minute = 60;
    constexpr std::uint64_t hour = 60 * minute;
    constexpr std::uint64_t day = 24 * hour;
    if (seconds < 2 * minute) return {std::to_string(seconds), "second"};
    if (seconds < 2 * hour) return {std::to_string((seconds + minute - 1) / minute), "minute"};
    const auto unit = seconds < 2 * day ? hour : day;
    auto number = fmt::format("{:.1f}", static_cast<double>(seconds) / static_cast<double>(unit));
    if (number.ends_with(".0")) number.resize(number.size() - 2);
    return {number, unit == hour ? "hour" : "day"};
}

std::string words_of(const Time& time) {
    return fmt::format("{} {}{}", time.number, time.unit, time.number == "1" ? "" : "s");
}

std::string range_words(std::uint64_t from, std::uint64_t to) {
    const auto first = time_of(from);
    const auto last = time_of(to);
    if (from == 0) return "up to " + words_of(last);
    if (to < from) return words_of(first) + " or more";
    if (words_of(first) == words_of(last)) return words_of(last);
    return (first.unit == last.unit ? first.number : words_of(first)) + " to " + words_of(last);
}

bool has_duration(const v1::PlanStep& step) { return step.seconds_from() > 0 || step.seconds_to() > 0; }

}  // namespace

std::vector<StepGroup> step_groups(const v1::Plan& plan) {
    std::vector<StepGroup> groups;
    for (int i = 0; i < plan.steps_size(); ++i) {
        const auto& step = plan.steps(i);
        auto group = group_of(step, i + 1);
        if (groups.empty() || groups.back().heading != group.heading) groups.push_back(std::move(group));
        groups.back().steps.push_back(&step);
    }
    return groups;
}

int step_number(const v1::Plan& plan, std::string_view id) {
    for (int i = 0; i < plan.steps_size(); ++i) {
        if (!id.empty() && plan.steps(i).id() == id) return i + 1;
    }
    return 0;
}

bool has_plan(const v1::Report& report) {
    return !report.plan().steps().empty() || !report.plan().open().empty();
}

std::string plan_summary(const v1::Plan& plan) {
    if (plan.steps().empty()) return "none";
    auto words = plural(static_cast<std::size_t>(plan.steps_size()), "step", "steps");
    switch (plan.manner()) {
        case v1::Plan::SINGLE_NODE:
            words += ", one node";
            break;
        case v1::Plan::WITH_DOWNTIME:
            words += ", with downtime";
            break;
        case v1::Plan::ZERO_DOWNTIME:
            words += ", without downtime";
            break;
        default:
            break;
    }
    return plan.geo() ? words + ", Geo sites" : words;
}

std::string open_meaning(const v1::Plan& plan) {
    return plan.steps().empty() ? "There is no plan yet:" : "A draft: what is open may change it.";
}

std::string duration_words(const v1::PlanStep& step) {
    if (!has_duration(step)) return "";
    const auto range = range_words(step.seconds_from(), step.seconds_to());
    return step.duration_source().empty() ? range
                                          : fmt::format("{} ({})", range, visible(step.duration_source()));
}

std::string known_durations(const Steps& steps) {
    std::uint64_t from = 0;
    std::uint64_t to = 0;
    std::size_t known = 0;
    for (const auto* step : steps) {
        if (!has_duration(*step)) continue;
        from += step->seconds_from();
        to += std::max(step->seconds_from(), step->seconds_to());
        ++known;
    }
    if (known == 0 || steps.size() == 1) return "";  // one step tells its own
    return fmt::format("Durations are known for {} of {}: {} together.", known,
                       plural(steps.size(), "step", "steps"), range_words(from, to));
}

std::string_view reversal_words(v1::PlanStep::Reversal reversal) {
    switch (reversal) {
        case v1::PlanStep::REVERSIBLE:
            return "can be undone";
        case v1::PlanStep::CHANGES_NOTHING:
            return "changes nothing";
        case v1::PlanStep::RESTORE_ONLY:
            return "from here on only a restore leads back";
        default:
            return "not known";
    }
}

std::string_view order_words(const v1::PlanStep& step) {
    const bool ordered = step.one_by_one() && step.nodes_size() > 1;
    return ordered ? "one by one, the next only when the check of the one before holds" : "";
}

}  // namespace preflight::readiness::render
