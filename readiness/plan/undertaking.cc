#include "readiness/plan/undertaking.h"

#include <algorithm>
#include <string_view>

#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Method = v1::Installation;

PlanNodes by(const PlanNodes& nodes, Method::Method method) {
    PlanNodes found;
    for (const auto* node : nodes) {
        if (node->method() == method) found.push_back(node);
    }
    return found;
}

bool serves(const PlanNode& node, std::string_view service) {
    const auto seen = findings_of<&v1::Finding::has_service, &v1::Finding::service>(*node.node);
    return std::ranges::any_of(seen, [service](const auto& entry) {
        return entry.first->name() == service && entry.first->enabled();
    });
}

PlanNodes outside_pods(PlanNodes nodes) {
    std::erase_if(nodes, [](const PlanNode* node) { return node->method() == Method::CLOUD_NATIVE; });
    return nodes;
}

PlanNodes running(const PlanSite& site, v1::NodeRoles::Role role) {
    return outside_pods(chosen(site, [role](const PlanNode& node) { return has_role(*node.node, role); }));
}

}  // namespace

PlanNodes due(const PlanNodes& nodes, const Leg& leg) {
    PlanNodes found;
    for (const auto* node : nodes) {
        if (*node->installed.version < leg.to) found.push_back(node);
    }
    return found;
}

PlanNodes without(const PlanNodes& nodes, const PlanNode* one) {
    auto rest = nodes;
    std::erase(rest, one);
    return rest;
}

PlanNodes all_nodes(const Crew& crew) {
    PlanNodes nodes;
    for (const auto& site : crew.sites) {
        for (const auto& node : site.nodes) nodes.push_back(&node);
    }
    return nodes;
}

PlanNodes application_nodes(const Crew& crew) {
    auto nodes = all_nodes(crew);
    std::erase_if(nodes, [](const PlanNode* node) { return !node->application; });
    return nodes;
}

PlanNodes application_nodes(const PlanSite& site) {
    return chosen(site, [](const PlanNode& node) { return node.application; });
}

void stop_application(Writer& writer, const PlanSite& site) {
    const std::string where = "every node that runs it";
    writer.add({.text = "stop_sidekiq", .nodes = running(site, v1::NodeRoles::SIDEKIQ), .where = where});
    writer.add({.text = "stop_puma", .nodes = running(site, v1::NodeRoles::RAILS), .where = where});
}

void start_application(Writer& writer, const PlanSite& site) {
    writer.add({.text = "start_application",
                .nodes = outside_pods(application_nodes(site)),
                .where = "the Rails and Sidekiq nodes"});
}

std::string clipped_name(const PlanNode& node) {
    constexpr std::size_t limit_bytes = 80;
    return clipped(node.name, limit_bytes);
}

std::string clipped_names(const PlanNodes& nodes) {
    std::vector<std::string> names;
    names.reserve(nodes.size());
    for (const auto* node : nodes) names.push_back(clipped_name(*node));
    return listed_first(names);
}

PlanNodes databases_of(const PlanSite& site) {
    auto nodes = chosen(site, [](const PlanNode& node) { return node.database; });
    std::ranges::stable_sort(nodes, {}, &PlanNode::leads);
    return nodes;
}

const PlanNode* main_database(const PlanSite& site) {
    const auto nodes = databases_of(site);
    if (nodes.empty()) return nullptr;
    const bool alone = nodes.size() == 1 && !nodes.back()->patroni;
    return alone || nodes.back()->leads ? nodes.back() : nullptr;
}

const PlanNode* leader_behind(const PlanSite& site, std::initializer_list<Place> places) {
    const auto* leader = main_database(site);
    if (leader == nullptr || !leader->patroni) return nullptr;
    const auto waits_for = [&](const PlanNode& node) {
        return node.patroni && node.place > leader->place && std::ranges::count(places, node.place) > 0;
    };
    return std::ranges::any_of(site.nodes, waits_for) ? leader : nullptr;
}

std::string seen_to_write(const PlanSite& site) {
    const auto* main = main_database(site);
    if (main == nullptr) return {};
    return main->patroni ? "At the inspection " + clipped_name(*main) + " led."
                         : "PostgreSQL runs on " + clipped_name(*main) + ".";
}

void bypass_pgbouncer(Writer& writer, const PlanSite& site, const PlanNodes& nodes,
                      const std::string& where) {
    writer.add({.text = "bypass_pgbouncer",
                .nodes = nodes,
                .where = where,
                .measured = {.note = seen_to_write(site)}});
}

PlanNodes copies_of(const PlanSite& site) {
    return chosen(site, [](const PlanNode& node) {
        const bool tracks_alone = serves(node, "geo-postgresql") && !serves(node, "postgresql");
        return node.database && !node.patroni && !tracks_alone;
    });
}

PlanNodes tracking_databases(const PlanSite& site) {
    return chosen(site, [](const PlanNode& node) {
        const bool copies_alone = serves(node, "postgresql") && !serves(node, "geo-postgresql");
        return node.database && !node.patroni && !copies_alone;
    });
}

std::string only_one_of(const PlanNodes& nodes, std::string_view holds) {
    std::vector<std::string> names;
    names.reserve(nodes.size());
    for (const auto* node : nodes) names.push_back(clipped_name(*node));
    return "Only on one of " + listed(names) + ": which of them holds " + std::string(holds) +
           " was not seen.";
}

// At the places of Consul and Patroni the step's own commands ask Consul, and its own words put the leader
// last.
Work minding_clusters(Work work) {
    work.beside_consul = std::ranges::any_of(work.nodes, [](const PlanNode* node) {
        const bool asks = node->place == Place::consul || (node->patroni && node->place == Place::postgresql);
        return node->consul && !asks;
    });
    work.beside_patroni =
        work.text != "install_patroni" && std::ranges::any_of(work.nodes, [](const PlanNode* node) {
            return node->patroni && node->place != Place::postgresql;
        });
    if (work.beside_patroni) std::ranges::stable_sort(work.nodes, {}, &PlanNode::leads);
    work.one_by_one = work.one_by_one || work.beside_consul || work.beside_patroni;
    return work;
}

void install(Writer& writer, const Work& work) {
    const auto whole = minding_clusters(work);
    auto part = whole;
    part.nodes = by(whole.nodes, Method::LINUX_PACKAGE);
    writer.add(part);
    part.nodes = by(whole.nodes, Method::DOCKER);
    part.text = "install_docker";
    writer.add(part);
    part.nodes = by(whole.nodes, Method::SELF_COMPILED);
    part.text = "install_self_compiled";
    writer.add(part);
}

void check_dataloss(Writer& writer, const PlanSite& site, const PlanNodes& upgraded) {
    auto praefects =
        chosen(site, [](const PlanNode& node) { return has_role(*node.node, v1::NodeRoles::PRAEFECT); });
    if (praefects.empty() || upgraded.empty()) return;
    praefects.resize(1);
    writer.add({.text = "check_dataloss", .nodes = praefects, .where = "one Praefect node"});
}

void install_chart(Writer& writer, const PlanSite& site, const Leg& leg) {
    const auto pods =
        chosen(site, [](const PlanNode& node) { return node.method() == v1::Installation::CLOUD_NATIVE; });
    writer.add({.text = "install_cloud_native", .nodes = due(pods, leg), .where = "the chart"});
}

}  // namespace preflight::readiness
