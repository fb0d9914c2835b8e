// Whole fleet: one Rails node and one Gitaly node with nothing wrong between them and 19.3, for tests that
// then break one thing.
#pragma once

#include "tests/readiness/fleet_builder.h"

namespace preflight::readiness {

inline std::string whole_secrets() {
    return R"(findings { probe: "secrets" source: "/etc/gitlab/gitlab-secrets.json" secrets_file {
        path: "/etc/gitlab/gitlab-secrets.json" kind: SECRETS present: true well_formed: true mode: "0600" } }
        findings { probe: "secrets" source: "/etc/gitlab/gitlab.rb" secrets_file {
        path: "/etc/gitlab/gitlab.rb" kind: CONFIGURATION present: true well_formed: true mode: "0600" } } )";
}

inline std::string whole_backups(std::string_view archive_more = "") {
    return R"(findings { probe: "backups" source: "gitlab.yml" backup_settings { path: "/srv/backups" path_present: true } }
        findings { probe: "backups" source: "/etc/gitlab/config_backup" configuration_backup {
            path: "/etc/gitlab/config_backup/gitlab_config_1787270400_2026_08_21.tar"
            has_secrets: true has_gitlab_rb: true members_read: true } }
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

inline FleetNode whole_rails() {
    return node("web1.example.test",
                installed("19.2.4", "edition: EE package_state: INSTALLED configured_version: '19.2.4'") +
                    roles("RAILS, SIDEKIQ") + runs_on("ubuntu", "24.04") + whole_secrets() + whole_backups() +
                    whole_endpoints());
}

inline FleetNode whole_gitaly() {
    return node("gitaly1.example.test",
                installed("19.2.4") + roles("GITALY") + runs_on("debian", "12") + whole_secrets() + R"(
        findings { probe: "system" host { name: "gitaly1" fqdn: "gitaly1.example.test" addresses: "10.20.0.41" } }
        findings { probe: "endpoints" listener { service: "gitaly" address: "0.0.0.0" port: 8075 } })");
}

inline Fleet whole_fleet() { return fleet_of({whole_rails(), whole_gitaly()}); }

}  // namespace preflight::readiness
