// No secret leaves a node that asks its servers: every secret of every source holds CANARY, and so must
// nothing that leaves, lies in the spool or the store, is printed, or shows of our processes.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <regex>

#include "tests/integration/deployment.h"
#include "tests/integration/live_machine.h"
#include "tests/integration/process_watch.h"
#include "tests/integration/tee.h"
#include "tests/probes/fault_server.h"
#include "tests/probes/gitaly_server.h"
#include "tests/probes/postgres_server.h"
#include "tests/probes/real_redis.h"

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

class SecretsOfALiveNode : public ::testing::Test, public Deployment {
  protected:
    SecretsOfALiveNode()
        : redis_("requirepass " + redis_password_ + "\n"), gitaly_(probes::GitalyBehaviour{.token = token_}) {
        postgres_.run("CREATE ROLE gitlab LOGIN SUPERUSER PASSWORD '" + database_password_ + "'");
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
        const auto gitlab_yml = content_of(machine_.tree().root() / rails.substr(1) / "gitlab.yml");
        machine_.tree()
            .file(rails + "database.yml", fmt::format("production: {{main: {0}, ci: {0}}}\n", databases))
            .file(rails + "resque.yml", redis)
            .file(rails + "cable.yml", redis)
            .file(
                rails + "gitlab.yml",
                std::regex_replace(gitlab_yml, praefect, fmt::format("tcp://127.0.0.1:{}", gitaly_.port())));
    }

    const std::string database_password_ = secret_of(rails_file + "database.yml", "password: \"([^\"]+)\"");
    const std::string redis_password_ = secret_of(rails_file + "resque.yml", "redis://:([^@]+)@");
    const std::string token_ = secret_of(rails_file + "gitlab.yml", R"re("gitaly_token":"([^"]+)")re");
    probes::PostgresServer postgres_;
    probes::RealRedis redis_;
    probes::GitalyServer gitaly_;
    LiveMachine machine_;
};

// So that what follows is no search in nothing: the servers were asked, with those secrets, and let us in.
void expect_answers(const v1::Inspection& inspection) {
    EXPECT_TRUE(inspection.live());
    for (const auto& run : inspection.probes())
        EXPECT_EQ(run.outcome(), v1::ProbeRun::FINISHED) << run.probe();
    bool postgres = false;
    bool redis = false;
    bool gitaly = false;
    for (const auto& finding : inspection.findings()) {
        postgres |= finding.has_postgres_instance();
        redis |= finding.has_redis_server();
        gitaly |= finding.has_gitaly_status();
    }
    EXPECT_TRUE(postgres);
    EXPECT_TRUE(redis);
    EXPECT_TRUE(gitaly);
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
                                         "19.3.0", "--format", format});
        EXPECT_THAT(report.output, AllOf(Not(IsEmpty()), no_secret)) << format;
    }

    EXPECT_THAT(watch.command_lines(),
                AllOf(Contains(HasSubstr(" probe postgres")), Contains(HasSubstr(" inspector ")),
                      Contains(HasSubstr(" serve ")), Each(no_secret)));
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
