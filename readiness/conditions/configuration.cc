// Predicates on what nodes are configured to be and to use, and on what a person plans.
#include <algorithm>
#include <map>

#include "readiness/attestations.h"
#include "readiness/conditions/predicates.h"
#include "readiness/installed.h"
#include "readiness/search_stores.h"
#include "readiness/secret_groups.h"

namespace preflight::readiness {
namespace {

bool asks_files(const v1::UsesService& asked) {
    return !std::ranges::all_of(asked.kinds(), is_search_store_of_database);
}

// What stands in the database is said of the instance: one node that reads it is enough.
bool is_open_in_database(const v1::UsesService& asked, const Fleet& fleet) {
    return std::ranges::any_of(asked.kinds(), [&fleet](const std::string& kind) {
        return is_search_store_of_database(kind) && !search_store_seen(fleet, kind);
    });
}

}  // namespace

Decided decide(const v1::UsesService& asked, const Scene& scene) {
    const auto is_asked = [&](const v1::ExternalService& service) {
        const auto& kinds = asked.kinds();
        const auto& purposes = asked.purposes();
        return std::ranges::find(kinds, service.kind()) != kinds.end() &&
               (purposes.empty() || std::ranges::find(purposes, service.purpose()) != purposes.end());
    };
    const bool in_files = asks_files(asked);
    const bool open_in_database = is_open_in_database(asked, scene.fleet);
    return some_node(scene, [&](const FleetNode& node, SomeNode& some) {
        if (open_in_database) some.nobody();
        if (without_gitlab(node)) return;
        const bool could = runs_application(node) || !roles_seen(node);
        if (could && in_files && !saw_all(node, "external_services")) some.unseen(node, "external_services");
        if (could && open_in_database) some.unseen(node, "postgres");
        for (const auto& [service, finding] :
             findings_of<&v1::Finding::has_external_service, &v1::Finding::external_service>(node)) {
            if (!is_asked(*service)) continue;
            const auto what = "uses " + service->kind() + " at " + service->host();
            if (!asked.tls_beside_options() || service->tls_beside_options()) {
                some.holds(node, *finding, what);
            } else if (!service->has_tls_beside_options()) {
                some.unseen(node, *finding, what + "; where its TLS options stand was not told");
            } else {
                some.fails(node, *finding, what + ", with its TLS options in tls_options alone");
            }
        }
    });
}

Decided decide(const v1::SharesStoragePath&, const Scene& scene) {
    return some_node(scene, [&](const FleetNode& node, SomeNode& some) {
        const bool could = has_role(node, v1::NodeRoles::GITALY) || !roles_seen(node);
        const auto servers = findings_of<&v1::Finding::has_gitaly_server, &v1::Finding::gitaly_server>(node);
        const bool missed = servers.empty() || broke_off(node, "endpoints");
        if (could && missed && !without_gitlab(node)) some.unseen(node, "endpoints");
        for (const auto& [server, finding] : servers) {
            std::map<std::string, std::string> names;
            for (const auto& storage : server->storages()) {
                const auto [first, is_new] = names.try_emplace(storage.path(), storage.name());
                if (!is_new)
                    some.holds(node, *finding,
                               "storages " + first->second + " and " + storage.name() + " are both at " +
                                   storage.path());
            }
        }
    });
}

Decided decide(const v1::SecretsDiffer&, const Scene& scene) {
    const auto groups = secret_groups(scene.fleet);
    const bool seen = groups.unseen.empty() && !scene.fleet.nodes.empty();
    Decided decided{seen ? Truth::fails : Truth::unknown, {}, {}};
    for (const auto* node : groups.unseen) about_unseen(decided.shown, *node, "secrets");
    for (const auto& key : groups.keys) {
        if (key.values.size() < 2) continue;
        if (decided.truth != Truth::holds) decided = {Truth::holds, {}, {}};
        for (const auto& value : key.values) {
            for (const auto& [node, finding] : value.holders)
                about(decided.shown, *node, *finding, key.name + " is not the same on all nodes");
        }
    }
    return decided;
}

Decided decide(const v1::UsesGeo& asked, const Scene& scene) {
    // The sites stand in the database; files alone can only say that there are some.
    const bool database_seen = std::ranges::any_of(scene.fleet.nodes, read_database);
    return some_node(scene, [&](const FleetNode& node, SomeNode& some) {
        if (!database_seen && (runs_application(node) || !roles_seen(node)) && !without_gitlab(node))
            some.unseen(node, "postgres");
        if (!database_seen) some.nobody();
        for (const auto& [site, finding] :
             findings_of<&v1::Finding::has_geo_site, &v1::Finding::geo_site>(node)) {
            const auto role = site->primary() ? v1::GeoRole::PRIMARY : v1::GeoRole::SECONDARY;
            if (asked.role() == v1::GeoRole::ROLE_UNSPECIFIED || asked.role() == role)
                some.holds(node, *finding, "the database has the site " + site->name());
        }
        const auto roles = findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node);
        if (roles.empty() && !without_gitlab(node)) some.unseen(node, "geo");
        for (const auto& [found, finding] : roles) {
            const bool is_site =
                found->role() == v1::GeoRole::PRIMARY || found->role() == v1::GeoRole::SECONDARY;
            if (found->role() == v1::GeoRole::ROLE_UNSPECIFIED)
                some.unseen(node, *finding, "its files do not settle the role");
            if (is_site && (asked.role() == v1::GeoRole::ROLE_UNSPECIFIED || asked.role() == found->role()))
                some.holds(node, *finding, "is of a Geo site");
        }
    });
}

Decided decide(const v1::PlannedWithoutDowntime&, const Scene& scene) {
    return {scene.upgrade.without_downtime ? Truth::holds : Truth::fails, {}, {}};
}

Decided decide(const v1::AskPerson& asked, const Scene& scene) {
    const auto* answer = answered(scene.upgrade, asked.question());
    if (answer == nullptr) return {Truth::unknown, {}, asked.question()};
    Decided decided{answer->answer() == answer_yes ? Truth::holds : Truth::fails, {}, {}, false, true};
    auto& evidence = *decided.shown.add_evidence();
    evidence.set_source(evidence_source(*answer));
    *evidence.mutable_taken_at() = answer->made_at();
    evidence.set_what(attestation_text(*answer));
    return decided;
}

}  // namespace preflight::readiness
