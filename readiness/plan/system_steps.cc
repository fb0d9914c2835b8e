#include "readiness/plan/system_steps.h"

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "readiness/system_moves.h"

namespace preflight::readiness {
namespace {

// What is typed on the new system; empty words: there is nothing to type.
struct Typed {
    Words free;
    Words renew;
    Words reinstall;
    Words again;  // holds the package as before
    Words installed;
    Words offered;
    std::string
        script;  // with which GitLab's package source is added; empty: the packages come from elsewhere

    auto operator<=>(const Typed&) const = default;
};

// What is said of a move, and typed before and after it.
struct Said {
    std::string from;
    std::string to;
    Words keep;     // holds the package while the system changes
    Typed typed{};  // where the systems to choose from differ in it nothing

    auto operator<=>(const Said&) const = default;
};

// Mirrors are pointed at another system by those who keep them.
bool uses_source_of_gitlab(const FleetNode& node) {
    const auto sources = findings_of<&v1::Finding::has_package_source, &v1::Finding::package_source>(node);
    return std::ranges::any_of(sources, [](const auto& entry) {
        return entry.first->uri().find("//packages.gitlab.com/gitlab/") != std::string::npos;
    });
}

PackageWay way_on(const PlanNode& node, const v1::OperatingSystemSupport& next) {
    v1::OperatingSystem system;
    system.set_id(next.ids(0));
    system.set_version_id(next.version());
    return package_way(*node.installed.what, &system);
}

// In what all the systems to choose from agree.
PackageWay way_after(const PlanNode& node, const SystemMove& move) {
    auto way = way_on(node, *move.to.front());
    for (const auto* next : move.to) {
        const auto other = way_on(node, *next);
        if (other.manager != way.manager) way.manager = PackageManager::unknown;
        if (other.build != way.build) way.build.clear();
    }
    return way;
}

Typed typed_on(const PlanNode& node, const v1::OperatingSystemSupport& next, const Version& version) {
    const auto& what = *node.installed.what;
    const auto way = way_on(node, next);
    return {.free = release_words(way, what.held_by()),
            .renew = refresh_words(way),
            .reinstall = reinstall_words(way, version),
            .again = what.held() ? hold_words(way, what.held_by()) : Words(),
            .installed = installed_words(way),
            .offered = offered_words(way),
            .script = uses_source_of_gitlab(*node.node) ? source_script(way) : std::string()};
}

Said said_of(const PlanNode& node, const SystemMove& move) {
    Said said{move.from->name(), systems_text(move), hold_words(node.way, node.installed.what->held_by())};
    const auto first = typed_on(node, *move.to.front(), move.at);
    const bool alike = std::ranges::all_of(
        move.to, [&](const auto* next) { return typed_on(node, *next, move.at) == first; });
    if (alike) said.typed = first;
    return said;
}

void move_nodes(Writer& writer, const Said& said, PlanNodes nodes) {
    std::ranges::stable_sort(nodes, {},
                             [](const PlanNode* node) { return node->leads || node->redis_master; });
    const auto& typed = said.typed;
    const bool by_command = !typed.renew.empty() && !typed.reinstall.empty();
    const Fillings more{{"system", {said.from}},   {"systems", {said.to}},     {"keep", said.keep},
                        {"free", typed.free},      {"renew", typed.renew},     {"reinstall", typed.reinstall},
                        {"again", typed.again},    {"script", {typed.script}}, {"installed", typed.installed},
                        {"offered", typed.offered}};
    const auto where = (nodes.size() == 1 ? "the node on " : "the nodes on ") + said.from;
    const auto add = [&](std::string_view text) {
        writer.add({.text = text, .nodes = nodes, .where = where, .one_by_one = true, .more = more});
    };
    add("leave_system");
    add("move_system");
    if (!typed.script.empty()) add("renew_source");
    add(by_command ? "reinstall_package" : "reinstall_package_by_hand");
}

// A tracking database is no copy of anything. Of servers that may have it only those that move are asked.
void rebuild_tracking(Writer& writer, const PlanSite& site, const PlanNodes& sorting_anew) {
    PlanNodes nodes;
    std::ranges::copy_if(tracking_databases(site), std::back_inserter(nodes), [&](const PlanNode* node) {
        return std::ranges::find(sorting_anew, node) != sorting_anew.end();
    });
    if (nodes.size() < 2)
        return writer.add(
            {.text = "rebuild_tracking_indexes", .nodes = nodes, .where = "the tracking database"});
    auto& step = writer.person("rebuild_tracking_indexes",
                               {{"where", {"the node with the tracking database" + writer.site_words()}}});
    step.set_note(step.note() + " " + only_one_of(nodes, "the tracking database"));
}

// What the server that takes writes has rebuilt comes to its copies by itself.
void rebuild(Writer& writer, const PlanSite& site, const PlanNodes& sorting_anew) {
    if (site.secondary) return rebuild_tracking(writer, site, sorting_anew);
    if (const auto* main = main_database(site)) {
        writer.add({.text = "rebuild_indexes", .nodes = {main}, .where = "the database"});
    } else {
        writer.person("rebuild_indexes", {{"where", {"the server that takes writes" + writer.site_words()}}});
    }
}

// Of a node before this hop; nullptr: it stays on its system.
const SystemMove* move_before(const std::vector<SystemMove>& moves, std::size_t hop) {
    const auto found = std::ranges::find(moves, hop, &SystemMove::hop);
    return found == moves.end() || found->to.empty() ? nullptr : &*found;
}

// By its configuration: neither a boot nor a reconfigure of the package starts it then, on a new machine too.
void write_application(Writer& writer, const PlanSite& site, bool stops) {
    PlanNodes nodes;
    PlanNodes pods;
    for (const auto* node : application_nodes(site))
        (node->method() == v1::Installation::CLOUD_NATIVE ? pods : nodes).push_back(node);
    const Fillings more{
        {"services", {site.secondary ? "Puma, Sidekiq and the log cursor of Geo" : "Puma and Sidekiq"}},
        {"settings",
         {site.secondary ? "puma['enable'], sidekiq['enable'] and geo_logcursor['enable']"
                         : "puma['enable'] and sidekiq['enable']"}}};
    const Measured condition{
        .note = site.secondary ? "Not before its copy of the main database lies under the C library that the "
                                 "primary's server has, and the primary's indexes are rebuilt."
                               : ""};
    writer.add({.text = stops ? "keep_stopped" : "let_start",
                .nodes = nodes,
                .where = "the Rails and Sidekiq nodes",
                .more = more,
                .measured = stops ? Measured{} : condition});
    writer.add(
        {.text = stops ? "stop_cloud_native" : "start_cloud_native", .nodes = pods, .where = "the chart"});
}

// Of one site before this hop.
struct Moving {
    const PlanSite* site = nullptr;
    std::map<Said, PlanNodes> nodes;
    PlanNodes sorting_anew;  // PostgreSQL's text indexes on them are wrong after the move
};

Moving moving_at(const PlanSite& site, const Undertaking& work, std::size_t leg) {
    Moving moving{.site = &site};
    for (const auto& node : site.nodes) {
        const auto moves = moves_of(node.installed, work.route.path.hops, work.edition, work.knowledge);
        const auto* move = move_before(moves, leg);
        if (move == nullptr) continue;
        moving.nodes[said_of(node, *move)].push_back(&node);
        if (move->rebuild && node.database) moving.sorting_anew.push_back(&node);
    }
    return moving;
}

}  // namespace

void write_system_moves(Writer& writer, const Undertaking& work, std::size_t leg) {
    std::vector<Moving> all;
    all.reserve(work.sites.size());
    for (const auto& of : work.sites) all.push_back(moving_at(*of.site, work, leg));
    const auto each = [&](auto write) {
        for (const auto& moving : all) {
            writer.at(work.crew.geo ? moving.site : nullptr);
            write(moving);
        }
        writer.at(nullptr);
    };
    // What the primary rebuilds comes to every copy of it, under that one's own C library.
    const auto closed = [&](const Moving& moving) {
        return !moving.sorting_anew.empty() || !all.front().sorting_anew.empty();
    };
    each([&](const Moving& moving) {
        if (closed(moving)) write_application(writer, *moving.site, true);
    });
    each([&](const Moving& moving) {
        for (const auto& [said, nodes] : moving.nodes) move_nodes(writer, said, nodes);
        if (!moving.sorting_anew.empty()) rebuild(writer, *moving.site, moving.sorting_anew);
    });
    each([&](const Moving& moving) {
        if (closed(moving)) write_application(writer, *moving.site, false);
    });
}

void follow_moves(Crew& crew, const std::vector<v1::Hop>& hops, std::size_t hop, v1::Edition wanted,
                  const v1::Knowledge& knowledge) {
    if (hops[hop].moves().empty()) return;
    for (auto& site : crew.sites) {
        for (auto& node : site.nodes) {
            const auto moves = moves_of(node.installed, hops, wanted, knowledge);
            if (const auto* move = move_before(moves, hop)) node.way = way_after(node, *move);
        }
    }
}

}  // namespace preflight::readiness
