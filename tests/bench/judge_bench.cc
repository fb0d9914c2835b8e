// Judges one large invented fleet and tells how much time of the processor that took, and how
// much memory the process held at most: judge_bench NODES [TARGET].
//
// Of a hundred nodes 55 run Rails and 40 Gitaly, 3 PostgreSQL and 2 Redis; each is told by 200 findings;
// every fiftieth has something wrong with it.
#include <google/protobuf/text_format.h>

#include <charconv>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "model/clock.h"
#include "readiness/judge.h"
#include "readiness/knowledge.h"

namespace preflight::readiness {
namespace {

constexpr int findings_of_a_node = 200;
constexpr int storages_of_rails = 20;
constexpr std::int64_t now = 1787313600;  // 2026-08-21T12:00:00Z

v1::Inspection parsed(const std::string& text) {
    v1::Inspection inspection;
    if (!google::protobuf::TextFormat::ParseFromString(text, &inspection)) std::abort();
    return inspection;
}

std::string finding(std::string_view probe, std::string_view source, std::string_view what) {
    return "findings { probe: '" + std::string(probe) + "' source: '" + std::string(source) +
           "' taken_at { seconds: 1787310000 } " + std::string(what) + " } ";
}

std::string everywhere(std::string_view roles) {
    std::string text = "finished_at { seconds: 1787310000 } ";
    for (const auto* probe :
         {"system",   "installation", "services",   "settings",         "endpoints", "external_services",
          "geo",      "postgres",     "redis",      "gitaly",           "secrets",   "backups",
          "packages", "certificates", "disk_needs", "running_binaries", "security",  "consul",
          "patroni",  "pgbouncer"}) {
        text += "probes { probe: '" + std::string(probe) + "' outcome: FINISHED } ";
    }
    text += finding("system", "/etc/os-release",
                    "operating_system { id: 'ubuntu' version_id: '24.04' architecture: 'x86_64' }");
    text += finding("services", "/opt/gitlab/service", "node_roles { roles: [" + std::string(roles) + "] }");
    text +=
        finding("installation", "/opt/gitlab/version-manifest.json",
                "installation { method: LINUX_PACKAGE package_name: 'gitlab-ee' version: '19.2.4' edition: EE"
                " package_version: '19.2.4-ee.0' configured_version: '19.2.4' package_state: INSTALLED }");
    text += finding("disk_needs", "/opt/gitlab",
                    "disk_need { step: 'package' path: '/opt/gitlab' filesystem: '/' have_known: true"
                    " have_bytes: 50000000000 }");
    text += finding("geo", "gitlab.rb", "geo_role { role: NOT_CONFIGURED }");
    text += finding("security", "/sys/fs/selinux", "security_module { selinux: ABSENT fips_known: true }");
    text += finding("packages", "/etc/apt/sources.list.d/gitlab.list",
                    "package_source { uri: 'https://packages.gitlab.com/gitlab/gitlab-ee/' enabled: true"
                    " path_element: 'ubuntu' suite: 'noble' }");
    for (const auto* path : {"/", "/opt/gitlab", "/var/opt/gitlab", "/var/log/gitlab", "/srv"}) {
        text += finding("system", path,
                        "filesystem { mount_point: '" + std::string(path) +
                            "' type: 'ext4' size_bytes: 90000000"
                            " available_bytes: 80000000 inodes: 1000000 inodes_available: 900000 paths: '" +
                            path + "' }");
    }
    for (const auto* name : {"puma", "sidekiq", "nginx", "gitlab-workhorse", "logrotate", "node-exporter",
                             "gitaly", "registry", "gitlab-kas", "gitlab-exporter", "prometheus", "crond"}) {
        text += finding(
            "services", "/opt/gitlab/sv",
            "service { name: '" + std::string(name) + "' enabled: true state: RUNNING version: '1.2.3' }");
        text += finding(
            "running_binaries", "/proc/812/exe",
            "running_binary { process: 812 path: '/opt/gitlab/embedded/bin/" + std::string(name) + "' }");
    }
    for (int at = 0; at < 30; ++at) {
        const auto number = std::to_string(at);
        text +=
            finding("secrets", "/etc/gitlab/gitlab-secrets.json",
                    "secret_fingerprint { path: '/etc/gitlab/gitlab-secrets.json' key: 'gitlab_rails.key_" +
                        number + "' fingerprint: '1f2e3d4c" + number + "' keyed_by: 'k1' }");
        if (at % 3 == 0) {
            text += finding("certificates", "/etc/gitlab/trusted-certs/" + number + ".crt",
                            "certificate_file { path: '/etc/gitlab/trusted-certs/" + number +
                                ".crt' used_by: 'trusted' certificate { subject: 'CN=authority " + number +
                                "' not_after { seconds: 1887310000 } not_before { seconds: 1687310000 } } }");
        }
    }
    return text;
}

std::string of_rails() {
    auto text = everywhere("RAILS, SIDEKIQ");
    for (const auto* kind : {"SECRETS", "CONFIGURATION"}) {
        const auto path =
            std::string("/etc/gitlab/") + (kind[0] == 'S' ? "gitlab-secrets.json" : "gitlab.rb");
        text += finding("secrets", path,
                        "secrets_file { path: '" + path + "' kind: " + kind +
                            " present: true well_formed: true mode: '0600' }");
    }
    text += finding("backups", "gitlab.yml", "backup_settings { path: '/srv/backups' path_present: true }");
    text += finding("backups", "/etc/gitlab/config_backup",
                    "configuration_backup { path: '/etc/gitlab/config_backup/x.tar' has_secrets: true"
                    " has_gitlab_rb: true members_read: true }");
    text += finding(
        "endpoints", "database.yml",
        "postgres_endpoint { purpose: 'main' host: 'db1.example.test' port: 5432 placement: REMOTE }");
    text += finding("endpoints", "resque.yml",
                    "redis_endpoint { purpose: 'default' mode: TCP host: 'redis1.example.test' port: 6379 }");
    text += finding("postgres", "main",
                    "reach { kind: 'postgresql' reached: true address: 'db1.example.test:5432'"
                    " uses: 'rails main' }");
    text += finding(
        "postgres", "main",
        "postgres_instance { address: 'db1.example.test:5432' database: 'gitlabhq_production'"
        " uses: 'rails main' version: '17.10' version_number: 170010 role: PRIMARY"
        " collation: 'C.UTF-8' system_identifier: '7301'"
        " databases { name: 'gitlabhq_production' transaction_age: 200000000 }"
        " extensions { name: 'plpgsql' version: '1.0' } extensions { name: 'pg_trgm' version: '1.6' }"
        " extensions { name: 'btree_gist' version: '1.7' } extensions { name: 'amcheck' version: '1.4' }"
        " extensions { name: 'pg_stat_statements' version: '1.11' } }");
    text += finding("postgres", "main", "schema_migrations { database: 'main' applied: 900 files: 850 }");
    text += finding("postgres", "main", "instance_settings { database: 'main' }");
    text += finding("postgres", "main", "table_estimate { database: 'main' table: 'users' rows: 40 }");
    text += finding("postgres", "main",
                    "secret_proof { outcome: OPENS column: 'web_hooks.encrypted_url'"
                    " rows_tried: 5 rows_opened: 5 }");
    text += finding("redis", "redis",
                    "reach { kind: 'redis' reached: true address: 'redis1.example.test:6379' }");
    text += finding("redis", "redis",
                    "redis_server { address: 'redis1.example.test:6379' uses: 'rails default'"
                    " flavour: REDIS version: '7.2.14' role: 'master' last_save_status: 'ok' }");
    return text;
}

std::string listens(std::string_view service, int port) {
    return finding("endpoints", "gitlab.rb",
                   "listener { service: '" + std::string(service) +
                       "' address: '0.0.0.0' port: " + std::to_string(port) + " }");
}

// Its name, and the storages that it is told of; then settings, until it has its number of findings.
void complete(v1::Inspection& inspection, const std::string& name, const std::vector<std::string>& storages) {
    inspection.mutable_node()->set_id("id-" + name);
    inspection.mutable_node()->set_name(name);
    std::string text =
        finding("system", "uname",
                "host { name: '" + name + "' fqdn: '" + name + ".example.test' time_sync: SYNCHRONISED }");
    for (const auto& storage : storages) {
        const auto host = storage + ".example.test";
        text += finding("endpoints", "gitlab.yml",
                        "gitaly_endpoint { storage: '" + storage + "' address: 'tcp://" + host +
                            ":8075' host: '" + host + "' port: 8075 placement: REMOTE }");
        text +=
            finding("gitaly", host, "reach { kind: 'gitaly' reached: true address: '" + host + ":8075' }");
        text += finding(
            "gitaly", host,
            "gitaly_status { address: '" + host +
                ":8075' uses: 'rails default' health: 'SERVING' server_version: '19.2.4'"
                " git_version: '2.52.0' storages { name: 'default' readable: true writeable: true } }");
    }
    inspection.MergeFrom(parsed(text));
    for (int line = inspection.findings_size(); line < findings_of_a_node; ++line) {
        auto& setting = *inspection.add_findings();
        setting.set_probe("settings");
        setting.set_source("/etc/gitlab/gitlab.rb");
        setting.mutable_taken_at()->set_seconds(now - 3600);
        setting.mutable_setting()->set_key("gitlab_rails['setting_number_" + std::to_string(line) + "']");
        setting.mutable_setting()->set_value("true");
        setting.mutable_setting()->set_state(v1::Setting::LITERAL);
        setting.mutable_setting()->set_origin(v1::Setting::CONFIGURATION);
        setting.mutable_setting()->set_source("/etc/gitlab/gitlab.rb");
        setting.mutable_setting()->set_line(static_cast<std::uint32_t>(line));
    }
}

void break_something(v1::Inspection& inspection) {
    auto& gap = *inspection.mutable_findings(inspection.findings_size() - 1);
    gap.mutable_gap()->set_cause(v1::Gap::DENIED);
    gap.mutable_gap()->set_detail("no right to read it");
}

Fleet fleet_of(int nodes) {
    const auto rails = parsed(of_rails());
    const auto gitaly = parsed(everywhere("GITALY") + listens("gitaly", 8075));
    const auto database = parsed(everywhere("POSTGRESQL") + listens("postgresql", 5432));
    const auto redis = parsed(everywhere("REDIS") + listens("redis", 6379));
    const int gitalys = std::max(1, nodes * 40 / 100);
    Fleet fleet;
    for (int at = 0; at < nodes; ++at) {
        const auto number = std::to_string(at / 100 + 1);
        const int place = at % 100;
        FleetNode node;
        std::vector<std::string> storages;
        std::string name;
        if (place < 55) {
            node.inspection = rails;
            name = "web" + std::to_string(at);
            for (int storage = 0; storage < storages_of_rails; ++storage)
                storages.push_back("gitaly" + std::to_string((at * 7 + storage) % gitalys));
        } else if (place < 95) {
            node.inspection = gitaly;
            name = "gitaly" + std::to_string(at / 100 * 40 + place - 55);
        } else {
            const int extra = place - 95;
            node.inspection = extra < 3 ? database : redis;
            name = (extra < 3 ? "db" : "redis") +
                   (extra == 0 || extra == 3 ? number : number + "-" + std::to_string(extra));
        }
        complete(node.inspection, name, storages);
        if (at % 50 == 7) break_something(node.inspection);
        node.last_heard.set_seconds(now - 60);
        fleet.nodes.push_back(std::move(node));
    }
    return fleet;
}

// Of this process alone: what runs beside it does not count.
double processor_milliseconds() {
    timespec time{};
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    constexpr double thousand = 1e3;
    constexpr double million = 1e6;
    return static_cast<double>(time.tv_sec) * thousand + static_cast<double>(time.tv_nsec) / million;
}

// getrusage would tell of the program that started this one, too.
long peak_bytes() {
    std::ifstream status("/proc/self/status");
    constexpr long kibibyte = 1024;
    for (std::string word; status >> word;) {
        long peak = 0;
        if (word == "VmHWM:" && status >> peak) return peak * kibibyte;
    }
    return 0;
}

int run(int nodes, std::string_view target) {
    const auto& knowledge = built_in_knowledge();
    const auto wanted = parse_target(target);
    if (!wanted) return 64;
    Upgrade upgrade{.target = *wanted};
    upgrade.at.set_seconds(now);
    auto fleet = fleet_of(nodes);
    const auto begin = processor_milliseconds();
    const auto report = judge(std::move(fleet), upgrade, knowledge);
    const auto taken = processor_milliseconds() - begin;
    std::printf("%d nodes, %d findings, %.1f ms, %ld bytes, %d verdicts\n", nodes, nodes * findings_of_a_node,
                taken, peak_bytes(), report.verdicts_size());
    return 0;
}

}  // namespace
}  // namespace preflight::readiness

int main(int argc, char** argv) {
    constexpr int usage = 64;
    int nodes = 0;
    if (argc < 2 || std::from_chars(argv[1], argv[1] + std::strlen(argv[1]), nodes).ec != std::errc{} ||
        nodes < 1)
        return usage;
    return preflight::readiness::run(nodes, argc > 2 ? argv[2] : "19.3.0");
}
