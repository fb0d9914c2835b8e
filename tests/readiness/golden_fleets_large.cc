// Golden fleets of several nodes.
#include "tests/readiness/golden_fleets.h"
#include "tests/readiness/golden_parts.h"

namespace preflight::readiness {
namespace {

constexpr std::string_view old_version = "18.11.11";

// ---- three tiers: load balanced Rails, Gitaly Cluster, Patroni behind PgBouncer, Redis with Sentinel

std::string uses_sentinels() {
    return told(
        "endpoints", "resque.yml",
        "redis_endpoint { purpose: 'default' service: 'rails' mode: SENTINEL host: 'gitlab-redis'"
        " master_name: 'gitlab-redis' nodes: ['10.2.0.61:26379', '10.2.0.62:26379', '10.2.0.63:26379']"
        " placement: REMOTE }");
}

std::string rails(std::string_view version) {
    return uses_postgresql("10.2.0.40", 6432) +
           main_database("10.2.0.40:6432", "17.10", "role: PRIMARY through_pgbouncer: true") +
           uses_sentinels() + redis_server("10.2.0.61:6379") + uses_gitaly("default", "10.2.0.30", 2305) +
           gitaly_server("10.2.0.30:2305", "default", version, "praefect: true");
}

std::string cluster_members() {
    return "members { name: 'db1' role: 'leader' state: 'running' address: '10.2.0.51:5432' timeline: '3' }"
           " members { name: 'db2' role: 'replica' state: 'streaming' address: '10.2.0.52:5432' timeline: "
           "'3' lag: '0' }"
           " members { name: 'db3' role: 'replica' state: 'start failed' address: '10.2.0.53:5432' timeline: "
           "'2' lag: '0' } ";
}

FleetNode database(std::string_view name, std::string_view address) {
    return golden_node(
        {name, address, "PATRONI, POSTGRESQL, CONSUL", old_version},
        listener("postgresql", 5432) + room_for_data() + reached("patroni", "patroni", "127.0.0.1:8008", "") +
            told("patroni", "127.0.0.1:8008",
                 "patroni_cluster { address: '127.0.0.1:8008' scope: 'postgresql-ha' version: '4.0.6' " +
                     cluster_members() + "}") +
            told("endpoints", "PG_VERSION",
                 "postgres_server { purpose: 'main' major: '16'"
                 " data_directory: '/var/opt/gitlab/postgresql/data' }"));
}

FleetNode praefect(std::string_view name, std::string_view address) {
    return golden_node(
        {name, address, "PRAEFECT", old_version},
        listener("praefect", 2305) +
            told("endpoints", "config.toml",
                 "praefect_virtual_storage { name: 'default'"
                 " nodes { storage: 'gitaly-1' address: 'tcp://10.2.0.31:8075' }"
                 " nodes { storage: 'gitaly-2' address: 'tcp://10.2.0.32:8075' } }") +
            told("postgres", "10.2.0.40:6432",
                 "praefect_state { virtual_storage: 'default' repositories: 1200 unavailable: 2"
                 " replicas { storage: 'gitaly-1' healthy: true }"
                 " replicas { storage: 'gitaly-2' healthy: true outdated: 14 }"
                 " praefects: ['praefect1', 'praefect2'] }"));
}

FleetNode gitaly(std::string_view name, std::string_view address, std::string_view storage) {
    return golden_node({name, address, "GITALY", old_version, "debian", "12", "bookworm"},
                       serves_storage(storage, "mark of " + std::string(storage)) +
                           gitaly_server("/var/opt/gitlab/gitaly/gitaly.socket", storage, old_version));
}

FleetNode redis(std::string_view name, std::string_view address, std::string_view more) {
    const auto sentinel = std::string(address) + ":26379";
    return golden_node(
        {name, address, "REDIS, SENTINEL", old_version},
        redis_server(std::string(address) + ":6379", more) +
            told("endpoints", "gitlab.rb", "listener { service: 'redis' address: '0.0.0.0' port: 6379 }") +
            told("endpoints", "sentinel.conf",
                 "listener { service: 'sentinel' address: '0.0.0.0' port: 26379"
                 " masters { name: 'gitlab-redis' host: '10.2.0.61' port: 6379 } }") +
            reached("redis", "sentinel", sentinel, "") +
            told("redis", sentinel,
                 "sentinel_status { address: '" + sentinel +
                     "' masters { name: 'gitlab-redis' address: '10.2.0.61:6379' flags: 'master' quorum: 2"
                     " quorum_answer: 'OK 3 usable Sentinels' quorum_reached: true"
                     " replicas: ['10.2.0.62:6379', '10.2.0.63:6379'] sentinels: ['10.2.0.62:26379', "
                     "'10.2.0.63:26379'] } }"));
}

}  // namespace

Fleet three_tier() {
    return fleet_of(
        {golden_node({"web1", "10.2.0.11", "RAILS", old_version},
                     rails(old_version) + whole_backups_of(old_version)),
         golden_node({"web2", "10.2.0.12", "RAILS", old_version}, rails(old_version)),
         golden_node({"sidekiq1", "10.2.0.21", "SIDEKIQ", old_version}, rails(old_version)),
         golden_node({"pool1", "10.2.0.40", "PGBOUNCER", old_version},
                     listener("pgbouncer", 6432) + reached("pgbouncer", "pgbouncer", "/run/p:6432", "") +
                         told("pgbouncer", "/run/p:6432",
                              "pgbouncer_status { address: '/run/p:6432' version: '1.24.1' state: 'active'"
                              " settings { key: 'pool_mode' value: 'transaction' }"
                              " databases { name: 'gitlabhq_production' host: '10.2.0.51' }"
                              " pools { database: 'gitlabhq_production' clients_active: 40 } }")),
         praefect("praefect1", "10.2.0.30"), praefect("praefect2", "10.2.0.29"),
         praefect("praefect3", "10.2.0.28"), gitaly("gitaly1", "10.2.0.31", "gitaly-1"),
         gitaly("gitaly2", "10.2.0.32", "gitaly-2"), database("db1", "10.2.0.51"),
         database("db2", "10.2.0.52"), database("db3", "10.2.0.53"),
         redis("redis1", "10.2.0.61", "role: 'master'"), redis("redis2", "10.2.0.62", "role: 'slave'"),
         redis("redis3", "10.2.0.63", "role: 'slave'")});
}

// ---- two sites

namespace {

std::string site(std::string_view fields) {
    return told(
        "postgres", "10.3.0.11:5432",
        "geo_site { enabled: true login_ready: true status_known: true message: 'Healthy' version: '19.2.4'"
        " lag_known: true storages_digest: 'ab' reported_at {at 2026-08-21T10:58:00Z} " +
            std::string(fields) + " }");
}

std::string of_site(std::string_view address, std::string_view role, std::string_view name) {
    const auto at = std::string(address);
    return told("endpoints", "database.yml",
                "postgres_endpoint { purpose: 'main' service: 'rails' host: '" + at + "' port: 5432 }") +
           listener("postgresql", 5432) + room_for_data() + listener("redis", 6379) +
           serves_storage("default", name) +
           told("endpoints", "resque.yml",
                "redis_endpoint { purpose: 'default' service: 'rails' mode: TCP host: '" + at +
                    "' port: 6379 }") +
           uses_gitaly("default", at, 8075) + redis_server(at + ":6379") +
           gitaly_server(at + ":8075", "default") +
           told("geo", "gitlab.rb",
                "geo_role { role: " + std::string(role) + " site_name: '" + std::string(name) + "' }") +
           told("geo", "gitlab.yml",
                "site_settings { gitlab_sshd: true external_url: 'https://" +
                    std::string(role == "PRIMARY" ? "git" : "geo") + ".example.test' }");
}

// Without that of a node that is in no site.
FleetNode geo_node(const Place& place, const std::string& more) {
    auto made = golden_node(place, more);
    auto& findings = *made.inspection.mutable_findings();
    findings.erase(std::remove_if(findings.begin(), findings.end(),
                                  [](const v1::Finding& finding) {
                                      return finding.has_geo_role() &&
                                             finding.geo_role().role() == v1::GeoRole::NOT_CONFIGURED;
                                  }),
                   findings.end());
    return made;
}

}  // namespace

Fleet geo_pair() {
    const auto sites =
        site("id: 1 name: 'berlin' url: 'https://git.example.test' primary: true last_event_id: 500") +
        site(
            "id: 2 name: 'lisbon' url: 'https://geo.example.test' last_event_id: 500 "
            "cursor_event_id: 420 "
            "replication_lag_seconds: 900"
            " data { name: 'uploads' total: 40 synced: 40 to_verify: 40 verified: 40 }"
            " data { name: 'lfs_objects' total: 900 synced: 880 failed: 20 to_verify: 880 verified: 880 }");
    return fleet_of(
        {geo_node({"berlin1", "10.3.0.11", "RAILS, SIDEKIQ, GITALY, POSTGRESQL, REDIS"},
                  of_site("10.3.0.11", "PRIMARY", "berlin") + main_database("10.3.0.11:5432") + sites +
                      whole_backups() + whole_proof()),
         geo_node(
             {"lisbon1", "10.4.0.11", "RAILS, SIDEKIQ, GITALY, POSTGRESQL, REDIS"},
             of_site("10.4.0.11", "SECONDARY", "lisbon") +
                 told("postgres", "10.4.0.11:5431",
                      "geo_tracking { database: 'geo' cursor_event_id: 430 last_event_id: 500"
                      " registries { name: 'lfs_object_registry' counted: true rows: 900 synced: 880"
                      " failed: 20 verified: 880 } }") +
                 told("postgres", "10.4.0.11:5431",
                      "schema_migrations { database: 'geo' applied: 120 files: 120 }") +
                 main_database("10.4.0.11:5432", "17.10",
                               "role: REPLICA receiver_status: 'streaming' replay_lag_milliseconds: 40"))});
}

// ---- an upgrade that stopped in its middle

Fleet half_upgraded() {
    auto torn = golden_node({"web2", "10.5.0.12", "RAILS, SIDEKIQ"},
                            uses_postgresql("10.5.0.51", 5432) + main_database("10.5.0.51:5432"));
    for (auto& finding : *torn.inspection.mutable_findings()) {
        if (!finding.has_installation()) continue;
        finding.mutable_installation()->set_version("19.3.0");
        finding.mutable_installation()->set_package_version("19.3.0-ee.0");
        finding.mutable_installation()->set_package_state(v1::Installation::HALF_CONFIGURED);
        finding.mutable_installation()->set_pending_reconfigure(true);
    }
    const auto replaced =
        told("running_binaries", "/proc/900/exe",
             "running_binary { process: 900 path: '/opt/gitlab/embedded/bin/gitaly' deleted: true }");
    const auto migration = told(
        "postgres", "main",
        "background_migration { database: 'main' id: 7 job: 'BackfillThings' table: 'things' column: 'id'"
        " status: ACTIVE total_rows: 11000 done_rows: 1000 rows_per_hour: 1000 }");
    const auto elsewhere = [&](std::string_view version) {
        return told("endpoints", "resque.yml",
                    "redis_endpoint { purpose: 'default' service: 'rails' mode: TCP host: '10.5.0.51' port: "
                    "6379 }") +
               redis_server("10.5.0.51:6379") + uses_gitaly("default", "10.5.0.31", 8075) +
               gitaly_server("10.5.0.31:8075", "default", version);
    };
    return fleet_of({golden_node({"web1", "10.5.0.11", "RAILS, SIDEKIQ"},
                                 uses_postgresql("10.5.0.51", 5432) + main_database("10.5.0.51:5432") +
                                     elsewhere("19.2.4") + migration + whole_backups() + whole_proof()),
                     torn,
                     golden_node({"gitaly1", "10.5.0.31", "GITALY", "19.3.0"},
                                 serves_storage("default", "f1") + replaced +
                                     gitaly_server("/var/opt/gitlab/gitaly/gitaly.socket", "default")),
                     golden_node({"db1", "10.5.0.51", "POSTGRESQL, REDIS"},
                                 listener("postgresql", 5432) + room_for_data() + listener("redis", 6379) +
                                     redis_server("10.5.0.51:6379") +
                                     told("endpoints", "PG_VERSION",
                                          "postgres_server { purpose: 'main' major: '17'"
                                          " data_directory: '/var/opt/gitlab/postgresql/data' }"))});
}

// ---- three hops away, and the systems end on the way

Fleet end_of_life() {
    const std::string_view runs = "18.5.6";
    return fleet_of(
        {golden_node(
             {"web1", "10.6.0.11", "RAILS, SIDEKIQ, POSTGRESQL, REDIS", runs, "ubuntu", "20.04", "focal"},
             uses_postgresql("10.6.0.11", 5432) + listener("postgresql", 5432) + room_for_data() +
                 listener("redis", 6379) +
                 told("endpoints", "PG_VERSION",
                      "postgres_server { purpose: 'main' major: '16'"
                      " data_directory: '/var/opt/gitlab/postgresql/data' }") +
                 main_database("10.6.0.11:5432", "16.8") +
                 told("endpoints", "resque.yml",
                      "redis_endpoint { purpose: 'default' service: 'rails' mode: TCP host: '10.6.0.11'"
                      " port: 6379 }") +
                 redis_server("10.6.0.11:6379") + uses_gitaly("default", "10.6.0.31", 8075) +
                 gitaly_server("10.6.0.31:8075", "default", runs) + whole_backups_of(runs)),
         golden_node({"gitaly1", "10.6.0.31", "GITALY", runs, "amzn", "2", ""},
                     serves_storage("default", "f1") +
                         gitaly_server("/var/opt/gitlab/gitaly/gitaly.socket", "default", runs))});
}

}  // namespace preflight::readiness
