// Predicates on the servers in use.
#include "readiness/servers.h"

#include <algorithm>

#include "readiness/conditions/predicates.h"
#include "readiness/installed.h"
#include "readiness/own_servers.h"

namespace preflight::readiness {
namespace {

// A data directory names the major alone: the server could be any of its minors.
Truth matches(const Server& server, const v1::ServerIs& asked, const std::optional<Version>& version) {
    if (asked.versions().empty()) return Truth::holds;  // any version
    if (!version) return Truth::unknown;
    const bool holds = within(*version, asked.versions());
    if (server.major_only && version->minor == 0 &&
        holds != within({version->major, 9999, 9999}, asked.versions()))
        return Truth::unknown;
    return holds ? Truth::holds : Truth::fails;
}

bool is_whose(const Server& server, v1::ServerIs::Whose whose) {
    return whose == v1::ServerIs::ANY || (whose == v1::ServerIs::BUNDLED) == server.bundled;
}

void take_unheard(const Servers& servers, SomeNode& some) {
    if (servers.untold) some.nobody();
    for (const auto& [node, finding, why] : servers.unheard) {
        if (finding != nullptr) {
            some.unseen(*node, *finding, why);
        } else {
            some.unseen(*node, servers.probe);
        }
    }
}

// Asks every PostgreSQL server that answered; those that did not leave it open.
template <typename Ask>
Decided some_postgres(const Scene& scene, Ask ask) {
    SomeNode some;
    const auto servers = servers_of(v1::ServerIs::POSTGRESQL, scene.fleet, scene.upgrade);
    if (scene.fleet.nodes.empty()) some.nobody();
    take_unheard(servers, some);
    for (const auto& server : servers.found) {
        if (!server.major_only) ask(server, server.finding->postgres_instance(), some);
    }
    return some.decided();
}

// Asks the server of Rails' main database, as each node of Rails sees it; of one that none tells of nothing
// can be said.
template <typename Ask>
Decided main_database(const Scene& scene, Ask ask) {
    bool seen = false;
    auto decided =
        some_postgres(scene, [&](const Server& server, const v1::PostgresInstance& instance, SomeNode& some) {
            if (std::ranges::find(server.uses, "rails main") == server.uses.end()) return;
            seen = true;
            ask(server, instance, some);
        });
    if (!seen && decided.truth == Truth::fails) decided.truth = Truth::unknown;
    return decided;
}

template <typename Message>
bool denies(const Message& told, std::string_view part) {
    return std::ranges::find(told.denied(), part) != told.denied().end();
}

}  // namespace

Decided decide(const v1::ServerIs& asked, const Scene& scene) {
    SomeNode some;
    const auto name = std::string(component_name(asked.component()));
    const auto servers = servers_of(asked.component(), scene.fleet, scene.upgrade);
    std::optional<VersionsBefore> before;
    if (scene.before != nullptr)
        before.emplace(asked.component(), *scene.before, scene.fleet, scene.knowledge);
    if (scene.fleet.nodes.empty()) some.nobody();
    take_unheard(servers, some);
    for (const auto& server : servers.found) {
        if (!is_whose(server, asked.whose()) || !used_for(server, asked.purposes())) continue;
        const auto now = parse_server_version(server.version);
        const auto version = before ? before->of(server) : now;
        auto what = name + " " + server.version + " at " + server.address;
        if (now && version && version->major > now->major)
            what += ", which a package on the way takes to " + std::to_string(version->major) + " before";
        switch (matches(server, asked, version)) {
            case Truth::holds:
                some.holds(*server.node, *server.finding, what);
                break;
            case Truth::unknown:
                some.unseen(*server.node, *server.finding, what + ": not the whole version is known");
                break;
            case Truth::fails:
                some.fails(*server.node, *server.finding, what);
        }
    }
    return some.decided();
}

Decided decide(const v1::PostgresSets& asked, const Scene& scene) {
    return some_postgres(
        scene, [&](const Server& server, const v1::PostgresInstance& instance, SomeNode& some) {
            const auto setting = instance.settings().find(asked.name());
            if (setting == instance.settings().end())
                return some.unseen(*server.node, *server.finding, asked.name() + " was not told");
            const auto what = asked.name() + " is " + setting->second + " at " + server.address;
            if (std::ranges::find(asked.values(), setting->second) != asked.values().end()) {
                some.holds(*server.node, *server.finding, what);
            } else {
                some.fails(*server.node, *server.finding, what);
            }
        });
}

Decided decide(const v1::LacksExtension& asked, const Scene& scene) {
    return main_database(
        scene, [&](const Server& server, const v1::PostgresInstance& instance, SomeNode& some) {
            if (denies(instance, "extensions"))
                return some.unseen(*server.node, *server.finding, "its extensions were not shown");
            const auto extension = std::ranges::find(instance.extensions(), asked.name(),
                                                     &v1::PostgresInstance::Extension::name);
            if (extension == instance.extensions().end() || extension->version().empty())
                return some.holds(*server.node, *server.finding,
                                  asked.name() + " is not installed in " + instance.database());
            some.fails(*server.node, *server.finding, asked.name() + " " + extension->version());
        });
}

Decided decide(const v1::PendingRestart&, const Scene& scene) {
    return some_postgres(scene,
                         [](const Server& server, const v1::PostgresInstance& instance, SomeNode& some) {
                             for (const auto& setting : instance.pending_restart())
                                 some.holds(*server.node, *server.finding, setting + " waits for a restart");
                         });
}

Decided decide(const v1::ThroughPgbouncer&, const Scene& scene) {
    return main_database(
        scene, [](const Server& server, const v1::PostgresInstance& instance, SomeNode& some) {
            if (instance.through_pgbouncer())
                some.holds(*server.node, *server.finding, "Rails reaches it through PgBouncer");
        });
}

Decided decide(const v1::UnavailableRepositories&, const Scene& scene) {
    return some_node(scene, [](const FleetNode& node, SomeNode& some) {
        const auto states = findings_of<&v1::Finding::has_praefect_state, &v1::Finding::praefect_state>(node);
        const bool could = has_role(node, v1::NodeRoles::PRAEFECT) || !roles_seen(node);
        const bool missed = states.empty() || !saw_all(node, "postgres");
        if (could && missed && !without_gitlab(node)) some.unseen(node, "postgres");
        for (const auto& [state, finding] : states) {
            if (denies(*state, "unavailable"))
                some.unseen(node, *finding, "which repositories can be served was not told");
            if (state->unavailable() == 0) continue;
            some.holds(node, *finding,
                       std::to_string(state->unavailable()) + " repositories cannot be served");
        }
    });
}

}  // namespace preflight::readiness
