// No secret leaves a node that asks its servers: every secret of every source holds CANARY, and so must
// nothing that leaves, lies in the spool or the store, is printed, or shows of our processes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <regex>

#include "tests/integration/deployment.h"
#include "tests/integration/live_machine.h"
#include "tests/integration/process_watch.h"
#include "tests/integration/tee.h"
#include "tests/probes/fault_server.h"
#include "tests/probes/gitaly_server.h"
#include "tests/probes/gzip_writer.h"
#include "tests/probes/postgres_server.h"
#include "tests/probes/real_patroni.h"
#include "tests/probes/real_pgbouncer.h"
#include "tests/probes/real_redis.h"
#include "tests/probes/tar_writer.h"

namespace preflight {
namespace {

namespace fs = std::filesystem;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// As it is, in base64 at each of its three places, and in hexadecimal digits.
const auto no_secret = AllOf(Not(HasSubstr("CANARY")), Not(HasSubstr("Q0FOQVJZ")), Not(HasSubstr("NBTkFSW")),
                             Not(HasSubstr("DQU5BUl")), Not(HasSubstr("43414e415259")));

// The first value that follows `key` in a file of a sample node.
std::string secret_of(const std::string& file, const std::string& pattern) {
    std::smatch match;
    const auto text = content_of(sample_nodes / file);
    EXPECT_TRUE(std::regex_search(text, match, std::regex(pattern))) << file;
    return match.size() < 2 ? std::string() : match[1].str();
}

const std::string rails = "/var/opt/gitlab/gitlab-rails/etc/";
const std::string rails_file = "rails-1" + rails;

// Two sites of Geo, with what lies beside their names.
constexpr auto geo_tables = R"sql(
CREATE TABLE geo_nodes (id int PRIMARY KEY, "primary" boolean NOT NULL DEFAULT false, name text, url text,
 internal_url text, enabled boolean NOT NULL DEFAULT true, access_key text DEFAULT 'CANARY-access',
 encrypted_secret_access_key text DEFAULT 'CANARY-secret', encrypted_secret_access_key_iv text DEFAULT 'CANARY-iv');
INSERT INTO geo_nodes (id, "primary", name, url, internal_url) VALUES
 (1, true, 'https://git.meridian.example/', 'https://git.meridian.example/', ''),
 (2, false, 'London', 'https://me:CANARY-url@london.example/', 'https://me:CANARY-url@10.0.0.2/'))sql";

constexpr std::string_view backup =
    "/var/opt/gitlab/backups/1786500000_2026_08_12_18.11.4-ee_gitlab_backup.tar";
constexpr std::string_view configuration_backup =
    "/etc/gitlab/config_backup/gitlab_config_1786500000_2026_08_12.tar";

class SecretsOfALiveNode : public ::testing::Test, public Deployment {
  protected:
    SecretsOfALiveNode()
        : redis_("requirepass " + redis_password_ + "\n"),
          sentinel_(fmt::format("sentinel monitor meridian-redis 127.0.0.1 {} 1\nsentinel auth-pass "
                                "meridian-redis {}\nrequirepass CANARY-sentinel\n",
                                redis_.port(), redis_password_),
                    probes::RealRedis::Kind::sentinel),
          pgbouncer_(postgres_.port(), fmt::format("\"gitlab\" \"{}\"\n\"pgbouncer\" \"CANARY-console\"\n",
                                                   database_password_)),
          patroni_("  authentication: {username: patroni, password: CANARY-rest}\n"),
          praefect_(probes::GitalyBehaviour{.token = praefect_token_, .replication_factor = 3}),
          gitaly_(probes::GitalyBehaviour{.token = gitaly_token_}) {
        postgres_.run("CREATE ROLE gitlab LOGIN SUPERUSER PASSWORD '" + database_password_ + "'");
        postgres_.run(geo_tables);
        postgres_.run("CREATE TABLE application_settings (id int, runners_registration_token text)");
        postgres_.run("INSERT INTO application_settings VALUES (1, 'CANARY-registration-token')");
        redis_.run({"-a", redis_password_, "SET", "CANARY-key", "CANARY-value"});
        // All sample nodes in one, web tier first; what they name of the fleet is nobody here.
        for (const auto& node : sample_fleet) install(sample_nodes / node);
        std::string hosts = "127.0.0.1 localhost\n";
        for (const auto& node : sample_fleet) hosts += "127.20.0.1 " + node + ".git.meridian.example\n";
        hosts += "127.20.0.1 gitaly-9.git.meridian.example objects.stratus.example\n";
        machine_.tree().file("/etc/hosts", hosts);
        point_to_servers();
        keep_backups();
        fs::permissions(folder, fs::perms{0755});
    }

    // Text files, with the fleet's addresses moved to loopback, where nobody listens to them.
    void install(const fs::path& node) {
        static const std::regex address(R"(\b10\.20\.0\.)");
        for (const auto& entry : fs::recursive_directory_iterator(node)) {
            const auto path = "/" + fs::relative(entry.path(), node).string();
            if (fs::symlink_status(machine_.tree().root() / path.substr(1)).type() !=
                fs::file_type::not_found)
                continue;
            if (entry.is_symlink()) machine_.tree().link(path, fs::read_symlink(entry.path()).string());
            if (entry.is_symlink() || !entry.is_regular_file()) continue;
            auto content = content_of(entry.path());
            if (entry.path().extension() != ".tar")
                content = std::regex_replace(content, address, "127.20.0.");
            machine_.tree().file(path, content);
        }
    }

    void point_to_servers() {
        const auto databases = fmt::format(
            "{{host: 127.0.0.1, port: {}, database: gitlabhq_production, username: gitlab, password: {}}}",
            postgres_.port(), database_password_);
        const auto redis =
            fmt::format("production: {{url: 'redis://:{}@{}/'}}\n", redis_password_, redis_.address());
        static const std::regex praefect(R"(tcp://praefect-1\.git\.meridian\.example:2305)");
        static const std::regex gitaly(R"(tcp://gitaly-9\.git\.meridian\.example:8075)");
        auto gitlab_yml = content_of(machine_.tree().root() / rails.substr(1) / "gitlab.yml");
        gitlab_yml =
            std::regex_replace(gitlab_yml, praefect, fmt::format("tcp://127.0.0.1:{}", praefect_.port()));
        gitlab_yml =
            std::regex_replace(gitlab_yml, gitaly, fmt::format("tcp://127.0.0.1:{}", gitaly_.port()));
        const auto listens =
            fmt::format("[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {}\n", pgbouncer_.port());
        machine_.tree()
            .file(rails + "database.yml", fmt::format("production: {{main: {0}, ci: {0}}}\n", databases))
            .file(rails + "resque.yml",
                  fmt::format("production: {{url: 'redis://:{}@meridian-redis/', sentinels: [{{host: "
                              "127.0.0.1, port: {}}}], sentinel_password: CANARY-sentinel}}\n",
                              redis_password_, sentinel_.port()))
            .file(rails + "cable.yml", redis)
            .file(rails + "gitlab.yml", gitlab_yml)
            .file("/var/opt/gitlab/pgbouncer/pgbouncer.ini", listens)
            .file("/var/opt/gitlab/pgbouncer/pg_auth", "\"pgbouncer\" \"CANARY-console\"\n")
            .file("/var/opt/gitlab/patroni/patroni.yaml", patroni_.configuration());
    }

    void keep_backups() {
        const auto dump = probes::gzip_of(probes::dump_of("COPY users FROM stdin;\nCANARY-row\n\\."));
        machine_.tree()
            .file(backup, probes::TarWriter()
                              .file("backup_information.yml",
                                    ":gitlab_version: 18.11.4-ee\n:skipped: repositories,uploads,builds,"
                                    "artifacts,pages,lfs,terraform_state,packages,ci_secure_files\n")
                              .file("db/database.sql.gz", dump)
                              .finish())
            .file(configuration_backup,
                  probes::TarWriter()
                      .file("/etc/gitlab/gitlab.rb", "gitlab_rails['db_password'] = 'CANARY-rb'\n")
                      .file("/etc/gitlab/gitlab-secrets.json",
                            R"({"gitlab_rails": {"db_key_base": "CANARY-backed-up"}})")
                      .finish());
    }

    const std::string database_password_ = secret_of(rails_file + "database.yml", "password: \"([^\"]+)\"");
    const std::string redis_password_ = secret_of(rails_file + "resque.yml", "redis://:([^@]+)@");
    const std::string praefect_token_ =
        secret_of(rails_file + "gitlab.yml", R"re("gitaly_token":"([^"]+)")re");
    const std::string gitaly_token_ =
        secret_of(rails_file + "gitlab.yml", R"re("archive":.*"gitaly_token":"([^"]+)")re");
    probes::PostgresServer postgres_;
    probes::RealRedis redis_;
    probes::RealRedis sentinel_;
    probes::RealPgbouncer pgbouncer_;
    probes::RealPatroni patroni_;
    probes::GitalyServer praefect_;
    probes::GitalyServer gitaly_;
    LiveMachine machine_;
};

// So that what follows is no search in nothing: the servers were asked, with those secrets, and let us in.
void expect_answers(const v1::Inspection& inspection) {
    EXPECT_TRUE(inspection.live());
    for (const auto& run : inspection.probes())
        EXPECT_EQ(run.outcome(), v1::ProbeRun::FINISHED) << run.probe();
    const auto& all = inspection.findings();
    EXPECT_TRUE(std::ranges::any_of(all, &v1::Finding::has_postgres_instance));
    EXPECT_TRUE(std::ranges::any_of(all, &v1::Finding::has_redis_server));
    EXPECT_TRUE(std::ranges::any_of(all, &v1::Finding::has_sentinel_status));
    EXPECT_TRUE(std::ranges::any_of(all, &v1::Finding::has_pgbouncer_status));
    EXPECT_TRUE(std::ranges::any_of(all, &v1::Finding::has_patroni_cluster));
    EXPECT_GE(std::ranges::count_if(all, &v1::Finding::has_gitaly_status), 2) << "one is a Praefect";
    EXPECT_GE(std::ranges::count_if(all, &v1::Finding::has_geo_site), 2);
}

bool is_read(const v1::Finding& finding) {
    return finding.backup_proof().path() == backup && finding.backup_proof().rung() >= v1::BackupProof::READ;
}

TEST_F(SecretsOfALiveNode, StayThere) {
    start_collector();
    const Tee tee(static_cast<std::uint16_t>(std::stoi(port)));
    ProcessWatch watch;
    const auto argv =
        machine_.agent({"run", "--account", "nobody", "--collector", fmt::format("127.0.0.1:{}", tee.port()),
                        "--spool", spool("live").string(), "--once"});
    agents.push_back(std::make_unique<Program>(argv));
    EXPECT_EQ(agents.back()->wait(), 0) << agents.back()->output();
    const auto json = run_program(machine_.agent({"inspect", "--format", "json"}));
    const auto text = run_program(machine_.agent({"inspect"}));
    watch.stop();

    const auto delivered = fleet();
    ASSERT_EQ(delivered.nodes.size(), 1U);
    expect_answers(delivered.nodes[0].inspection);
    // The stream: what it must hold shows that it was read in plain.
    EXPECT_THAT(tee.passed(), AllOf(HasSubstr("gitlabhq_production"), no_secret));
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        EXPECT_THAT(content_of(entry.path()), no_secret) << entry.path();
    }
    for (const auto* ended : {&json, &text}) {
        EXPECT_EQ(ended->status, 0);
        EXPECT_THAT(ended->output, AllOf(HasSubstr("gitlabhq_production"), no_secret));
        EXPECT_EQ(ended->error, "");
    }
    EXPECT_THAT(agents.back()->output(), no_secret);
    EXPECT_THAT(collector->output(), no_secret);
    for (const auto* format : {"text", "json", "html", "markdown"}) {
        const auto report = run_program({collector_program, "report", "--store", store().string(), "--target",
                                         "19.3.0", "--full", "--format", format});
        EXPECT_THAT(report.output, AllOf(Not(IsEmpty()), no_secret)) << format;
    }

    EXPECT_THAT(watch.command_lines(),
                AllOf(Contains(HasSubstr(" probe postgres")), Contains(HasSubstr(" inspector ")),
                      Contains(HasSubstr(" serve ")), Each(no_secret)));
    EXPECT_THAT(watch.environments(), Each(no_secret));
    EXPECT_THAT(watch.dumpable(), IsEmpty());
}

TEST_F(SecretsOfALiveNode, StayThereWhileBackupsAreProved) {
    start_collector();
    const Tee tee(static_cast<std::uint16_t>(std::stoi(port)));
    ProcessWatch watch;
    agents.push_back(std::make_unique<Program>(
        machine_.agent({"run", "--account", "nobody", "--collector", fmt::format("127.0.0.1:{}", tee.port()),
                        "--spool", spool("live").string()})));
    ASSERT_TRUE(collector->wait_for_line("complete")) << collector->output();
    const auto asked =
        run_program({collector_program, "inspect", "--prove-backups", "--collector", "127.0.0.1:" + port});
    EXPECT_EQ(asked.status, 0) << asked.error;
    const auto alone = run_program(machine_.agent({"inspect", "--prove-backups", "--format", "json"}));
    EXPECT_EQ(alone.status, 0) << alone.error;
    agents.back()->signal(SIGTERM);
    EXPECT_EQ(agents.back()->wait(), 0) << agents.back()->output();
    watch.stop();

    const auto delivered = fleet();
    ASSERT_EQ(delivered.nodes.size(), 1U);
    EXPECT_TRUE(std::ranges::any_of(delivered.nodes[0].inspection.findings(), is_read));
    EXPECT_THAT(tee.passed(), AllOf(HasSubstr(std::string(backup)), no_secret));
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        if (!entry.is_regular_file()) continue;
        EXPECT_THAT(content_of(entry.path()), no_secret) << entry.path();
    }
    EXPECT_THAT(alone.output, AllOf(HasSubstr(std::string(backup)), no_secret));
    for (const auto& said :
         {asked.output, asked.error, alone.error, agents.back()->output(), collector->output()})
        EXPECT_THAT(said, no_secret);
    EXPECT_THAT(watch.command_lines(), AllOf(Contains(HasSubstr(" probe backups")), Each(no_secret)));
    EXPECT_THAT(watch.environments(), Each(no_secret));
    EXPECT_THAT(watch.dumpable(), IsEmpty());
}

// The spool, while nobody takes what lies in it.
TEST_F(SecretsOfALiveNode, StayOutOfTheSpool) {
    const auto argv = machine_.agent({"run", "--account", "nobody", "--collector", "127.0.0.1:1", "--spool",
                                      spool("live").string(), "--once", "--once-limit", "20"});
    agents.push_back(std::make_unique<Program>(argv));
    ASSERT_TRUE(agents.back()->wait_for_line("inspected")) << agents.back()->output();
    std::string kept;
    for (const auto& entry : fs::directory_iterator(spool("live"))) kept += content_of(entry.path());
    EXPECT_THAT(kept, AllOf(HasSubstr("gitlabhq_production"), no_secret));
}

}  // namespace
}  // namespace preflight
