#include "probes/postgres.h"

#include "probes/gitlab_tables.h"
#include "probes/node/postgres.h"
#include "probes/paths.h"
#include "probes/patience.h"
#include "probes/postgres_instance.h"
#include "probes/postgres_uses.h"
#include "probes/schema_migrations.h"

namespace preflight::probes {
namespace {

void look_at_server(const Node& node, const PostgresUse& use, Patience::Clock::time_point until,
                    Findings& out) {
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
    if (use.tables.empty()) return;
    look_at_schema_migrations(node, *server, use.tables, out);
    if (use.tables == "geo") return;  // its tables are Geo's own
    look_at_background_migrations(*server, use.tables, out);
    if (use.tables == "main") look_at_instance_settings(*server, use.tables, out);
    look_at_table_estimates(*server, use.tables, out);
}

void look(const Node& node, const Asked& /*asked*/, Findings& out) {
    const auto uses = find_postgres_uses(node, out);
    if (uses.empty()) return;
    if (!node.live()) {
        return out.gap(Problem{v1::Gap::NOT_LIVE, "postgresql", "a tree's servers cannot be asked"},
                       "state of PostgreSQL and of GitLab's tables");
    }
    // Well within the probe's own limit: what one server does not answer must not cost what the others said.
    const Patience patience(Patience::Clock::now() + std::chrono::seconds(26));
    for (std::size_t at = 0; at < uses.size(); ++at)
        look_at_server(node, uses[at], patience.next(uses.size() - at), out);
}

}  // namespace

const Probe postgres{
    .name = "postgres",
    .looks_at =
        "PostgreSQL servers in use: reachability, version, replication, and GitLab's migrations in them",
    .needs = AsOwnerOf{paths::postgresql_directory},
    .limit = std::chrono::seconds(30),
    .look = look,
};

}  // namespace preflight::probes
