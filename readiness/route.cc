#include "readiness/route.h"

#include <algorithm>

#include "readiness/installed.h"
#include "readiness/survey.h"
#include "readiness/system_moves.h"

namespace preflight::readiness {
namespace {

std::vector<OpenStop> decide_stops(const Version& from, const Fleet& fleet, const Upgrade& upgrade,
                                   const v1::Knowledge& knowledge) {
    std::vector<OpenStop> stops;
    for (const auto& stop : knowledge.stops()) {
        if (!stop.conditional() || !lies_on_way(stop, from, upgrade.target)) continue;
        // One whose condition no predicate can put is for a person: never dropped.
        Decided decided{Truth::unknown, {}, stop.condition() + "?"};
        if (stop.has_needed_if()) decided = evaluate(stop.needed_if(), fleet, upgrade, knowledge);
        stops.push_back({&stop, std::move(decided)});
    }
    std::ranges::sort(stops, {}, [](const OpenStop& open) { return parse_version(open.stop->minor()); });
    return stops;
}

std::vector<Leg> legs_of(const Version& from, const Path& path) {
    std::vector<Leg> legs;
    auto before = from;
    for (const auto& hop : path.hops) {
        const auto to = parse_version(hop.version());
        if (!to) continue;
        legs.push_back({before, *to});
        before = *to;
    }
    return legs;
}

}  // namespace

Route find_route(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    if (fleet.survey && fleet.survey->route) return *fleet.survey->route;
    Route route;
    route.from = lowest_version(fleet);
    if (!route.from) return route;
    route.conditional = SharedList(decide_stops(*route.from, fleet, upgrade, knowledge));
    const auto dropped = [&](const v1::Stop& stop) {
        return std::ranges::any_of(route.conditional, [&](const OpenStop& open) {
            return open.stop == &stop && open.decided.truth == Truth::fails;
        });
    };
    route.path = find_path(*route.from, upgrade.target, knowledge, dropped);
    add_moves(route.path.hops, fleet, upgrade.edition, knowledge);
    route.legs = legs_of(*route.from, route.path);
    return route;
}

bool is_known(const Route& route) {
    return route.from && (!route.legs.empty() || route.path.kind == Path::Kind::already_there);
}

bool crosses(const Leg& leg, const Version& version) { return leg.from < version && leg.to >= version; }

std::string leg_text(const Leg& leg) { return leg.from.text() + " → " + leg.to.text(); }

}  // namespace preflight::readiness
