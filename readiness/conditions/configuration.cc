// Predicates on what nodes are configured to be and to use, and on what a person plans.
#include <algorithm>
#include <map>

#include "readiness/attestations.h"
#include "readiness/conditions/predicates.h"
#include "readiness/installed.h"
#include "readiness/search_stores.h"
#include "readiness/secret_groups.h"
#include "readiness/setting_uses.h"

namespace preflight::readiness {
namespace {

bool fits(std::string_view key, std::string_view pattern) {
    if (!pattern.ends_with('*')) return key == pattern;
    pattern.remove_suffix(1);
    return key.starts_with(pattern);
}

template <typename Patterns>
bool fits_any(std::string_view key, const Patterns& patterns) {
    return std::ranges::any_of(patterns, [key](const std::string& pattern) { return fits(key, pattern); });
}

bool is_of(v1::HasSetting::Form form, const v1::Setting::Form& found) {
    switch (form) {
        case v1::HasSetting::HAS_PORT:
            return found.has_port();
        case v1::HasSetting::HAS_UPPER_CASE:
            return found.has_upper_case();
        case v1::HasSetting::LACKS_SCHEME:
            return !found.has_scheme();
        default:
            return false;
    }
}

// What the last reconfigure made of it all also holds what reconfigure itself put there. It says nothing new
// of a node whose gitlab.rb was read whole; of another it cannot say who set a key, only what the key is set
// to.
Truth matches(const v1::Setting& setting, const v1::HasSetting& asked, bool read_whole) {
    const bool evaluated = setting.origin() == v1::Setting::ATTRIBUTES;
    if (evaluated && read_whole) return Truth::fails;
    if (fits_any(setting.key(), asked.except())) return Truth::fails;
    if (setting.state() == v1::Setting::CONDITIONAL) return Truth::unknown;
    const bool any_value = asked.values().empty() && asked.form() == v1::HasSetting::FORM_UNSPECIFIED;
    if (any_value) return evaluated ? Truth::unknown : Truth::holds;
    if (asked.form() != v1::HasSetting::FORM_UNSPECIFIED) {
        if (!setting.has_form()) return Truth::unknown;
        return is_of(asked.form(), setting.form()) ? Truth::holds : Truth::fails;
    }
    // A value that is computed, or that could be a secret, is not told.
    if (setting.value().empty()) return Truth::unknown;
    return std::ranges::find(asked.values(), setting.value()) != asked.values().end() ? Truth::holds
                                                                                      : Truth::fails;
}

std::string text_of(const v1::Setting& setting) {
    const auto value = setting.value().empty() ? std::string() : " = " + setting.value();
    return setting.key() + value +
           (setting.line() == 0 ? std::string() : " in line " + std::to_string(setting.line()));
}

std::string_view doubt_of(const v1::Setting& setting) {
    if (setting.origin() == v1::Setting::ATTRIBUTES)
        return " after the last reconfigure; whether a person set it was not seen";
    if (setting.state() == v1::Setting::CONDITIONAL)
        return ", which may not be set at all: it is behind a condition";
    return ", whose value was not seen";
}

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

Decided decide(const v1::HasSetting& asked, const Scene& scene) {
    SomeNode some;
    add_missing(scene, some);
    const auto uses = setting_uses(scene.fleet);
    for (const auto* node : uses->unseen()) some.unseen(*node, "settings");
    const auto take = [&](const SettingUse& use) {
        const auto& setting = use.finding->setting();
        const auto truth = matches(setting, asked, saw_all(*use.node, "settings"));
        if (truth == Truth::holds) some.holds(*use.node, *use.finding, text_of(setting));
        if (truth == Truth::unknown)
            some.unseen(*use.node, *use.finding, text_of(setting) + std::string(doubt_of(setting)));
    };
    for (const auto& pattern : asked.keys()) uses->each(pattern, take);
    return some.decided();
}

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
