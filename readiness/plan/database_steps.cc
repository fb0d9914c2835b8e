#include "readiness/plan/database_steps.h"

#include <algorithm>

#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using How = DatabaseUpgrade::How;

// A cluster: the replicas stand aside, the leader is upgraded, they are copied from it. Which of them leads
// is not guessed.
void upgrade_cluster(Writer& writer, const PlanNodes& members, const Fillings& more) {
    if (!members.back()->leads) {
        writer.add({.text = "upgrade_postgresql_members",
                    .nodes = members,
                    .where = "the Patroni nodes",
                    .more = more});
        return;
    }
    const auto replicas = without(members, members.back());
    writer.add({.text = "stop_patroni_replicas", .nodes = replicas, .where = "the replicas", .more = more});
    writer.add({.text = "upgrade_postgresql_leader",
                .nodes = {members.back()},
                .where = "the leader",
                .more = more});
    writer.add(
        {.text = "upgrade_postgresql_replicas", .nodes = replicas, .where = "the replicas", .more = more});
}

void upgrade_site(Writer& writer, const PlanSite& site, const Fillings& more) {
    PlanNodes members;
    PlanNodes alone;
    for (const auto* node : databases_of(site)) (node->patroni ? members : alone).push_back(node);
    if (!members.empty()) upgrade_cluster(writer, members, more);
    writer.add({.text = "upgrade_postgresql",
                .nodes = alone,
                .where = nodes_at(Place::postgresql, alone.size()),
                .more = more});
    const auto* main = main_database(site);
    if (site.secondary) {
        writer.add({.text = "replicate_database",
                    .nodes = main == nullptr ? databases_of(site) : PlanNodes{main},
                    .where = "the node with the database",
                    .more = more});
    }
    writer.add({.text = "restart_after_database",
                .nodes = chosen(site, [](const PlanNode& node) { return node.application; }),
                .where = "the Rails and Sidekiq nodes",
                .more = more});
}

}  // namespace

void write_database_upgrades(Writer& writer, const Undertaking& work, std::size_t leg) {
    for (const auto& upgrade : work.databases) {
        if (upgrade.leg != leg) continue;
        const Fillings more{{"major", {upgrade.to}}};
        if (upgrade.how == How::elsewhere) {
            auto& step = writer.person("upgrade_external_postgresql", more);
            step.set_note(step.note() + " Servers: " + listed_first(upgrade.addresses) + ".");
        }
        if (upgrade.how != How::by_command) continue;
        for (const auto& of : work.sites) {
            writer.at(work.crew.geo ? of.site : nullptr);
            upgrade_site(writer, *of.site, more);
        }
        writer.at(nullptr);
    }
}

void check_databases(Writer& writer, const Undertaking& work, std::size_t leg) {
    for (const auto& upgrade : work.databases) {
        if (upgrade.leg != leg || upgrade.how != How::by_itself) continue;
        PlanNodes nodes;
        for (const auto* node : all_nodes(work.crew)) {
            if (node->database) nodes.push_back(node);
        }
        writer.add({.text = "check_postgresql_upgrade",
                    .nodes = nodes,
                    .where = nodes_at(Place::postgresql, nodes.size()),
                    .more = {{"major", {upgrade.to}}}});
    }
}

}  // namespace preflight::readiness
