#include "readiness/issue_places.h"

#include <algorithm>

namespace preflight::readiness {
namespace {

bool is_crossed(const v1::KnownIssue& issue, const Leg& leg) {
    return std::ranges::any_of(issue.crossed(), [&](const std::string& text) {
        const auto version = parse_version(text);
        return version && crosses(leg, *version);
    });
}

// The lowest patch of this minor that may serve as a stop.
int lowest_patch(const Version& minor, const v1::Knowledge& knowledge) {
    const auto stop = std::ranges::find(knowledge.stops(), minor.minor_text(), &v1::Stop::minor);
    if (stop == knowledge.stops().end()) return 0;
    return parse_version(stop->at_least()).value_or(Version()).patch;
}

bool has_free_patch(const v1::KnownIssue& issue, const Version& landed, const v1::Knowledge& knowledge) {
    const auto newest = newest_patch(landed, knowledge);
    auto patch = landed.minor_release();
    patch.patch = lowest_patch(landed, knowledge);
    for (; newest && patch <= *newest; ++patch.patch) {
        if (!never_released(patch, knowledge) && !within(patch, issue.landed_on())) return true;
    }
    return false;
}

}  // namespace

std::vector<IssuePlace> places_of(const v1::KnownIssue& issue, const Route& route,
                                  const v1::Knowledge& knowledge) {
    const bool spares_passing = !issue.in_passing().empty();
    std::vector<IssuePlace> places;
    for (const auto& leg : route.legs) {
        const bool crossed = is_crossed(issue, leg);
        if (!crossed && !within(leg.to, issue.landed_on())) continue;
        const bool passing = spares_passing && !crossed && &leg != &route.legs.back() &&
                             !has_free_patch(issue, leg.to, knowledge);
        places.push_back({"at the hop " + leg_text(leg), &leg, passing});
    }
    if (within(*route.from, issue.started_from())) {
        places.push_back(
            {"with " + route.from->text() + ", which runs", nullptr, spares_passing && !route.legs.empty()});
    }
    std::ranges::stable_partition(places, [](const IssuePlace& place) { return !place.passing; });
    return places;
}

}  // namespace preflight::readiness
