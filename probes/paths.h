// Paths: where the Linux package and its relatives keep what probes read. All on-disk names are in this one
// place.
//
// Source: omnibus-gitlab 440b1f835 (2026-08-21), as each group says; the layout of self-compiled and cloud
// native installations from their own documentation.
#pragma once

#include <string_view>

namespace preflight::probes::paths {

// Configuration that people write (package cookbook, default recipe).
inline constexpr std::string_view config_directory = "/etc/gitlab";
inline constexpr std::string_view gitlab_rb = "/etc/gitlab/gitlab.rb";
inline constexpr std::string_view secrets_json = "/etc/gitlab/gitlab-secrets.json";
inline constexpr std::string_view cluster_json = "/etc/gitlab/gitlab-cluster.json";
inline constexpr std::string_view config_backups = "/etc/gitlab/config_backup";
inline constexpr std::string_view tls_directory = "/etc/gitlab/ssl";

// The package.
inline constexpr std::string_view package_root = "/opt/gitlab";
inline constexpr std::string_view manifest_json = "/opt/gitlab/version-manifest.json";
inline constexpr std::string_view manifest_text = "/opt/gitlab/version-manifest.txt";
inline constexpr std::string_view attributes_directory = "/opt/gitlab/embedded/nodes";
inline constexpr std::string_view rails_root = "/opt/gitlab/embedded/service/gitlab-rails";
inline constexpr std::string_view package_authorities = "/opt/gitlab/embedded/ssl/certs/cacert.pem";
inline constexpr std::string_view package_authorities_directory = "/opt/gitlab/embedded/ssl/certs";
inline constexpr std::string_view system_authorities = "/etc/ssl/certs/ca-certificates.crt";
inline constexpr std::string_view supervised_definitions = "/opt/gitlab/sv";
inline constexpr std::string_view supervised_services = "/opt/gitlab/service";

// Rendered configuration (directories are 0700: root or the service's user).
inline constexpr std::string_view data_root = "/var/opt/gitlab";
inline constexpr std::string_view rails_etc = "/var/opt/gitlab/gitlab-rails/etc";
inline constexpr std::string_view gitlab_yml = "/var/opt/gitlab/gitlab-rails/etc/gitlab.yml";
inline constexpr std::string_view database_yml = "/var/opt/gitlab/gitlab-rails/etc/database.yml";
inline constexpr std::string_view workhorse_toml = "/var/opt/gitlab/gitlab-workhorse/config.toml";
inline constexpr std::string_view gitaly_toml = "/var/opt/gitlab/gitaly/config.toml";
inline constexpr std::string_view praefect_toml = "/var/opt/gitlab/praefect/config.toml";
inline constexpr std::string_view patroni_yaml = "/var/opt/gitlab/patroni/patroni.yaml";
inline constexpr std::string_view consul_json = "/var/opt/gitlab/consul/config.json";
inline constexpr std::string_view pgbouncer_ini = "/var/opt/gitlab/pgbouncer/pgbouncer.ini";
inline constexpr std::string_view pgbouncer_users = "/var/opt/gitlab/pgbouncer/pg_auth";
// Consul's watcher writes it, with the leader that it knows.
inline constexpr std::string_view pgbouncer_databases = "/var/opt/gitlab/consul/databases.ini";
inline constexpr std::string_view redis_conf = "/var/opt/gitlab/redis/redis.conf";
inline constexpr std::string_view sentinel_conf = "/var/opt/gitlab/sentinel/sentinel.conf";
inline constexpr std::string_view registry_yml = "/var/opt/gitlab/registry/config.yml";
inline constexpr std::string_view pages_config = "/var/opt/gitlab/gitlab-pages/gitlab-pages-config";
inline constexpr std::string_view kas_yml = "/var/opt/gitlab/gitlab-kas/gitlab-kas-config.yml";
inline constexpr std::string_view postgresql_directory = "/var/opt/gitlab/postgresql";
inline constexpr std::string_view geo_postgresql_directory = "/var/opt/gitlab/geo-postgresql";
inline constexpr std::string_view default_backups = "/var/opt/gitlab/backups";

// Self-compiled.
inline constexpr std::string_view self_compiled_root = "/home/git/gitlab";
// Cloud native (chart and operator pods).
inline constexpr std::string_view cloud_native_root = "/srv/gitlab";

}  // namespace preflight::probes::paths
