#include "readiness/checks/postgresql_extensions.h"

#include <algorithm>

#include "readiness/route.h"
#include "readiness/servers.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

using Extension = v1::PostgresInstance::Extension;

const Extension* find_extension(const v1::PostgresInstance& instance, const std::string& name) {
    const auto found = std::ranges::find(instance.extensions(), name, &Extension::name);
    return found == instance.extensions().end() ? nullptr : &*found;
}

// The first leg that ends at a version which needs it; one that is needed already is needed on the first.
const Leg* needed_at(const v1::ExtensionNeed& need, const Route& route) {
    const auto since = parse_version(need.since());
    const auto leg =
        std::ranges::find_if(route.legs, [&](const Leg& one) { return !since || one.to >= *since; });
    return leg == route.legs.end() ? nullptr : &*leg;
}

// Of a server of its own, the package creates what a new version needs when it is configured for it.
bool package_creates(const v1::ExtensionNeed& need, const Server& server, const Route& route) {
    const auto since = parse_version(need.since());
    return server.bundled && since && *route.from < *since;
}

v1::Verdict verdict_of(const v1::ExtensionNeed& need, const Server& server, const Route& route) {
    const auto text = "the extension " + need.name() + " is not installed, which GitLab" +
                      (need.since().empty() ? "" : " " + need.since() + " and later");
    if (!need.required()) return verdict(v1::NOTE, "recommended", text + " recommend");
    if (package_creates(need, server, route))
        return verdict(v1::NOTE, "by_package", text + " need: the package creates it");
    return verdict(v1::BLOCKER, "missing", text + " need");
}

void judge_database(const Server& server, const Route& route, const v1::Knowledge& knowledge,
                    Verdicts& verdicts) {
    const auto& instance = server.finding->postgres_instance();
    const auto where = instance.database() + " at " + server.address;
    if (std::ranges::find(instance.denied(), "extensions") != instance.denied().end()) {
        auto denied =
            verdict(v1::UNKNOWN, "denied", "not all extensions that are installed were told to this login");
        about(denied, *server.node, *server.finding, where);
        verdicts.push_back(std::move(denied));
        return;
    }
    bool whole = true;
    for (const auto& need : knowledge.extensions()) {
        const auto* leg = needed_at(need, route);
        const auto* extension = find_extension(instance, need.name());
        const bool installed = extension != nullptr && !extension->version().empty();
        if (leg == nullptr || installed || !used_for(server, need.databases())) continue;
        auto missing = verdict_of(need, server, route);
        about(missing, *server.node, *server.finding,
              where + (extension == nullptr ? ", whose server does not even offer it" : "") + ", hop " +
                  leg_text(*leg));
        whole = whole && missing.level() != v1::BLOCKER;
        verdicts.push_back(std::move(missing));
    }
    if (!whole) return;
    auto ready = verdict(v1::READY, "installed", "the databases have every extension that is needed");
    about(ready, *server.node, *server.finding, where);
    verdicts.push_back(std::move(ready));
}

// A replica has what its primary has, and a console on a server's own node says nothing of who uses it.
bool is_asked(const Server& server, const v1::Knowledge& knowledge) {
    return !server.major_only &&
           std::ranges::any_of(knowledge.extensions(), [&](const v1::ExtensionNeed& need) {
               return used_for(server, need.databases());
           });
}

bool is_main(const Server& server) {
    return std::ranges::find(server.uses, "rails main") != server.uses.end();
}

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    const auto route = find_route(fleet, upgrade, knowledge);
    const auto servers = servers_of(v1::ServerIs::POSTGRESQL, fleet, upgrade);
    if (!is_known(route)) {
        return {verdict(v1::UNKNOWN, "no_path",
                        "the way to the target is not known, so what it needs is not either")};
    }
    Verdicts verdicts;
    auto unseen = verdict(v1::UNKNOWN, "unseen", "which extensions the databases have was not seen");
    about_unheard(unseen, servers);
    keep(verdicts, unseen);
    for (const auto& server : servers.found) {
        if (is_asked(server, knowledge)) judge_database(server, route, knowledge, verdicts);
    }
    const bool main_seen =
        std::ranges::any_of(servers.found, [](const Server& server) { return is_main(server); });
    if (main_seen || !unseen.nodes().empty()) return verdicts;
    verdicts.push_back(verdict(v1::UNKNOWN, "unseen", "no node tells of the main database's extensions"));
    return verdicts;
}

}  // namespace

constexpr Check postgresql_extensions{
    .id = "postgresql.extensions",
    .asks = "Does the database have the extensions that the versions on the way need?",
    .judge = judge,
};

}  // namespace preflight::readiness
