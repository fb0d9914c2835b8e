#include "readiness/plan/system_steps.h"

#include <algorithm>
#include <map>
#include <utility>

#include "readiness/system_moves.h"

namespace preflight::readiness {
namespace {

// What is said of a move, and typed after it; that is empty where the systems to choose from differ in it.
struct Said {
    std::string from;
    std::string to;
    Words renew;
    Words reinstall;

    auto operator<=>(const Said&) const = default;
};

Said said_of(const PlanNode& node, const SystemMove& move) {
    Said said{move.from->name(), systems_text(move), {}, {}};
    for (const auto* next : move.to) {
        v1::OperatingSystem system;
        system.set_id(next->ids(0));
        system.set_version_id(next->version());
        const auto way = package_way(*node.installed.what, &system);
        const auto renew = refresh_words(way);
        const auto reinstall = install_words(way, move.at);
        const bool first = next == move.to.front();
        if (!first && (renew != said.renew || reinstall != said.reinstall))
            return {said.from, said.to, {}, {}};
        said.renew = renew;
        said.reinstall = reinstall;
    }
    return said;
}

void move_nodes(Writer& writer, const Said& said, PlanNodes nodes) {
    std::ranges::stable_sort(nodes, {},
                             [](const PlanNode* node) { return node->leads || node->redis_master; });
    Fillings more{{"system", {said.from}}, {"systems", {said.to}}};
    const bool by_command = !said.renew.empty() && !said.reinstall.empty();
    if (by_command) {
        more["renew"] = said.renew;
        more["reinstall"] = said.reinstall;
    }
    writer.add({.text = by_command ? "move_system" : "move_system_by_hand",
                .nodes = std::move(nodes),
                .where = "the nodes on " + said.from,
                .one_by_one = true,
                .more = std::move(more)});
}

// What the server that takes writes has rebuilt comes to its copies by itself.
void rebuild(Writer& writer, const PlanSite& site) {
    if (site.secondary) return;
    if (const auto* main = main_database(site)) {
        writer.add({.text = "rebuild_indexes", .nodes = {main}, .where = "the database"});
    } else {
        writer.person("rebuild_indexes", {{"where", {"the server that takes writes" + writer.site_words()}}});
    }
}

}  // namespace

void write_system_moves(Writer& writer, const Undertaking& work, std::size_t leg) {
    for (const auto& of : work.sites) {
        std::map<Said, PlanNodes> moving;
        bool sorts_anew = false;
        for (const auto& node : of.site->nodes) {
            for (const auto& move : moves_of(node.installed, work.route.path.hops, work.knowledge)) {
                if (move.hop != leg || move.to.empty()) continue;
                moving[said_of(node, move)].push_back(&node);
                sorts_anew = sorts_anew || (move.rebuild && node.database);
            }
        }
        writer.at(work.crew.geo ? of.site : nullptr);
        for (const auto& [said, nodes] : moving) move_nodes(writer, said, nodes);
        if (sorts_anew) rebuild(writer, *of.site);
    }
    writer.at(nullptr);
}

}  // namespace preflight::readiness
