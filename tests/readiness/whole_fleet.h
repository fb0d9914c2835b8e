// Whole fleet: one node with Rails and its databases and one Gitaly node with nothing wrong between them and
// 19.3, for tests that then break one thing.
#pragma once

#include "tests/readiness/losses.h"

namespace preflight::readiness {

inline std::string whole_secrets() {
    return R"(findings { probe: "secrets" source: "/etc/gitlab/gitlab-secrets.json" secrets_file {
        path: "/etc/gitlab/gitlab-secrets.json" kind: SECRETS present: true well_formed: true mode: "0600" } }
        findings { probe: "secrets" source: "/etc/gitlab/gitlab-secrets.json" secret_fingerprint {
        path: "/etc/gitlab/gitlab-secrets.json" key: "gitlab_rails.db_key_base" fingerprint: "1f" keyed_by: "k1" } }
        findings { probe: "secrets" source: "/etc/gitlab/gitlab.rb" secrets_file {
        path: "/etc/gitlab/gitlab.rb" kind: CONFIGURATION present: true well_formed: true mode: "0600" } } )";
}

inline std::string whole_backups(std::string_view archive_more = "", std::string_view settings_more = "") {
    return R"(findings { probe: "backups" source: "gitlab.yml" backup_settings { path: "/srv/backups" path_present: true )" +
           std::string(settings_more) + R"( } }
        findings { probe: "backups" source: "/etc/gitlab/config_backup" configuration_backup {
            path: "/etc/gitlab/config_backup/gitlab_config_1787270400_2026_08_21.tar"
            has_secrets: true has_gitlab_rb: true members_read: true secrets_equal: EQUAL } }
        findings { probe: "backups" source: "/srv/backups" backup_archive {
            path: "/srv/backups/1787270400_2026_08_21_19.2.4-ee_gitlab_backup.tar" created_at {at 2026-08-21T02:00:00Z}
            version: "19.2.4" edition: EE kind: TAR manifest_read: true complete_end: true
            members: ["db", "repositories", "uploads", "builds", "artifacts", "pages", "lfs", "terraform_state",
                      "registry", "packages", "ci_secure_files", "external_diffs"] )" +
           std::string(archive_more) + " } } ";
}

inline std::string whole_endpoints() {
    return R"(findings { probe: "endpoints" postgres_endpoint {
            purpose: "main" host: "/var/opt/gitlab/postgresql" port: 5432 placement: BUNDLED } }
        findings { probe: "endpoints" listener {
            service: "postgresql" socket: "/var/opt/gitlab/postgresql/.s.PGSQL.5432" port: 5432 } }
        findings { probe: "endpoints" listener { service: "redis" socket: "/var/opt/gitlab/redis/redis.socket" } }
        findings { probe: "endpoints" redis_endpoint {
            purpose: "default" mode: SOCKET socket: "/var/opt/gitlab/redis/redis.socket" placement: BUNDLED } }
        findings { probe: "endpoints" gitaly_endpoint {
            storage: "default" address: "tcp://10.20.0.41:8075" host: "10.20.0.41" port: 8075 placement: REMOTE } } )";
}

// Of this system, as the knowledge has it.
inline std::string glibc_of(std::string_view id, std::string_view version) {
    for (const auto& row : built_in_knowledge().operating_systems()) {
        if (row.version() == version && std::ranges::find(row.ids(), id) != row.ids().end())
            return row.glibc();
    }
    return {};
}

// What every node has: a system with a package source, room and a clock, and what runs is what is installed.
inline std::string whole_node(std::string_view id, std::string_view version, std::string_view suite,
                              std::string_view host) {
    return runs_on(id, version, "x86_64", glibc_of(id, version)) + "findings { probe: 'system' host { " +
           std::string(host) + " time_sync: SYNCHRONISED } } " + R"(
        findings { probe: "system" filesystem { mount_point: "/" type: "ext4" size_bytes: 90000 inodes: 1000
            inodes_available: 900 paths: ["/", "/opt/gitlab", "/var/opt/gitlab"] } }
        findings { probe: "disk_needs" disk_need { step: "package" path: "/opt/gitlab" filesystem: "/"
            have_known: true have_bytes: 50000000000 } }
        findings { probe: "running_binaries" running_binary { process: 812 path: "/opt/gitlab/embedded/bin/ruby" } }
        findings { probe: "geo" geo_role { role: NOT_CONFIGURED } }
        findings { probe: "security" security_module { selinux: ABSENT fips_known: true } }
        findings { probe: "packages" package_cache { path: "/var/cache/apt/archives/p.deb" package_name: "gitlab-ee"
            version: "19.2.4-ee.0" } }
        findings { probe: "packages" package_suffix { package_name: "gitlab-ee" package_version: "19.2.4-ee.0" } }
        findings { probe: "packages" source: "/etc/apt/sources.list.d/gitlab.list" package_source {
            uri: "https://packages.gitlab.com/gitlab/gitlab-ee/" enabled: true path_element: ')" +
           std::string(id) + "' suite: '" + std::string(suite) + "' } } ";
}

// Its PostgreSQL and its Redis, each with what they hold.
inline std::string whole_databases() {
    return R"(findings { probe: "postgres" reach { kind: "postgresql" reached: true
            address: "/var/opt/gitlab/postgresql/.s.PGSQL.5432" uses: "rails main" } }
        findings { probe: "postgres" source: "main" postgres_instance {
            address: "/var/opt/gitlab/postgresql/.s.PGSQL.5432" database: "gitlabhq_production" uses: "rails main"
            version: "17.10" version_number: 170010 role: PRIMARY collation: "C.UTF-8" system_identifier: "7301"
            databases { name: "gitlabhq_production" transaction_age: 200000000 }
            extensions { name: "plpgsql" version: "1.0" } extensions { name: "pg_trgm" version: "1.6" }
            extensions { name: "btree_gist" version: "1.7" } extensions { name: "amcheck" version: "1.4" }
            extensions { name: "pg_stat_statements" version: "1.11" }
            settings { key: "default_transaction_isolation" value: "read committed" }
            settings { key: "quote_all_identifiers" value: "off" } } }
        findings { probe: "postgres" source: "main" schema_migrations { database: "main" applied: 900 files: 850 } }
        findings { probe: "postgres" source: "main" instance_settings { database: "main"
            stores_read: ["clickhouse", "elasticsearch", "zoekt"] } }
        findings { probe: "postgres" source: "main" table_estimate { database: "main" table: "users" rows: 40 } }
        findings { probe: "postgres" source: "main" secret_proof { outcome: OPENS column: "web_hooks.encrypted_url"
            rows_tried: 5 rows_opened: 5 } }
        findings { probe: "endpoints" postgres_server { purpose: "main" major: "17"
            data_directory: "/var/opt/gitlab/postgresql/data" } }
        findings { probe: "disk_needs" disk_need { step: "postgresql_upgrade" path: "/var/opt/gitlab/postgresql/data"
            filesystem: "/" need_bytes: 4000 have_known: true have_bytes: 50000 } }
        findings { probe: "redis" reach { kind: "redis" reached: true uses: "rails default"
            address: "/var/opt/gitlab/redis/redis.socket" } }
        findings { probe: "redis" source: "redis" redis_server { address: "/var/opt/gitlab/redis/redis.socket"
            uses: "rails default" flavour: REDIS version: "7.2.14" role: "master" last_save_status: "ok" } } )";
}

// What the node with Rails, and the Gitaly node itself, see of Gitaly.
inline std::string whole_gitaly_status(std::string_view address) {
    return "findings { probe: 'gitaly' reach { kind: 'gitaly' reached: true address: '" +
           std::string(address) + "' } } findings { probe: 'gitaly' gitaly_status { address: '" +
           std::string(address) +
           "' uses: 'rails default' health: 'SERVING' server_version: '19.2.4' git_version: '2.52.0'"
           " storages { name: 'default' readable: true writeable: true } } } ";
}

inline std::string whole_schedule() {
    return R"(findings { probe: "backups" source: "/etc/cron.d/gitlab" backup_schedule {
            source: "/etc/cron.d/gitlab" when: "0 2 * * *" kind: APPLICATION } } )";
}

inline std::string whole_proof() {
    return R"(findings { probe: "backups" source: "/srv/backups" backup_proof { rung: VERSION_FITS size_bytes: 900
        path: "/srv/backups/1787270400_2026_08_21_19.2.4-ee_gitlab_backup.tar" bytes_read: 900
        running_version: "19.2.4-ee" } }
        findings { probe: "backups" backup_space { path: "/srv/backups" filesystem: "/srv" newest_full_bytes: 4000
        available_bytes: 40000 size_bytes: 90000 } } )";
}

inline std::string whole_probes() {
    return ran({"system", "installation", "services", "settings", "endpoints", "external_services", "geo",
                "postgres", "redis", "gitaly", "secrets", "backups", "packages", "certificates", "disk_needs",
                "running_binaries", "security"});
}

inline FleetNode whole_rails() {
    return node("web1.example.test",
                installed("19.2.4",
                          "edition: EE package_state: INSTALLED configured_version: '19.2.4' "
                          "package_version: '19.2.4-ee.0'") +
                    roles("RAILS, SIDEKIQ, POSTGRESQL, REDIS") +
                    whole_node("ubuntu", "24.04", "noble", "name: 'web1'") + whole_secrets() +
                    whole_backups("", "upload_provider: 'AWS' upload_directory: 'copies'") +
                    whole_schedule() + whole_proof() + whole_endpoints() + whole_databases() +
                    whole_gitaly_status("10.20.0.41:8075") + whole_probes());
}

inline FleetNode whole_gitaly() {
    return node("gitaly1.example.test",
                installed("19.2.4", "edition: EE package_state: INSTALLED package_version: '19.2.4-ee.0'") +
                    roles("GITALY") +
                    whole_node("debian", "12", "bookworm",
                               "name: 'gitaly1' fqdn: 'gitaly1.example.test' addresses: '10.20.0.41'") +
                    whole_secrets() + whole_gitaly_status("/var/opt/gitlab/gitaly/gitaly.socket") +
                    whole_probes() + R"(
        findings { probe: "endpoints" gitaly_server { storages { name: "default" path: "/var/opt/gitlab/git-data"
            filesystem_id: "f1" } } }
        findings { probe: "endpoints" listener { service: "gitaly" address: "0.0.0.0" port: 8075 } })");
}

inline Fleet whole_fleet() { return fleet_of({whole_rails(), whole_gitaly()}); }

}  // namespace preflight::readiness
