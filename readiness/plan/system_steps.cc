#include "readiness/plan/system_steps.h"

#include <algorithm>
#include <map>
#include <utility>

#include "readiness/system_moves.h"

namespace preflight::readiness {
namespace {

constexpr auto* marker_path = "/etc/gitlab/skip-auto-reconfigure";

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
    bool closed = false;  // the application does not run on it until text indexes are rebuilt
    Words keep;           // holds the package while the system changes
    Typed typed{};        // where the systems to choose from differ in it nothing

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

Said said_of(const PlanNode& node, const SystemMove& move, bool closed) {
    Said said{move.from->name(), systems_text(move), closed && node.application,
              hold_words(node.way, node.installed.what->held_by())};
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
    Fillings more{{"system", {said.from}},   {"systems", {said.to}},     {"keep", said.keep},
                  {"free", typed.free},      {"renew", typed.renew},     {"reinstall", typed.reinstall},
                  {"again", typed.again},    {"script", {typed.script}}, {"installed", typed.installed},
                  {"offered", typed.offered}};
    more["reconfigure"] = said.closed ? Words() : Words{"gitlab-ctl", "reconfigure"};
    more["runs"] = {said.closed ? "every service that is left runs" : "every service runs"};
    more["then"] = {said.closed
                        ? "then run gitlab-ctl restart, and no reconfigure before the indexes are rebuilt"
                        : "then run gitlab-ctl reconfigure and gitlab-ctl restart"};
    const auto where = (nodes.size() == 1 ? "the node on " : "the nodes on ") + said.from;
    const auto add = [&](std::string_view text) {
        writer.add({.text = text, .nodes = nodes, .where = where, .one_by_one = true, .more = more});
    };
    add("leave_system");
    add("move_system");
    if (!typed.script.empty()) add("renew_source");
    add(by_command ? "reinstall_package" : "reinstall_package_by_hand");
}

// A tracking database is no copy of anything.
void rebuild_tracking(Writer& writer, const PlanSite& site) {
    const auto nodes = tracking_databases(site);
    if (nodes.empty()) {
        writer.person("rebuild_tracking_indexes",
                      {{"where", {"the server with the tracking database" + writer.site_words()}}});
    } else {
        writer.add(
            {.text = "rebuild_tracking_indexes",
             .nodes = nodes,
             .where = nodes.size() == 1 ? "the tracking database" : "the node with the tracking database"});
    }
}

// What the server that takes writes has rebuilt comes to its copies by itself.
void rebuild(Writer& writer, const PlanSite& site) {
    if (site.secondary) return rebuild_tracking(writer, site);
    if (const auto* main = main_database(site)) {
        writer.add({.text = "rebuild_indexes", .nodes = {main}, .where = "the database"});
    } else {
        writer.person("rebuild_indexes", {{"where", {"the server that takes writes" + writer.site_words()}}});
    }
}

// The application of a site. Neither a boot nor the installation of the package starts what is not linked
// among the services; a reconfigure links it again. Nodes that have the file that keeps the package from that
// keep it.
void write_closing(Writer& writer, const PlanSite& site, std::string_view text, const Words& of_file) {
    Words services{"/opt/gitlab/service/puma", "/opt/gitlab/service/sidekiq"};
    if (site.secondary) services.emplace_back("/opt/gitlab/service/geo-logcursor");
    for (const bool marked : {false, true}) {
        const auto nodes = chosen(site, [marked](const PlanNode& node) {
            return node.application && node.skips_reconfigure == marked &&
                   node.method() != v1::Installation::CLOUD_NATIVE;
        });
        writer.add(
            {.text = text,
             .nodes = nodes,
             .where = "the Rails and Sidekiq nodes",
             .more = {{"services", services},
                      {"file", marked ? Words() : of_file},
                      {"cursor", site.secondary ? Words{"gitlab-ctl", "stop", "geo-logcursor"} : Words()}}});
    }
}

void close_application(Writer& writer, const PlanSite& site) {
    stop_application(writer, site);
    write_closing(writer, site, "keep_stopped", {"touch", marker_path});
}

void reopen_application(Writer& writer, const PlanSite& site) {
    write_closing(writer, site, "let_start", {"rm", "-f", marker_path});
}

// Of a node before this hop; nullptr: it stays on its system.
const SystemMove* move_before(const std::vector<SystemMove>& moves, std::size_t hop) {
    const auto found = std::ranges::find(moves, hop, &SystemMove::hop);
    return found == moves.end() || found->to.empty() ? nullptr : &*found;
}

}  // namespace

void write_system_moves(Writer& writer, const Undertaking& work, std::size_t leg) {
    for (const auto& of : work.sites) {
        std::vector<std::pair<const PlanNode*, SystemMove>> moving;
        bool sorts_anew = false;
        for (const auto& node : of.site->nodes) {
            const auto moves = moves_of(node.installed, work.route.path.hops, work.knowledge);
            const auto* move = move_before(moves, leg);
            if (move == nullptr) continue;
            moving.emplace_back(&node, *move);
            sorts_anew = sorts_anew || (move->rebuild && node.database);
        }
        std::map<Said, PlanNodes> alike;
        for (const auto& [node, move] : moving) alike[said_of(*node, move, sorts_anew)].push_back(node);
        writer.at(work.crew.geo ? of.site : nullptr);
        if (sorts_anew) close_application(writer, *of.site);
        for (const auto& [said, nodes] : alike) move_nodes(writer, said, nodes);
        if (!sorts_anew) continue;
        rebuild(writer, *of.site);
        reopen_application(writer, *of.site);
    }
    writer.at(nullptr);
}

void follow_moves(Crew& crew, const std::vector<v1::Hop>& hops, std::size_t hop,
                  const v1::Knowledge& knowledge) {
    if (hops[hop].moves().empty()) return;
    for (auto& site : crew.sites) {
        for (auto& node : site.nodes) {
            const auto moves = moves_of(node.installed, hops, knowledge);
            if (const auto* move = move_before(moves, hop)) node.way = way_after(node, *move);
        }
    }
}

}  // namespace preflight::readiness
