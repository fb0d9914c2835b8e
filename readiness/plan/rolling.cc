#include "readiness/plan/rolling.h"

#include "readiness/plan/around.h"

namespace preflight::readiness {
namespace {

void roll_nodes(Writer& writer, const PlanNodes& nodes, Place place, std::string_view text) {
    writer.add(minding_clusters(
        {.text = text, .nodes = nodes, .where = nodes_at(place, nodes.size()), .one_by_one = true}));
}

void roll_place(Writer& writer, const PlanSite& site, const Leg& leg, Place place, std::string_view text) {
    roll_nodes(writer, due(site.at(place), leg), place, text);
}

void roll_members(Writer& writer, const PlanNodes& nodes, const Fillings& order) {
    writer.add({.text = "roll_postgresql",
                .nodes = nodes,
                .where = nodes_at(Place::postgresql, nodes.size()),
                .one_by_one = true,
                .more = order});
}

// A leader that waits for replicas beside PgBouncer or Redis comes behind those.
void roll_databases(Writer& writer, const PlanSite& site, const Leg& leg) {
    const auto* waits = leader_behind(site, {Place::pgbouncer, Place::redis});
    PlanNodes nodes;
    for (const auto* node : databases_of(site)) {
        if (node->place == Place::postgresql && node != waits) nodes.push_back(node);
    }
    nodes = due(nodes, leg);
    roll_members(writer, nodes, order_of_members(waits == nullptr ? nodes.size() : 1, ", the leader last"));
    roll_nodes(writer, due(without(site.at(Place::pgbouncer), waits), leg), Place::pgbouncer,
               "roll_pgbouncer");
    roll_place(writer, site, leg, Place::redis, "roll_redis");
    if (waits == nullptr) return;
    if (waits->place == Place::pgbouncer)
        return roll_nodes(writer, due({waits}, leg), Place::pgbouncer, "roll_pgbouncer");
    roll_members(writer, due({waits}, leg), behind_all_replicas());
}

PlanNodes if_due(const PlanNode* node, const Leg& leg) {
    return node == nullptr ? PlanNodes{} : due({node}, leg);
}

// A node that migrates, then the others one by one.
void roll_pair(Writer& writer, const PlanNodes& nodes, const PlanNode* first, const Leg& leg,
               std::string_view name, std::string_view first_text, std::string_view text) {
    writer.add(minding_clusters({.text = first_text,
                                 .nodes = if_due(first, leg),
                                 .where = "the " + std::string(name) + " node that migrates"}));
    writer.add(minding_clusters({.text = text,
                                 .nodes = due(without(nodes, first), leg),
                                 .where = "the other " + std::string(name) + " nodes",
                                 .one_by_one = true}));
}

// Behind Praefect it is Praefect that knows whether a node came back with all it had.
void roll_gitaly(Writer& writer, const PlanSite& site, const Leg& leg) {
    const bool cluster = site.has(v1::NodeRoles::PRAEFECT);
    roll_place(writer, site, leg, Place::gitaly, cluster ? "roll_gitaly_cluster" : "roll_gitaly");
    check_dataloss(writer, site, due(site.at(Place::gitaly), leg));
}

// The primary's upgrade may have added some, without which this site cannot read what it copies.
void compare_secrets(Writer& writer, const PlanSite& primary, const PlanSite& secondary) {
    auto nodes = application_nodes(primary);
    const auto own = application_nodes(secondary);
    nodes.insert(nodes.end(), own.begin(), own.end());
    writer.add({.text = "compare_secrets",
                .nodes = nodes,
                .where = "the Rails and Sidekiq nodes of the primary site, and on those"});
}

void roll_rails(Writer& writer, const Undertaking& work, const SiteWork& of, const Leg& leg) {
    const bool secondary = of.site->secondary;
    if (secondary) compare_secrets(writer, *work.primary().site, *of.site);
    const auto first = if_due(of.rails.node, leg);
    if (work.past_pgbouncer && !secondary)
        bypass_pgbouncer(writer, *of.site, first, "the Rails node that migrates");
    roll_pair(writer, of.site->at(Place::rails), of.rails.node, leg, "Rails",
              secondary ? "roll_rails_first_secondary" : "roll_rails_first",
              secondary ? "roll_rails_secondary" : "roll_rails");
}

// What Rails of the old version would stumble over comes when every Rails node has the new one.
void finish_migrations(Writer& writer, const Undertaking& work, const SiteWork& of) {
    const PlanNodes first = of.rails.node == nullptr ? PlanNodes{} : PlanNodes{of.rails.node};
    const std::string where = "the Rails node that migrates";
    if (of.site->secondary) {
        writer.add({.text = "finish_tracking_migrations", .nodes = first, .where = where});
        return;
    }
    writer.add({.text = "finish_migrations", .nodes = first, .where = where});
    if (work.crew.geo) writer.add({.text = "check_geo", .nodes = first, .where = where});
    writer.add(
        {.text = work.past_pgbouncer ? "back_to_pgbouncer" : "settle_first", .nodes = first, .where = where});
}

void roll_site(Writer& writer, const Undertaking& work, const SiteWork& of, const Leg& leg) {
    const auto& site = *of.site;
    roll_place(writer, site, leg, Place::consul, "roll_consul");
    roll_databases(writer, site, leg);
    roll_gitaly(writer, site, leg);
    roll_pair(writer, site.at(Place::praefect), of.praefect.node, leg, "Praefect", "roll_praefect_first",
              "roll_praefect");
    roll_rails(writer, work, of, leg);
    // Without other sites nothing else is waited for.
    if (!work.crew.geo) finish_migrations(writer, work, of);
    roll_place(writer, site, leg, Place::sidekiq, "roll_sidekiq");
    roll_place(writer, site, leg, Place::other, "roll_other");
    roll_place(writer, site, leg, Place::monitoring, "roll_other");
}

}  // namespace

void write_rolling(Writer& writer, const Undertaking& work, const Remedies& remedies, std::size_t at) {
    const auto& leg = work.leg(at);
    open_window(writer, work, at);
    remedies.write(writer, at, v1::RemedyPhase::IN_WINDOW);
    for (const auto& of : work.sites) {
        writer.at(work.crew.geo ? of.site : nullptr);
        roll_site(writer, work, of, leg);
    }
    if (work.crew.geo) {
        for (const auto& of : work.sites) {
            writer.at(of.site);
            finish_migrations(writer, work, of);
        }
    }
    writer.at(nullptr);
    check_application(writer, work, "check_after");
    remedies.write(writer, at, v1::RemedyPhase::AFTER_HOP);
    close_window(writer, work, at);
}

}  // namespace preflight::readiness
