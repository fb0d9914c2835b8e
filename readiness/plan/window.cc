#include "readiness/plan/window.h"

#include <algorithm>

#include "readiness/plan/around.h"
#include "readiness/plan/database_steps.h"

namespace preflight::readiness {
namespace {

using Role = v1::NodeRoles;

PlanNodes with_role(const PlanSite& site, Role::Role role) {
    return chosen(site, [role](const PlanNode& node) { return has_role(*node.node, role); });
}

bool is_pod(const PlanNode& node) { return node.method() == v1::Installation::CLOUD_NATIVE; }

// The package of a single node stops and starts by itself what it has to; but a server elsewhere it does not
// know.
void close(Writer& writer, const PlanSite& site, bool for_server_elsewhere = false) {
    if (site.single() && !for_server_elsewhere) return;
    stop_application(writer, site);
    writer.add({.text = "stop_cloud_native", .nodes = chosen(site, is_pod), .where = "the chart"});
}

void install_place(Writer& writer, const PlanSite& site, const Leg& leg, Place place, std::string_view text,
                   bool one_by_one = false) {
    const auto nodes = due(site.at(place), leg);
    install(writer,
            {.text = text, .nodes = nodes, .where = nodes_at(place, nodes.size()), .one_by_one = one_by_one});
}

void install_members(Writer& writer, const PlanNodes& members, const Fillings& order) {
    install(writer, {.text = "install_patroni",
                     .nodes = members,
                     .where = nodes_at(Place::postgresql, members.size()),
                     .one_by_one = true,
                     .more = order});
}

// The package restarts no PostgreSQL: beside PgBouncer it goes by the steps of PostgreSQL, which do. The
// later places of a node restart all that runs there.
void install_databases(Writer& writer, const PlanSite& site, const Leg& leg) {
    // In order of the place, but the leader last.
    PlanNodes alone;
    PlanNodes members;
    for (const auto* node : databases_of(site)) {
        if (node->place == Place::postgresql || node->place == Place::pgbouncer)
            (node->patroni ? members : alone).push_back(node);
    }
    alone = due(alone, leg);
    install(
        writer,
        {.text = "install_postgresql", .nodes = alone, .where = nodes_at(Place::postgresql, alone.size())});
    const auto* waits = leader_behind(site, {Place::redis});
    members = due(without(members, waits), leg);
    install_members(
        writer, members,
        order_of_members(waits == nullptr ? members.size() : 1, ", replicas first, the leader last"));
    auto poolers = site.at(Place::pgbouncer);
    std::erase_if(poolers, [](const PlanNode* node) { return node->database; });
    poolers = due(poolers, leg);
    install(
        writer,
        {.text = "install_pgbouncer", .nodes = poolers, .where = nodes_at(Place::pgbouncer, poolers.size())});
}

void install_behind(Writer& writer, const SiteWork& work, const Leg& leg) {
    const auto& site = *work.site;
    install_place(writer, site, leg, Place::consul, "install_consul", true);
    // A Gitaly Cluster goes by the way without downtime in any case.
    const bool cluster = site.has(Role::PRAEFECT);
    install_place(writer, site, leg, Place::gitaly, cluster ? "roll_gitaly_cluster" : "install_gitaly",
                  cluster);
    check_dataloss(writer, site, due(site.at(Place::gitaly), leg));
    const auto praefects = due(site.at(Place::praefect), leg);
    const auto* first = work.praefect.node;
    const bool first_due = std::ranges::find(praefects, first) != praefects.end();
    install(writer, {.text = "roll_praefect_first",
                     .nodes = first_due ? PlanNodes{first} : PlanNodes{},
                     .where = "the Praefect node that migrates"});
    install(writer, {.text = "roll_praefect",
                     .nodes = without(praefects, first),
                     .where = "the other Praefect nodes",
                     .one_by_one = true});
    install_databases(writer, site, leg);
    const bool sentinels = site.has(Role::SENTINEL);
    install_place(writer, site, leg, Place::redis, sentinels ? "roll_redis" : "install_redis", sentinels);
    if (const auto* waits = leader_behind(site, {Place::redis}))
        install_members(writer, due({waits}, leg), behind_all_replicas());
}

void install_first(Writer& writer, const Undertaking& work, const SiteWork& of, const Leg& leg) {
    const auto* first = of.rails.node;
    if (first == nullptr || due({first}, leg).empty()) return;
    const bool bypass = work.past_pgbouncer && !of.site->secondary;
    const auto where = std::string("the Rails node that migrates");
    if (bypass) bypass_pgbouncer(writer, *of.site, {first}, where);
    install(writer, {.text = of.site->secondary ? "install_rails_first_secondary" : "install_rails_first",
                     .nodes = {first},
                     .where = where});
    // Its container leaves it to a command, as the package does.
    if (of.site->secondary && first->method() == v1::Installation::DOCKER)
        writer.add({.text = "migrate_tracking", .nodes = {first}, .where = where});
    if (bypass) writer.add({.text = "back_to_pgbouncer", .nodes = {first}, .where = where});
}

void install_application(Writer& writer, const Undertaking& work, const SiteWork& of, const Leg& leg) {
    const auto& site = *of.site;
    install_first(writer, work, of, leg);
    auto rest = due(without(site.at(Place::rails), of.rails.node), leg);
    const auto sidekiq = due(site.at(Place::sidekiq), leg);
    rest.insert(rest.end(), sidekiq.begin(), sidekiq.end());
    install(writer,
            {.text = "install_application", .nodes = rest, .where = "the other Rails and Sidekiq nodes"});
    install_chart(writer, site, leg);
    install_place(writer, site, leg, Place::other, "install_other");
    install_place(writer, site, leg, Place::monitoring, "install_other");
}

// Its package backs up and migrates in one, both of which PgBouncer breaks.
void install_single(Writer& writer, const Undertaking& work, const PlanSite& site, const Leg& leg) {
    const auto nodes = due({&site.nodes.front()}, leg);
    const auto where = clipped_name(site.nodes.front());
    const bool bypass = work.past_pgbouncer && !site.secondary;
    if (bypass) bypass_pgbouncer(writer, site, nodes, where);
    install(writer, {.text = site.secondary ? "install_single_secondary" : "install_single",
                     .nodes = nodes,
                     .where = where});
    install_chart(writer, site, leg);
    if (bypass) writer.add({.text = "back_to_pgbouncer", .nodes = nodes, .where = where});
}

void install_site(Writer& writer, const Undertaking& work, const SiteWork& of, const Leg& leg) {
    const auto& site = *of.site;
    if (site.single()) return install_single(writer, work, site, leg);
    install_behind(writer, of, leg);
    install_application(writer, work, of, leg);
    start_application(writer, site);
}

void each_secondary(Writer& writer, const Undertaking& work, std::string_view text, std::string_view where,
                    PlanNodes (*nodes)(const PlanSite&)) {
    for (const auto& of : work.sites) {
        if (!of.site->secondary) continue;
        writer.at(of.site);
        writer.add({.text = text, .nodes = nodes(*of.site), .where = std::string(where)});
    }
    writer.at(nullptr);
}

// On the node that can pause and resume: the single one, the one with the database, or the standby leader,
// which is not guessed.
void each_copy(Writer& writer, const Undertaking& work, std::string_view text) {
    for (const auto& of : work.sites) {
        const auto& site = *of.site;
        if (!site.secondary) continue;
        writer.at(&site);
        const auto* main = main_database(site);
        if (main == nullptr && site.has(Role::PATRONI)) {
            writer.person(text, {{"where", {"the standby leader" + writer.site_words()}}});
        } else {
            writer.add({.text = text,
                        .nodes = main == nullptr ? databases_of(site) : PlanNodes{main},
                        .where = "the node with the database"});
        }
    }
    writer.at(nullptr);
}

void write_secondaries(Writer& writer, const Undertaking& work, const Leg& leg) {
    writer.add({.text = "compare_secrets",
                .nodes = application_nodes(work.crew),
                .where = "every Rails and Sidekiq node of every site"});
    for (const auto& of : work.sites) {
        if (!of.site->secondary) continue;
        writer.at(of.site);
        close(writer, *of.site);
        install_site(writer, work, of, leg);
    }
    each_copy(writer, work, "resume_replication");
    each_secondary(writer, work, "restart_sidekiq", "every node that runs it",
                   [](const PlanSite& site) { return with_role(site, Role::SIDEKIQ); });
    each_secondary(writer, work, "restart_puma", "every node that runs it",
                   [](const PlanSite& site) { return with_role(site, Role::RAILS); });
    check_geo(writer, work);
}

}  // namespace

void write_window(Writer& writer, const Undertaking& work, const Remedies& remedies, std::size_t at) {
    const auto& leg = work.leg(at);
    open_window(writer, work, at);
    if (work.crew.geo) each_copy(writer, work, "pause_replication");
    const bool elsewhere = std::ranges::any_of(work.databases, [at](const DatabaseUpgrade& upgrade) {
        return upgrade.leg == at && upgrade.how == DatabaseUpgrade::How::elsewhere;
    });
    const auto& primary = *work.primary().site;
    writer.at(&primary);
    close(writer, primary, elsewhere);
    writer.at(nullptr);
    remedies.write(writer, at, v1::RemedyPhase::IN_WINDOW);
    write_database_upgrades(writer, work, at);
    writer.at(&primary);
    install_site(writer, work, work.primary(), leg);
    writer.at(nullptr);
    check_databases(writer, work, at);
    check_application(writer, work, "check_after");
    if (work.crew.geo) write_secondaries(writer, work, leg);
    remedies.write(writer, at, v1::RemedyPhase::AFTER_HOP);
    close_window(writer, work, at);
}

}  // namespace preflight::readiness
