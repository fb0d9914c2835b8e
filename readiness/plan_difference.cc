#include "readiness/plan_difference.h"

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "readiness/verdict.h"
#include "readiness/version.h"

namespace preflight::readiness {
namespace {

using Differences = google::protobuf::RepeatedPtrField<v1::PlanDifference>;

// A hop or a step: what it goes by, what is compared, and how it is told.
struct Part {
    std::string key;
    std::string compared;
    std::string told;
};

using Parts = std::vector<Part>;

std::string minor_of(const std::string& version) {
    const auto parsed = parse_version(version);
    return parsed ? parsed->minor_text() : version;
}

Parts hops_of(const v1::Report& report) {
    Parts parts;
    parts.reserve(static_cast<std::size_t>(report.path_size()));
    for (const auto& hop : report.path()) {
        const auto* what = !hop.stop()         ? "the target"
                           : hop.conditional() ? "a conditional stop"
                                               : "a required stop";
        const auto told = hop.version() + ", " + what;
        parts.push_back({minor_of(hop.version()), told, told});
    }
    return parts;
}

// "19.2.4/roll_gitaly" → "19.2/roll_gitaly"
std::string key_of(const v1::PlanStep& step) {
    const auto begin = step.to() + "/";
    if (step.to().empty() || !step.id().starts_with(begin)) return step.id();
    return minor_of(step.to()) + "/" + step.id().substr(begin.size());
}

Parts steps_of(const v1::Report& report) {
    Parts parts;
    parts.reserve(static_cast<std::size_t>(report.plan().steps_size()));
    for (const auto& step : report.plan().steps()) {
        const std::vector<std::string> nodes(step.nodes().begin(), step.nodes().end());
        parts.push_back({key_of(step), listed(nodes),
                         step.title() + (nodes.empty() ? "" : " (" + listed_first(nodes) + ")")});
    }
    return parts;
}

void add(Differences& found, v1::ReportDifference::Kind kind, const std::string& key, const Part* before,
         const Part* after) {
    auto& difference = *found.Add();
    difference.set_kind(kind);
    difference.set_key(key);
    if (before != nullptr) difference.set_before(before->told);
    if (after != nullptr) difference.set_after(after->told);
}

// Of a key that stands several times the first belongs to the first.
void compare(const Parts& before, const Parts& after, Differences& found) {
    std::map<std::string, std::vector<const Part*>> known;
    std::map<std::string, std::size_t> wanted;
    for (const auto& part : after) ++wanted[part.key];
    for (const auto& part : before) {
        auto& same = known[part.key];
        same.push_back(&part);
        if (same.size() > wanted[part.key]) add(found, v1::ReportDifference::WENT, part.key, &part, nullptr);
    }
    std::map<std::string, std::size_t> met;
    for (const auto& part : after) {
        const auto& same = known[part.key];
        const auto at = met[part.key]++;
        if (at >= same.size()) {
            add(found, v1::ReportDifference::APPEARED, part.key, nullptr, &part);
        } else if (same[at]->compared != part.compared) {
            add(found, v1::ReportDifference::CHANGED, part.key, same[at], &part);
        }
    }
}

}  // namespace

void add_plan_differences(v1::ReportDifferences& all, const v1::Report& before, const v1::Report& after) {
    compare(hops_of(before), hops_of(after), *all.mutable_path());
    compare(steps_of(before), steps_of(after), *all.mutable_plan());
}

}  // namespace preflight::readiness
