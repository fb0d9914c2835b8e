#include "probes/postgres.h"

#include <algorithm>

#include "probes/geo_sites.h"
#include "probes/geo_tracking.h"
#include "probes/gitlab_tables.h"
#include "probes/node/postgres.h"
#include "probes/paths.h"
#include "probes/patience.h"
#include "probes/postgres_instance.h"
#include "probes/postgres_uses.h"
#include "probes/praefect_state.h"
#include "probes/schema_migrations.h"
#include "probes/secret_proof.h"

namespace preflight::probes {
namespace {

// GitLab's own, in the database that database.yml names `tables`. `newest`: for a tracking database, which is
// asked after the main one.
void look_at_tables(const Node& node, Postgres& server, const std::string& tables, GeoEvent* newest,
                    Findings& out) {
    look_at_schema_migrations(node, server, tables, out);
    if (tables == "geo") return look_at_geo_tracking(server, tables, *newest, out);
    look_at_background_migrations(server, tables, out);
    if (tables == "main") {
        look_at_instance_settings(server, tables, out);
        look_at_geo_sites(node, server, tables, out);
        if (newest != nullptr) *newest = newest_geo_event(server);
    }
    look_at_table_estimates(server, tables, out);
    if (tables == "main") look_at_secret_proof(node, server, tables, out);
}

void look_at_server(const Node& node, const PostgresUse& use, Patience::Clock::time_point until,
                    GeoEvent* newest, Findings& out) {
    v1::Reach reach;
    reach.set_kind("postgresql");
    for (const auto& purpose : use.uses) reach.add_uses(purpose);
    auto server = Postgres::connect(node, use.target, reach, {.until = until});
    if (!server && reach.failed_at() == v1::Reach::AUTHENTICATION && use.password_elsewhere)
        reach.set_detail("its password comes from a command, which is never run");
    *out.add(use.target.address()).mutable_reach() = reach;
    out.flush();
    if (!server) return;
    auto instance = ask_instance(*server);
    if (!instance) return out.gap(instance.error(), "the PostgreSQL server at " + use.target.address());
    for (const auto& purpose : use.uses) instance->add_uses(purpose);
    *out.add(use.target.address()).mutable_postgres_instance() = std::move(*instance);
    out.flush();
    if (use.praefect) look_at_praefect_state(*server, out);
    if (!use.tables.empty()) look_at_tables(node, *server, use.tables, newest, out);
}

void look(const Node& node, const Asked& /*asked*/, Findings& out) {
    auto uses = find_postgres_uses(node, out);
    if (uses.empty()) return;
    if (!node.live()) {
        return out.gap(Problem{v1::Gap::NOT_LIVE, "postgresql", "a tree's servers cannot be asked"},
                       "state of PostgreSQL and of GitLab's tables");
    }
    // Well within the probe's own limit: what one server does not answer must not cost what the others said.
    const Patience patience(Patience::Clock::now() + std::chrono::seconds(26));
    const auto tracking =
        std::ranges::stable_partition(uses, [](const PostgresUse& use) { return use.tables != "geo"; });
    GeoEvent newest;
    for (std::size_t at = 0; at < uses.size(); ++at) {
        look_at_server(node, uses[at], patience.next(uses.size() - at), tracking.empty() ? nullptr : &newest,
                       out);
    }
}

}  // namespace

const Probe postgres{
    .name = "postgres",
    .looks_at =
        "PostgreSQL servers in use: reachability, version, replication, and in them GitLab's migrations and "
        "Geo's sites",
    .needs = AsOwnerOf{paths::postgresql_directory},
    .limit = std::chrono::seconds(30),
    .look = look,
};

}  // namespace preflight::probes
