#include "readiness/plan/database_steps.h"

#include <algorithm>
#include <utility>

#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using How = DatabaseUpgrade::How;

// A cluster: the replicas stand aside, the leader is upgraded, they are copied from it. Which of them leads
// is not guessed. The leader of a standby cluster is itself copied anew by the same command.
void upgrade_cluster(Writer& writer, const PlanNodes& members, bool standby, const Fillings& more) {
    if (!members.back()->leads) {
        writer.add({.text = "upgrade_postgresql_members",
                    .nodes = members,
                    .where = "the Patroni nodes",
                    .more = more});
        return;
    }
    const auto replicas = without(members, members.back());
    const std::string where = replicas.size() == 1 ? "the replica" : "the replicas";
    writer.add({.text = "stop_patroni_replicas", .nodes = replicas, .where = where, .more = more});
    writer.add({.text = standby ? "upgrade_postgresql_standby_leader" : "upgrade_postgresql_leader",
                .nodes = {members.back()},
                .where = "the leader",
                .more = more});
    writer.add({.text = "upgrade_postgresql_replicas", .nodes = replicas, .where = where, .more = more});
}

// It wipes what is there: of several servers only a person who knows them says where.
void replicate(Writer& writer, const PlanSite& site, const Fillings& more) {
    const auto copies = copies_of(site);
    if (copies.size() < 2) {
        writer.add({.text = "replicate_database",
                    .nodes = copies,
                    .where = "the node with the database",
                    .more = more});
        return;
    }
    auto words = more;
    words["where"] = {"the node with the database" + writer.site_words()};
    auto& step = writer.person("replicate_database", std::move(words));
    step.set_note(step.note() + " " + only_one_of(copies));
}

void upgrade_site(Writer& writer, const PlanSite& site, const Fillings& more) {
    PlanNodes members;
    PlanNodes alone;
    for (const auto* node : databases_of(site)) (node->patroni ? members : alone).push_back(node);
    if (!members.empty()) upgrade_cluster(writer, members, site.secondary, more);
    writer.add({.text = "upgrade_postgresql",
                .nodes = alone,
                .where = nodes_at(Place::postgresql, alone.size()),
                .more = more});
    if (site.secondary && members.empty()) replicate(writer, site, more);
    // The application of a primary of several nodes is stopped, and stays so until it is migrated.
    if (!site.secondary && !site.single()) return;
    writer.add(minding_clusters({.text = "restart_after_database",
                                 .nodes = application_nodes(site),
                                 .where = "the Rails and Sidekiq nodes",
                                 .more = more}));
}

}  // namespace

void write_database_upgrades(Writer& writer, const Undertaking& work, std::size_t leg) {
    for (const auto& upgrade : work.databases) {
        if (upgrade.leg != leg) continue;
        const Fillings more{{"major", {upgrade.to}}};
        if (upgrade.how == How::elsewhere) {
            auto& step = writer.person("upgrade_external_postgresql", more);
            step.set_note(step.note() + " Servers: " + listed(upgrade.addresses) + ".");
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
