// What goes wrong around a live node, met by the real agent: the inspection ends in time, tells of everything
// else, and says what it did not see.
#include <arpa/inet.h>
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <chrono>
#include <map>

#include "tests/agent/silent_filesystem.h"
#include "tests/integration/live_machine.h"
#include "tests/probes/fault_server.h"
#include "tests/probes/real_redis.h"

namespace preflight {
namespace {

using namespace std::chrono_literals;
using probes::gap;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Gt;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;
using Clock = std::chrono::steady_clock;

constexpr std::string_view rails_etc = "/var/opt/gitlab/gitlab-rails/etc";

// A small GitLab: web tier with backups on the node.
void install_gitlab(probes::NodeTree& tree) {
    tree.file("/opt/gitlab/version-manifest.txt", "gitlab-ee 18.11.4\n")
        .file("/etc/gitlab/gitlab.rb", "external_url 'https://git.example'\n", 0600)
        .file("/etc/gitlab/gitlab-secrets.json", R"({"gitlab_rails": {"db_key_base": "CANARY-key"}})", 0600)
        .file(std::string(rails_etc) + "/gitlab.yml",
              "production: {backup: {path: /var/opt/gitlab/backups}, repositories: {storages: {}}}\n")
        .file("/etc/os-release", "ID=debian\nVERSION_ID=\"12\"\n")
        .file("/etc/cron.d/gitlab-backup", "0 2 * * * root /opt/gitlab/bin/gitlab-backup create CRON=1\n")
        .directory("/var/opt/gitlab/backups");
}

std::vector<std::string> probes_that(const v1::Inspection& inspection, v1::ProbeRun::Outcome outcome) {
    std::vector<std::string> names;
    for (const auto& run : inspection.probes()) {
        if (run.outcome() == outcome) names.push_back(run.probe());
    }
    return names;
}

TEST(HungFilesystem, UnderTheBackupsCostsOnlyWhatLiesThere) {
    LiveMachine machine;
    install_gitlab(machine.tree());
    const SilentFilesystem silent(machine.tree().root() / "var/opt/gitlab/backups");
    const auto begin = Clock::now();
    const auto inspection = machine.inspect({"--limit", "5"});
    // The limit, the last second of a child that cannot be ended, and the start of the programs.
    EXPECT_LT(Clock::now() - begin, 5s + 1s + 3s);
    EXPECT_THAT(probes_that(inspection, v1::ProbeRun::TIMED_OUT), UnorderedElementsAre("backups", "system"));
    EXPECT_EQ(probes_that(inspection, v1::ProbeRun::FINISHED).size() + 2,
              static_cast<std::size_t>(inspection.probes_size()));
    EXPECT_TRUE(inspection.has_finished_at());
    std::map<std::string, int> kept;
    std::map<std::string, std::string> details;
    for (const auto& finding : inspection.findings()) {
        finding.has_gap() || ++kept[finding.probe()];
        if (finding.gap().cause() == v1::Gap::TIMED_OUT) details[finding.probe()] = finding.gap().detail();
    }
    EXPECT_THAT(details["backups"],
                AllOf(HasSubstr("hangs in the kernel"), HasSubstr("the last at /etc/cron.d/gitlab-backup")));
    EXPECT_THAT(details["system"], AllOf(HasSubstr("hangs in the kernel"), HasSubstr("the last at statvfs")));
    for (const auto* probe : {"backups", "system", "installation", "settings", "secrets"})
        EXPECT_THAT(kept[probe], Gt(0)) << probe;
}

// Takes what is asked and never answers. A resolver knows port 53 alone.
class SilentNameServer {
  public:
    SilentNameServer() : socket_(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) {
        sockaddr_in address{};
        address.sin_family = AF_INET;
        address.sin_port = htons(53);
        ::inet_pton(AF_INET, ip, &address.sin_addr);
        EXPECT_EQ(::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    }
    int asked() const {
        int questions = 0;
        std::array<char, 512> bytes{};
        while (::recv(socket_.get(), bytes.data(), bytes.size(), 0) > 0) ++questions;
        return questions;
    }
    static constexpr const char* ip = "127.53.53.53";

  private:
    probes::Descriptor socket_;
};

TEST(SilentNameServerOfTheNode, CostsTheServersThatHaveNamesAndNoOthers) {
    const SilentNameServer names;
    const probes::RealRedis redis("requirepass CANARY-redis\n");
    LiveMachine machine;
    install_gitlab(machine.tree());
    machine.tree()
        .file("/etc/resolv.conf", fmt::format("nameserver {}\n", SilentNameServer::ip))
        .file(std::string(rails_etc) + "/database.yml",
              "production: {main: {host: pg.nowhere.example, port: 5432, database: gitlabhq_production, "
              "username: gitlab, password: CANARY-database}}\n")
        .file(std::string(rails_etc) + "/redis.cache.yml",
              "production: {url: 'redis://:CANARY-cache@cache.nowhere.example:6379'}\n")
        .file(std::string(rails_etc) + "/resque.yml",
              fmt::format("production: {{url: 'redis://:CANARY-redis@{}'}}\n", redis.address()));
    const auto begin = Clock::now();
    const auto inspection = machine.inspect({"--limit", "20"});
    EXPECT_LT(Clock::now() - begin, 15s) << "each name costs one question of two seconds";
    EXPECT_THAT(names.asked(), Gt(0));
    EXPECT_EQ(probes_that(inspection, v1::ProbeRun::FINISHED).size(),
              static_cast<std::size_t>(inspection.probes_size()));
    std::map<std::string, v1::Reach> reaches;
    for (const auto& finding : inspection.findings()) {
        if (finding.has_reach()) reaches[finding.reach().address()] = finding.reach();
    }
    for (const auto* nameless : {"pg.nowhere.example:5432", "cache.nowhere.example:6379"}) {
        EXPECT_FALSE(reaches[nameless].reached());
        EXPECT_EQ(reaches[nameless].failed_at(), v1::Reach::NAME) << nameless;
        EXPECT_THAT(reaches[nameless].detail(), HasSubstr("no name server answered"));
    }
    EXPECT_TRUE(reaches[redis.address()].reached()) << reaches[redis.address()].detail();
}

// What is said of the server at an address: by which probe, how far it came, and why no further.
struct Missed {
    std::string probe;
    v1::Reach::Layer layer = v1::Reach::LAYER_UNSPECIFIED;
    std::string detail;
};

std::map<std::string, Missed> missed_servers(const v1::Inspection& inspection) {
    std::map<std::string, Missed> missed;
    for (const auto& finding : inspection.findings()) {
        const auto& reach = finding.reach();
        if (finding.has_reach() && !reach.reached())
            missed[reach.address()] = {finding.probe(), reach.failed_at(), reach.detail()};
    }
    return missed;
}

// Rails of a node whose servers are at these addresses, beside a Redis that works.
void point_rails_to(LiveMachine& machine, const std::string& database, const std::string& cache,
                    const std::string& gitaly, const probes::RealRedis& redis) {
    machine.tree()
        .file(std::string(rails_etc) + "/database.yml",
              fmt::format("production: {{main: {{{}, database: gitlabhq_production, username: gitlab, "
                          "password: CANARY-database}}}}\n",
                          database))
        .file(std::string(rails_etc) + "/redis.cache.yml", fmt::format("production: {{url: '{}'}}\n", cache))
        .file(
            std::string(rails_etc) + "/gitlab.yml",
            fmt::format("production: {{backup: {{path: /var/opt/gitlab/backups}}, repositories: {{storages: "
                        "{{default: {{gitaly_address: '{}', gitaly_token: CANARY-token}}}}}}}}\n",
                        gitaly))
        .file(std::string(rails_etc) + "/resque.yml",
              fmt::format("production: {{url: 'redis://:CANARY-redis@{}'}}\n", redis.address()));
}

// Every probe came to its end, and told what does not hang on those servers.
void expect_all_the_rest(const v1::Inspection& inspection, const probes::RealRedis& redis) {
    EXPECT_EQ(probes_that(inspection, v1::ProbeRun::FINISHED).size(),
              static_cast<std::size_t>(inspection.probes_size()));
    std::map<std::string, int> kept;
    bool answered = false;
    for (const auto& finding : inspection.findings()) {
        finding.has_gap() || ++kept[finding.probe()];
        answered |= finding.reach().address() == redis.address() && finding.reach().reached();
    }
    EXPECT_TRUE(answered);
    for (const auto* probe : {"backups", "system", "installation", "settings", "secrets", "endpoints"})
        EXPECT_THAT(kept[probe], Gt(0)) << probe;
}

TEST(ServersThatDripAByteASecond, CostTheirAnswersAndNothingElse) {
    const probes::RealRedis redis("requirepass CANARY-redis\n");
    const probes::FaultServer database(probes::Fault::drip);
    const probes::FaultServer cache(probes::Fault::drip, "+PO");
    const probes::FaultServer gitaly(probes::Fault::drip);
    LiveMachine machine;
    install_gitlab(machine.tree());
    point_rails_to(machine, fmt::format("host: 127.0.0.1, port: {}", database.port()),
                   "redis://:CANARY-cache@" + cache.address(), "tcp://" + gitaly.address(), redis);
    const auto begin = Clock::now();
    const auto inspection = machine.inspect({"--limit", "30"});
    EXPECT_LT(Clock::now() - begin, 30s) << "no server is waited for until the end";
    expect_all_the_rest(inspection, redis);
    auto missed = missed_servers(inspection);
    const std::map<std::string, std::string> probe_of{
        {database.address(), "postgres"}, {cache.address(), "redis"}, {gitaly.address(), "gitaly"}};
    for (const auto& [address, probe] : probe_of) {
        EXPECT_EQ(missed[address].probe, probe);
        EXPECT_EQ(missed[address].layer, v1::Reach::PROTOCOL) << probe << ": " << missed[address].detail;
        EXPECT_THAT(missed[address].detail, Not(IsEmpty())) << probe;
    }
    for (const auto* server : {&database, &cache, &gitaly}) EXPECT_THAT(server->accepted(), Gt(0));
}

TEST(ServersThatResetTheTlsHandshake, AreMissedThereAndCostNothingElse) {
    const probes::RealRedis redis("requirepass CANARY-redis\n");
    // The first question to PostgreSQL, in plain, is whether it speaks TLS.
    const probes::FaultServer database(
        [](std::string_view asked) { return asked.size() == 8 ? "S" : std::string(); },
        probes::FaultServer::Afterwards::listens);
    const probes::FaultServer cache(probes::Fault::reset);
    const probes::FaultServer gitaly(probes::Fault::reset);
    LiveMachine machine;
    install_gitlab(machine.tree());
    point_rails_to(machine, fmt::format("host: 127.0.0.1, port: {}, sslmode: require", database.port()),
                   "rediss://:CANARY-cache@" + cache.address(), "tls://" + gitaly.address(), redis);
    const auto begin = Clock::now();
    const auto inspection = machine.inspect({"--limit", "30"});
    EXPECT_LT(Clock::now() - begin, 30s);
    expect_all_the_rest(inspection, redis);
    auto missed = missed_servers(inspection);
    for (const auto& [address, probe] :
         std::map<std::string, std::string>{{cache.address(), "redis"}, {gitaly.address(), "gitaly"}}) {
        EXPECT_EQ(missed[address].probe, probe);
        EXPECT_EQ(missed[address].layer, v1::Reach::TLS) << probe << ": " << missed[address].detail;
        EXPECT_THAT(missed[address].detail, Not(IsEmpty())) << probe;
    }
    EXPECT_EQ(missed[database.address()].probe, "postgres") << "it goes silent in the handshake";
    EXPECT_THAT(missed[database.address()].detail, Not(IsEmpty()));
}

TEST(UnreadableConfiguration, IsAGapPerFileAndCostsNothingElse) {
    LiveMachine machine;
    install_gitlab(machine.tree());
    std::filesystem::permissions(machine.tree().root() / "etc/gitlab", std::filesystem::perms::none);
    const auto inspection = machine.inspect({}, "65534:65534");
    EXPECT_THAT(probes_that(inspection, v1::ProbeRun::FINISHED).size(),
                static_cast<std::size_t>(inspection.probes_size()));
    EXPECT_THAT(inspection.findings(), Contains(gap(v1::Gap::DENIED, "/etc/gitlab/gitlab.rb")));
    EXPECT_THAT(inspection.findings(), Contains(gap(v1::Gap::DENIED, "/etc/gitlab/gitlab-secrets.json")));
    int seen = 0;
    for (const auto& finding : inspection.findings()) {
        if (finding.has_operating_system() || finding.has_installation() || finding.has_backup_settings() ||
            finding.has_backup_schedule())
            ++seen;
    }
    EXPECT_EQ(seen, 4);
}

}  // namespace
}  // namespace preflight
