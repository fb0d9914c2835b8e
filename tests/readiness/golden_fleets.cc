#include "tests/readiness/golden_fleets.h"

#include "tests/readiness/golden_parts.h"

namespace preflight::readiness {
namespace {

constexpr std::string_view postgres_socket = "/var/opt/gitlab/postgresql/.s.PGSQL.5432";
constexpr std::string_view redis_socket = "/var/opt/gitlab/redis/redis.socket";
constexpr std::string_view gitaly_socket = "/var/opt/gitlab/gitaly/gitaly.socket";
constexpr std::string_view all_roles = "RAILS, SIDEKIQ, GITALY, POSTGRESQL, REDIS";

// Everything of one node, by its own sockets.
std::string on_one_node(std::string_view gitlab) {
    return told("endpoints", "database.yml",
                "postgres_endpoint { purpose: 'main' service: 'rails' host: '/var/opt/gitlab/postgresql'"
                " port: 5432 placement: BUNDLED }") +
           told("endpoints", "gitlab.rb",
                "listener { service: 'postgresql' socket: '" + std::string(postgres_socket) +
                    "' port: 5432 }") +
           told("endpoints", "resque.yml",
                "redis_endpoint { purpose: 'default' mode: SOCKET socket: '" + std::string(redis_socket) +
                    "' placement: BUNDLED }") +
           told("endpoints", "gitlab.rb",
                "listener { service: 'redis' socket: '" + std::string(redis_socket) + "' }") +
           told("endpoints", "gitlab.yml",
                "gitaly_endpoint { storage: 'default' address: 'unix:" + std::string(gitaly_socket) +
                    "' socket: '" + std::string(gitaly_socket) + "' placement: BUNDLED }") +
           told("endpoints", "gitlab.rb",
                "listener { service: 'gitaly' socket: '" + std::string(gitaly_socket) + "' }") +
           told("endpoints", "config.toml",
                "gitaly_server { storages { name: 'default' path: '/var/opt/gitlab/git-data' filesystem_id: "
                "'f1' } }") +
           told("endpoints", "PG_VERSION",
                "postgres_server { purpose: 'main' major: '17' data_directory: "
                "'/var/opt/gitlab/postgresql/data' }") +
           main_database(postgres_socket) + redis_server(redis_socket) +
           gitaly_server(gitaly_socket, "default", gitlab);
}

Fleet single_node() {
    return fleet_of({golden_node({"gitlab1", "10.1.0.10", all_roles},
                                 on_one_node("19.2.4") + room_for_data() +
                                     whole_backups("", "upload_provider: 'AWS' upload_directory: 'copies'") +
                                     whole_schedule() + whole_proof())});
}

// The image brings its system; nobody made a backup.
Fleet docker() {
    const Place place{"git-container", "172.17.0.2", all_roles};
    const auto image =
        told("installation", "/opt/gitlab/version-manifest.json",
             "installation { method: DOCKER version: '19.2.4' edition: EE package_version: '19.2.4-ee.0'"
             " configured_version: '19.2.4' package_state: INSTALLED package_name: 'gitlab-ee' }");
    return fleet_of(
        {node("git-container", image + ground(place) + on_one_node("19.2.4") + room_for_data() +
                                   told("backups", "gitlab.yml",
                                        "backup_settings { path: '/var/opt/gitlab/backups'"
                                        " path_present: true }") +
                                   told("settings", "GITLAB_OMNIBUS_CONFIG",
                                        "setting { key: 'external_url' state: LITERAL origin: ENVIRONMENT"
                                        " source: 'GITLAB_OMNIBUS_CONFIG' line: 1 assignments: 1 }"))});
}

// No package, hence no package's probes; its servers are those of the system.
Fleet self_compiled() {
    const auto compiled = told("installation", "/home/git/gitlab/VERSION",
                               "installation { method: SELF_COMPILED version: '19.2.4' edition: CE }");
    const std::string address = "127.0.0.1:5432";
    return fleet_of({node(
        "forge",
        compiled + runs_on("debian", "12") + roles("RAILS, SIDEKIQ, GITALY") +
            ran({"system", "installation", "services", "endpoints", "geo", "postgres", "redis"}) +
            told("system", "uname", "host { name: 'forge' time_sync: SYNCHRONISED }") +
            told("system", "/",
                 "filesystem { mount_point: '/' type: 'xfs' size_bytes: 90000 inodes: 1000"
                 " inodes_available: 900 paths: '/home/git' }") +
            told("endpoints", "database.yml",
                 "postgres_endpoint { purpose: 'main' service: 'rails' host: '127.0.0.1' port: 5432 }") +
            main_database(address, "16.4") + told("geo", "gitlab.yml", "geo_role { role: NOT_CONFIGURED }") +
            gap("secrets", "cause: ABSENT detail: 'there is no gitlab-secrets.json'") +
            gap("backups", "cause: DENIED detail: 'no right to read the folder of backups'"))});
}

Fleet everything_silent() { return fleet_of({silent_node("web1"), silent_node("web2"), silent_node("db1")}); }

}  // namespace

const std::vector<GoldenFleet>& golden_fleets() {
    static const std::vector<GoldenFleet> all{
        {"single_node", single_node, "19.3.0"},     {"three_tier", three_tier, "19.3.0"},
        {"geo_pair", geo_pair, "19.3.0"},           {"docker", docker, "19.3.0"},
        {"self_compiled", self_compiled, "19.3.0"}, {"half_upgraded", half_upgraded, "19.3.0"},
        {"end_of_life", end_of_life, "19.0.0"},     {"everything_silent", everything_silent, "19.3.0"},
    };
    return all;
}

}  // namespace preflight::readiness
