#include "readiness/difference.h"

#include <algorithm>
#include <map>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "readiness/plan_difference.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<const v1::Verdict*>;

struct Sides {
    Verdicts before;
    Verdicts after;
};

// Of one check on one node; an empty name is the instance.
using Place = std::pair<std::string_view, std::string_view>;

void sort_into(std::map<Place, Sides>& places, const v1::Report& report, Verdicts Sides::*side) {
    for (const auto& verdict : report.verdicts()) {
        if (verdict.nodes().empty()) (places[{verdict.check(), ""}].*side).push_back(&verdict);
        for (const auto& node : verdict.nodes()) (places[{verdict.check(), node}].*side).push_back(&verdict);
    }
}

// Ages, sizes and counts change while what they are said of stays.
std::string without_numbers(std::string_view text) {
    std::string subject;
    for (const char c : text) {
        const bool digit = c >= '0' && c <= '9';
        if (!digit) subject += c;
        if (digit && !subject.ends_with('#')) subject += '#';
    }
    return subject;
}

// A level that this program does not know says as little as UNKNOWN.
int badness(v1::Level level) {
    const bool known = v1::Level_IsValid(level) && level != v1::LEVEL_UNSPECIFIED;
    return -static_cast<int>(known ? level : v1::UNKNOWN);
}

v1::ReportDifference::Kind kind_of(const v1::Verdict* before, const v1::Verdict* after) {
    if (before == nullptr) return v1::ReportDifference::APPEARED;
    if (after == nullptr) return v1::ReportDifference::WENT;
    const auto worse = badness(after->level()) - badness(before->level());
    if (worse == 0) return v1::ReportDifference::CHANGED;
    return worse > 0 ? v1::ReportDifference::WORSE : v1::ReportDifference::BETTER;
}

// Takes the differences of one place; both sides in an order of their own, not of the report.
class Comparing {
  public:
    Comparing(const Place& place, Sides sides, std::vector<v1::ReportDifference>& found)
        : place_(place), sides_(std::move(sides)), found_(found) {
        const auto order = [](const v1::Verdict* one) {
            return std::tuple(one->level(), std::string_view(one->key()), std::string_view(one->summary()),
                              std::string_view(one->waived_by()));
        };
        std::ranges::sort(sides_.before, {}, order);
        std::ranges::sort(sides_.after, {}, order);
    }

    void run() {
        if (sides_.before.size() == 1 && sides_.after.size() == 1)
            return tell(sides_.before.front(), sides_.after.front());
        pair_by([](const v1::Verdict& verdict) {
            return std::tuple(verdict.key(), verdict.level(), verdict.summary(), verdict.waived_by());
        });
        pair_by([](const v1::Verdict& verdict) { return std::tuple(verdict.key(), verdict.summary()); });
        pair_by([](const v1::Verdict& verdict) {
            return std::tuple(verdict.key(), without_numbers(verdict.summary()));
        });
        pair_by([](const v1::Verdict& verdict) { return verdict.key(); }, Pairing::only_ones);
        pair_by([](const v1::Verdict&) { return 0; }, Pairing::only_ones);
        for (const auto* verdict : sides_.before) tell(verdict, nullptr);
        for (const auto* verdict : sides_.after) tell(nullptr, verdict);
    }

  private:
    enum class Pairing {
        in_order,
        only_ones,  // where there is one on each side, and so no choice
    };

    // Pairs what has one subject on both sides; what finds no other stays.
    template <typename Subject>
    void pair_by(const Subject& subject, Pairing pairing = Pairing::in_order) {
        std::map<std::invoke_result_t<Subject, const v1::Verdict&>, Sides> subjects;
        for (const auto* verdict : sides_.before) subjects[subject(*verdict)].before.push_back(verdict);
        for (const auto* verdict : sides_.after) subjects[subject(*verdict)].after.push_back(verdict);
        sides_ = {};
        for (const auto& [key, sides] : subjects) {
            const bool choice = sides.before.size() != 1 || sides.after.size() != 1;
            auto pairs = std::min(sides.before.size(), sides.after.size());
            if (pairing == Pairing::only_ones && choice) pairs = 0;
            for (std::size_t i = 0; i < pairs; ++i) tell(sides.before[i], sides.after[i]);
            const auto rest = static_cast<std::ptrdiff_t>(pairs);
            sides_.before.insert(sides_.before.end(), sides.before.begin() + rest, sides.before.end());
            sides_.after.insert(sides_.after.end(), sides.after.begin() + rest, sides.after.end());
        }
    }

    void tell(const v1::Verdict* before, const v1::Verdict* after) {
        const bool both = before != nullptr && after != nullptr;
        if (both && before->level() == after->level() && before->summary() == after->summary() &&
            before->waived_by() == after->waived_by())
            return;
        v1::ReportDifference difference;
        difference.set_kind(kind_of(before, after));
        difference.set_check(std::string(place_.first));
        difference.set_node(std::string(place_.second));
        if (before != nullptr) {
            difference.set_before(before->level());
            difference.set_summary_before(before->summary());
            difference.set_waived_by_before(before->waived_by());
        }
        if (after != nullptr) {
            difference.set_after(after->level());
            difference.set_summary_after(after->summary());
            difference.set_waived_by_after(after->waived_by());
        }
        found_.push_back(std::move(difference));
    }

    Place place_;
    Sides sides_;
    std::vector<v1::ReportDifference>& found_;
};

// What is there now counts as it is now, what went as it was; what went stands behind.
auto rank(const v1::ReportDifference& difference) {
    const bool went = difference.kind() == v1::ReportDifference::WENT;
    return std::tuple(went, -badness(went ? difference.before() : difference.after()),
                      std::string_view(difference.check()), std::string_view(difference.node()),
                      std::string_view(difference.summary_after()),
                      std::string_view(difference.summary_before()), difference.kind());
}

}  // namespace

v1::ReportDifferences difference_of(const v1::Report& before, const v1::Report& after) {
    v1::ReportDifferences all;
    all.set_schema("preflight.v1.ReportDifferences");
    if (before.has_generated_at()) *all.mutable_generated_before() = before.generated_at();
    if (after.has_generated_at()) *all.mutable_generated_after() = after.generated_at();
    all.set_target_before(before.target_version());
    all.set_target_after(after.target_version());
    all.set_outcome_before(before.outcome());
    all.set_outcome_after(after.outcome());
    std::map<Place, Sides> places;
    sort_into(places, before, &Sides::before);
    sort_into(places, after, &Sides::after);
    std::vector<v1::ReportDifference> found;
    for (auto& [place, sides] : places) Comparing(place, std::move(sides), found).run();
    std::ranges::sort(found, {}, rank);
    all.mutable_differences()->Add(std::make_move_iterator(found.begin()),
                                   std::make_move_iterator(found.end()));
    add_plan_differences(all, before, after);
    return all;
}

}  // namespace preflight::readiness
