#include "probes/postgres.h"

#include <algorithm>
#include <vector>

#include "probes/geo_sites.h"
#include "probes/geo_tracking.h"
#include "probes/gitlab_tables.h"
#include "probes/node/postgres.h"
#include "probes/paths.h"
#include "probes/patience.h"
#include "probes/postgres_discovery.h"
#include "probes/postgres_instance.h"
#include "probes/postgres_uses.h"
#include "probes/praefect_state.h"
#include "probes/reach_report.h"
#include "probes/schema_migrations.h"
#include "probes/secret_proof.h"
#include "probes/table_facts.h"
#include "probes/tracked_migrations.h"

namespace preflight::probes {
namespace {

// Looks at one server after the other. The newest event of Geo is in the main database, and told with the
// tracking database, which is asked after it.
class Servers {
  public:
    Servers(const Node& node, bool tracking, Findings& out) : node_(node), tracking_(tracking), out_(out) {}

    void look_at(const PostgresUse& use, Patience::Clock::time_point until) {
        const auto affects = "the PostgreSQL server at " + use.target.address();
        if (!use.unasked.empty())
            return out_.gap({v1::Gap::ABSENT, use.target.address(), use.unasked}, affects);
        v1::Reach reach;
        reach.set_kind("postgresql");
        for (const auto& purpose : use.uses) reach.add_uses(purpose);
        auto server = Postgres::connect(node_, use.target, reach, {.until = until});
        if (!server && reach.failed_at() == v1::Reach::AUTHENTICATION && use.password_elsewhere)
            reach.set_detail("its password comes from a command, which is never run");
        if (!server && reach.failed_at() == v1::Reach::AUTHENTICATION && use.as_owner)
            refused_to_us(use, reach);
        if (!server && use.borrowed) refused_to_a_borrowed_login(reach);
        report_reach(reach, affects, out_);
        out_.flush();
        if (!server) return;
        auto instance = ask_instance(*server);
        if (!instance) return out_.gap(instance.error(), affects);
        for (const auto& purpose : use.uses) instance->add_uses(purpose);
        *out_.add(use.target.address()).mutable_postgres_instance() = std::move(*instance);
        out_.flush();
        if (use.praefect) look_at_praefect_state(*server, out_);
        if (!use.tables.empty()) look_at_tables(*server, use.tables);
    }

  private:
    // By this socket a server lets in whom the kernel names, and that was the account that we are. GitLab's
    // services come as others.
    static void refused_to_us(const PostgresUse& use, v1::Reach& reach) {
        reach.set_failed_at(v1::Reach::LAYER_UNSPECIFIED);
        reach.set_detail("the server does not let in the account " + use.target.user +
                         ", as which the agent asks by this socket");
    }

    // PgBouncer comes there with a login and a TLS of its own: that ours do not fit says nothing of its way.
    static void refused_to_a_borrowed_login(v1::Reach& reach) {
        const auto layer = reach.failed_at();
        const bool refused =
            layer == v1::Reach::TLS || layer == v1::Reach::AUTHENTICATION || layer == v1::Reach::DATABASE;
        if (!refused || reach.cut_short()) return;
        reach.set_failed_at(v1::Reach::LAYER_UNSPECIFIED);
        reach.set_detail("PgBouncer leads to it; with the login that is known here: " + reach.detail());
    }

    // GitLab's own, in the database that database.yml names `tables`.
    void look_at_tables(Postgres& server, const std::string& tables) {
        look_at_schema_migrations(node_, server, tables, out_);
        if (tables == "geo") return look_at_geo_tracking(server, tables, newest_, out_);
        look_at_background_migrations(server, tables, out_);
        look_at_tracked_migrations(server, tables, out_);
        if (tables == "main") {
            look_at_instance_settings(server, tables, out_);
            look_at_geo_sites(node_, server, tables, out_);
            if (tracking_) look_for_newest_event(server);
        }
        look_at_table_estimates(server, tables, out_);
        if (tables == "main") look_at_secret_proof(node_, server, tables, out_);
        look_at_table_facts(server, tables, out_);  // many questions, some of them slow
    }

    void look_for_newest_event(Postgres& main) {
        const auto newest = newest_geo_event(main);
        if (!newest) return out_.gap(newest.error(), "the newest event that is to be replicated");
        newest_ = *newest;
    }

    const Node& node_;
    bool tracking_;  // a tracking database is among the servers
    Findings& out_;
    GeoEvent newest_;
};

void look_at_each(const std::vector<PostgresUse>& uses, Servers& servers, const Patience& patience,
                  Findings& out) {
    for (std::size_t at = 0; at < uses.size(); ++at) {
        if (patience.left()) {
            servers.look_at(uses[at], patience.next(uses.size() - at));
            continue;
        }
        const auto address = uses[at].target.address();
        out.gap({v1::Gap::TIMED_OUT, address, "others took so long that it was not asked"},
                "the PostgreSQL server at " + address);
    }
}

void look(const Node& node, const Asked& asked, Findings& out) {
    auto uses = find_postgres_uses(node, out);
    if (uses.empty()) return;
    if (!node.live()) {
        return out.gap(Problem{v1::Gap::NOT_LIVE, "postgresql", "a tree's servers cannot be asked"},
                       "state of PostgreSQL and of GitLab's tables");
    }
    const auto until = asked.end_of_waiting(postgres.limit);
    const Patience patience(until);
    const auto tracking =
        std::ranges::stable_partition(uses, [](const PostgresUse& use) { return use.tables != "geo"; });
    Servers servers(node, !tracking.empty(), out);
    look_at_each(uses, servers, patience, out);
    std::vector<PostgresUse> replicas;
    for (const auto& use : uses) {
        if (use.discovery.record.empty()) continue;
        for (auto& replica : discover_replicas(node, use, until, out)) {
            const auto known = [&](const PostgresUse& other) { return other.is_at(replica.target); };
            if (std::ranges::none_of(uses, known) && std::ranges::none_of(replicas, known))
                replicas.push_back(std::move(replica));
        }
    }
    look_at_each(replicas, servers, patience, out);
}

}  // namespace

const Probe postgres{
    .name = "postgres",
    .looks_at =
        "PostgreSQL servers in use: reachability, version, replication, and in them GitLab's migrations and "
        "Geo's sites",
    .needs = AsOwnerOf{paths::postgresql_directory, postgres_sockets},
    .limit = std::chrono::seconds(30),
    .look = look,
};

}  // namespace preflight::probes
