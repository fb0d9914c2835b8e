#include "readiness/system_moves.h"

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <string>
#include <tuple>
#include <utility>

#include "readiness/collations.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Support = v1::OperatingSystemSupport;

template <typename List, typename Value>
bool contains(const List& list, const Value& value) {
    return std::ranges::find(list, value) != list.end();
}

// Does a node of the one system go to the other, by an upgrade of its own line or where that line ends?
bool follows(const Support& next, const Support& own) {
    if (next.compatible_only() && !own.compatible_only()) return false;
    const auto before = parse_server_version(own.version());
    const auto after = parse_server_version(next.version());
    if (!before || !after) return false;
    const bool same_line =
        std::ranges::any_of(next.ids(), [&](const auto& id) { return contains(own.ids(), id); });
    const bool other_line =
        std::ranges::any_of(next.ids(), [&](const auto& id) { return contains(own.followed_by(), id); });
    return same_line ? *before < *after : other_line && *before <= *after;
}

bool serves(const Support& support, const SystemWay& way) {
    const auto& architecture = way.build.architecture;
    // Both enums number CE and EE alike.
    return (way.edition == v1::EDITION_UNSPECIFIED ||
            contains(support.editions(), static_cast<int>(way.edition))) &&
           (architecture.empty() || contains(support.architectures(), architecture));
}

bool has_packages(const Support& support, const SystemWay& way, std::size_t at) {
    return packages_for(support, way.build, way.versions[at]) == Packages::offered;
}

// The last version up to which each after `at` has packages.
std::size_t reach(const Support& support, const SystemWay& way, std::size_t at) {
    while (at + 1 < way.versions.size() && has_packages(support, way, at + 1)) ++at;
    return at;
}

// Changes `at` from the last version with packages of the old system to that at which the move is made.
std::vector<const Support*> farthest(const Support& own, const SystemWay& way, std::size_t first,
                                     std::size_t& at, const v1::Knowledge& knowledge) {
    std::vector<const Support*> best;
    auto best_reach = at;
    const auto last = at;
    for (auto candidate = last + 1; candidate-- > first;) {
        for (const auto& next : knowledge.operating_systems()) {
            if (!follows(next, own) || !serves(next, way) || !has_packages(next, way, candidate)) continue;
            const auto end = reach(next, way, candidate);
            if (end < best_reach || end <= last || (end == best_reach && candidate != at)) continue;
            if (end > best_reach) best.clear();
            best.push_back(&next);
            best_reach = end;
            at = candidate;
        }
    }
    return best;
}

bool needs_rebuild(const std::string& glibc, const std::vector<const Support*>& systems) {
    return std::ranges::any_of(
        systems, [&](const Support* next) { return order_changes(glibc, next->glibc()).value_or(true); });
}

v1::SystemMove told(const SystemMove& move) {
    v1::SystemMove said;
    said.set_system(move.from->name());
    for (const auto* system : move.to) said.add_to(system->name());
    said.set_at_version(move.at.text());
    said.set_rebuild(move.rebuild);
    return said;
}

SystemWay way_of(const Installed& installed, const std::vector<v1::Hop>& hops, v1::Edition wanted,
                 const v1::Knowledge& knowledge) {
    const auto systems =
        findings_of<&v1::Finding::has_operating_system, &v1::Finding::operating_system>(*installed.node);
    if (systems.empty() || !installed.version) return {};
    if (installed.what->method() != v1::Installation::LINUX_PACKAGE) return {};
    const auto& system = *systems.front().first;
    SystemWay way{find_support(system, knowledge),
                  build_of(*installed.what, system),
                  wanted == v1::EDITION_UNSPECIFIED ? installed.what->edition() : wanted,
                  system.glibc(),
                  {*installed.version},
                  0};
    for (const auto& hop : hops) {
        const auto version = parse_version(hop.version()).value_or(Version());
        if (version > *installed.version) {
            way.versions.push_back(version);
        } else {
            ++way.first_hop;
        }
    }
    return way;
}

}  // namespace

std::vector<SystemMove> system_moves(const SystemWay& way, const v1::Knowledge& knowledge) {
    std::vector<SystemMove> moves;
    const auto* own = way.support;
    auto glibc = own == nullptr || !way.glibc.empty() ? way.glibc : own->glibc();
    std::size_t at = 0;
    while (own != nullptr) {
        const auto first = at;
        at = reach(*own, way, at);
        if (at + 1 >= way.versions.size()) break;
        SystemMove move{own, farthest(*own, way, first, at, knowledge), 0, {}, false};
        const bool there = !move.to.empty() && reach(*move.to.front(), way, at) + 1 == way.versions.size();
        // What comes after hangs on which of them it is.
        if (!there && move.to.size() > 1) move.to.resize(1);
        move.hop = way.first_hop + at;
        move.at = way.versions[at];
        move.rebuild = needs_rebuild(glibc, move.to);
        own = move.to.empty() ? nullptr : move.to.front();
        if (own != nullptr) glibc = own->glibc();
        moves.push_back(std::move(move));
    }
    return moves;
}

std::vector<SystemMove> moves_of(const Installed& installed, const std::vector<v1::Hop>& hops,
                                 v1::Edition wanted, const v1::Knowledge& knowledge) {
    return system_moves(way_of(installed, hops, wanted, knowledge), knowledge);
}

std::string systems_text(const SystemMove& move) {
    std::string text;
    for (std::size_t at = 0; at < move.to.size(); ++at) {
        if (at > 0) text += at + 1 == move.to.size() ? " or " : ", ";
        text += move.to[at]->name();
    }
    return text;
}

std::string move_text(const SystemMove& move, const std::vector<v1::Hop>& hops) {
    const auto named = [&hops](std::size_t at) {
        return "hop " + std::to_string(at + 1) + " (" + hops[at].version() + ")";
    };
    const auto where =
        move.hop == 0 ? "before " + named(0) : "between " + named(move.hop - 1) + " and " + named(move.hop);
    if (move.to.empty())
        return where + " no system that follows " + move.from->name() + " has packages of both versions";
    return where + ": move to " + systems_text(move);
}

void add_moves(std::vector<v1::Hop>& hops, const Fleet& fleet, v1::Edition wanted,
               const v1::Knowledge& knowledge) {
    // By hop, and by what is said of the move.
    std::map<std::pair<std::size_t, std::string>, v1::SystemMove> all;
    for (const auto& node : fleet.nodes) {
        for (const auto& installed : installations(node)) {
            for (const auto& move : moves_of(installed, hops, wanted, knowledge)) {
                auto said = told(move);
                said.set_rebuild(move.rebuild && may_hold_database(node));
                auto& row = all[{move.hop, said.SerializeAsString()}];
                if (row.system().empty()) row = std::move(said);
                row.add_nodes(node_name(node));
            }
        }
    }
    for (auto& [place, move] : all) *hops[place.first].add_moves() = std::move(move);
}

void add_moves(std::vector<v1::Hop>& hops, const Version& from, v1::Edition edition,
               const v1::Knowledge& knowledge) {
    // Systems that come to one are said to go on from there once.
    std::set<std::pair<std::size_t, std::string>> seen;
    for (const auto& support : knowledge.operating_systems()) {
        SystemWay way{&support, {}, edition, {}, {from}, 0};
        if (!serves(support, way) || !has_packages(support, way, 0)) continue;
        way.versions.reserve(hops.size() + 1);
        for (const auto& hop : hops) way.versions.push_back(parse_version(hop.version()).value_or(from));
        for (const auto& move : system_moves(way, knowledge)) {
            auto said = told(move);
            if (seen.emplace(move.hop, said.SerializeAsString()).second)
                *hops[move.hop].add_moves() = std::move(said);
        }
    }
}

bool may_hold_database(const FleetNode& node) {
    constexpr std::array databases{v1::NodeRoles::POSTGRESQL, v1::NodeRoles::PATRONI};
    return !roles_seen(node) || has_any_role(node, databases);
}

}  // namespace preflight::readiness
