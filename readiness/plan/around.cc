#include "readiness/plan/around.h"

#include <algorithm>

#include "readiness/plan/background_wait.h"
#include "readiness/plan/backup_route.h"
#include "readiness/plan/edition_steps.h"
#include "readiness/plan/praefect_database.h"

namespace preflight::readiness {
namespace {

using Role = v1::NodeRoles;
using Method = v1::Installation;

bool rolls(const Undertaking& work) { return work.manner == v1::Plan::ZERO_DOWNTIME; }

// The Enterprise Edition alone has the maintenance mode.
bool has_maintenance_mode(const Undertaking& work) {
    const auto nodes = application_nodes(work.crew);
    return std::ranges::any_of(
        nodes, [](const PlanNode* node) { return node->installed.what->edition() == v1::EE; });
}

PlanNodes held(const Undertaking& work, const Leg& leg, bool by_command) {
    PlanNodes found;
    for (const auto* node : due(all_nodes(work.crew), leg)) {
        const auto& what = *node->installed.what;
        const bool lifts = !release_words(node->way, what.held_by()).empty();
        if (what.held() && lifts == by_command && node->method() == Method::LINUX_PACKAGE)
            found.push_back(node);
    }
    return found;
}

// Nodes that the package would leave unconfigured, and those of the application without migrations.
PlanNodes marked(const Undertaking& work, const Leg& leg) {
    auto found = due(all_nodes(work.crew), leg);
    std::erase_if(found, [](const PlanNode* node) { return !node->skips_reconfigure; });
    return found;
}

// Nodes on which the steps themselves lay the file that keeps the package from reconfiguring.
PlanNodes marked_by_steps(const Undertaking& work) {
    PlanNodes found;
    for (const auto& site : work.crew.sites) {
        const bool behind_praefect = site.has(Role::PRAEFECT);
        const bool beside_sentinel = site.has(Role::SENTINEL);
        for (const auto& node : site.nodes) {
            const bool cluster = (node.place == Place::gitaly && behind_praefect) ||
                                 node.place == Place::praefect ||
                                 (node.place == Place::redis && beside_sentinel);
            const bool package = node.method() == Method::LINUX_PACKAGE;
            if (package && !node.skips_reconfigure && !site.single() && (rolls(work) || cluster))
                found.push_back(&node);
        }
    }
    return found;
}

// On a Rails node, or by a person where none is known.
void on_rails(Writer& writer, const SiteWork& of, std::string_view text, const Measured& measured = {}) {
    if (of.rails.node == nullptr) {
        writer.person(text, {{"where", {"a Rails node"}}}, measured);
    } else {
        writer.add({.text = text, .nodes = {of.rails.node}, .where = "a Rails node", .measured = measured});
    }
}

// Later versions queue batched ones alone.
bool queues_old_kind(const Version& version) { return version < Version{15, 1, 0}; }

// `runs`: the version that queued them.
void finish_background(Writer& writer, const Undertaking& work, const Version& runs,
                       const Measured& measured) {
    const auto& primary = work.primary();
    writer.at(work.crew.geo ? primary.site : nullptr);
    if (const auto* database = main_database(*primary.site)) {
        writer.add({.text = "finish_background",
                    .nodes = {database},
                    .where = "the database",
                    .measured = measured});
    } else if (primary.rails.node != nullptr) {
        writer.add({.text = "finish_background_rails",
                    .nodes = {primary.rails.node},
                    .where = "a Rails node",
                    .measured = measured});
    } else {
        writer.person("finish_background_rails", {}, measured);
    }
    if (queues_old_kind(runs)) on_rails(writer, primary, "finish_old_background");
    if (work.searches) on_rails(writer, primary, "finish_search");
    writer.at(nullptr);
}

void prepare_databases(Writer& writer, const Undertaking& work, std::size_t at) {
    for (const auto& upgrade : work.databases) {
        if (upgrade.leg != at || upgrade.how == DatabaseUpgrade::How::elsewhere) continue;
        const Fillings major{{"major", {upgrade.to}}};
        for (const auto& of : work.sites) {
            writer.at(work.crew.geo ? of.site : nullptr);
            writer.add({.text = "room_for_postgresql",
                        .nodes = databases_of(*of.site),
                        .where = "the nodes with the database",
                        .more = major});
            if (!work.crew.geo || of.site->secondary || databases_of(*of.site).empty()) continue;
            if (const auto* main = main_database(*of.site)) {
                writer.add({.text = "note_slots", .nodes = {main}, .where = "the database"});
            } else {
                writer.person("note_slots");
            }
        }
    }
    writer.at(nullptr);
}

// With the list of the package that runs before the hop; what has none is asked nothing.
void check_settings(Writer& writer, const Undertaking& work, const Leg& leg) {
    auto nodes = due(all_nodes(work.crew), leg);
    std::erase_if(nodes, [](const PlanNode* node) {
        return node->method() != Method::LINUX_PACKAGE && node->method() != Method::DOCKER;
    });
    writer.add({.text = "check_settings",
                .nodes = nodes,
                .where = "every node",
                .more = {{"minor", {leg.to.minor_text()}}}});
}

void dump_praefects(Writer& writer, const Undertaking& work, const Version& version) {
    for (const auto& of : work.sites) {
        const auto database = praefect_database(*of.site);
        if (database.praefect == nullptr) continue;
        auto more = database.words;
        more["kept"] = {version.text()};
        writer.at(work.crew.geo ? of.site : nullptr);
        writer.add({.text = "dump_praefect",
                    .nodes = {database.praefect},
                    .where = "one Praefect node",
                    .more = more});
    }
    writer.at(nullptr);
}

void settle(Writer& writer, const Migrating& migrating, std::string_view allow, std::string_view forbid) {
    if (migrating.node == nullptr) return;
    const Fillings chosen{{"node", {clipped_name(*migrating.node)}}};
    writer.add({.text = allow, .nodes = migrating.to_allow, .more = chosen});
    writer.add({.text = forbid, .nodes = migrating.to_forbid, .more = chosen});
}

// Nodes that would change the tracking database by themselves, or were not seen not to.
PlanNodes tracking_migrates(const PlanSite& site) {
    return chosen(site, [](const PlanNode& node) {
        return node.application && would_migrate(*node.node, "geo_secondary['auto_migrate']") != Migrates::no;
    });
}

}  // namespace

void write_readings(Writer& writer, const Undertaking& work) {
    writer.person("read_notes");
    writer.person("rehearse");
    for (const auto& of : work.sites) {
        writer.at(work.crew.geo ? of.site : nullptr);
        if (of.site->single()) continue;
        if (of.site->secondary) {
            writer.add({.text = "keep_secondary_from_migrating",
                        .nodes = tracking_migrates(*of.site),
                        .where = "the Rails and Sidekiq nodes"});
        } else {
            settle(writer, of.rails, "let_migrate", "keep_from_migrating");
        }
        settle(writer, of.praefect, "let_praefect_migrate", "keep_praefect_from_migrating");
    }
    writer.at(nullptr);
}

void write_preparations(Writer& writer, const Undertaking& work, std::size_t at) {
    if (at == 0) finish_background(writer, work, work.leg(at).from, work.background);
    check_settings(writer, work, work.leg(at));
    prepare_databases(writer, work, at);
    back_up(writer, work, work.leg(at).from);
}

void write_between(Writer& writer, const Undertaking& work, std::size_t at) {
    writer.begin(&work.leg(at), v1::PlanStep::BETWEEN_HOPS);
    finish_background(writer, work, work.leg(at).to, queued_by(work.leg(at)));
    writer.person("inspect_again");
}

void write_after(Writer& writer, const Undertaking& work) {
    writer.begin(nullptr, v1::PlanStep::AFTER);
    finish_background(writer, work, work.route.legs.back().to, queued_by(work.route.legs.back()));
    writer.add({.text = "take_marker_away",
                .nodes = marked_by_steps(work),
                .where = "the nodes where this plan laid it"});
    const auto& runs = work.route.legs.back().to;
    back_up(writer, work, runs);
    if (work.to_enterprise) write_edition_change(writer, work, runs);
    writer.person("inspect_again");
}

void open_window(Writer& writer, const Undertaking& work, std::size_t at) {
    const auto& leg = work.leg(at);
    writer.begin(&leg, v1::PlanStep::IN_WINDOW);
    if (!rolls(work) && has_maintenance_mode(work)) writer.person("maintenance_on");
    check_application(writer, work, "check_before");
    if (work.crew.geo) check_geo(writer, work);
    if (!rolls(work)) writer.person("pause_jobs");
    const std::string where = "the nodes where it is held";
    writer.add({.text = "lift_hold", .nodes = held(work, leg, true), .where = where});
    writer.add({.text = "lift_hold_by_hand", .nodes = held(work, leg, false), .where = where});
    if (!rolls(work))
        writer.add({.text = "lift_marker", .nodes = marked(work, leg), .where = "the nodes where it lies"});
}

void close_window(Writer& writer, const Undertaking& work, std::size_t at) {
    const auto& leg = work.leg(at);
    const std::string where = "the nodes where it was held";
    if (!rolls(work))
        writer.add({.text = "set_marker", .nodes = marked(work, leg), .where = "the nodes where it lay"});
    writer.add({.text = "set_hold", .nodes = held(work, leg, true), .where = where});
    writer.add({.text = "set_hold_by_hand", .nodes = held(work, leg, false), .where = where});
    writer.add({.text = "check_services", .nodes = all_nodes(work.crew), .where = "every node"});
    if (work.last(at)) writer.person("upgrade_runners");
    if (!rolls(work) && has_maintenance_mode(work)) writer.person("maintenance_off");
    if (!rolls(work)) writer.person("resume_jobs");
    writer.person("try_by_hand");
}

void back_up(Writer& writer, const Undertaking& work, const Version& version) {
    auto nodes = all_nodes(work.crew);
    writer.add({.text = "configuration_backup", .nodes = nodes, .where = "every node"});
    const auto& primary = work.primary();
    const Measured server{.note = seen_to_write(*primary.site)};
    writer.at(work.crew.geo ? primary.site : nullptr);
    switch (backup_route(work.past_pgbouncer, version, work.knowledge)) {
        case BackupRoute::as_rails:
            on_rails(writer, primary, "full_backup");
            break;
        case BackupRoute::by_override:
            on_rails(writer, primary, "full_backup_past_pgbouncer", server);
            break;
        case BackupRoute::past_pgbouncer:
            on_rails(writer, primary, "bypass_for_backup", server);
            on_rails(writer, primary, "full_backup");
            on_rails(writer, primary, "end_bypass_for_backup");
            break;
    }
    dump_praefects(writer, work, version);
}

void check_application(Writer& writer, const Undertaking& work, std::string_view text) {
    const auto* node = work.primary().rails.node;
    if (node == nullptr) return;
    writer.at(work.crew.geo ? work.primary().site : nullptr);
    writer.add({.text = text, .nodes = {node}, .where = "a Rails node"});
    writer.at(nullptr);
}

void check_geo(Writer& writer, const Undertaking& work) {
    PlanNodes nodes;
    for (const auto& of : work.sites) {
        if (of.rails.node != nullptr) nodes.push_back(of.rails.node);
    }
    writer.at(nullptr);
    writer.add({.text = "check_geo", .nodes = nodes, .where = "one Rails node of every site"});
}

}  // namespace preflight::readiness
