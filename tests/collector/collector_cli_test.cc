// The built program, as a person or a script runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>
#include <fstream>
#include <sstream>

#include "collector/store.h"
#include "tests/collector/deliveries.h"

namespace preflight::collector {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

struct Ended {
    int status = -1;
    std::string out;
    std::string err;
};

std::string content(const std::filesystem::path& file) {
    std::ostringstream text;
    text << std::ifstream(file, std::ios::binary).rdbuf();
    return text.str();
}

pid_t start(const TemporaryFolder& folder, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), COLLECTOR);
    std::vector<char*> argv;
    for (auto& argument : arguments) argv.push_back(argument.data());
    argv.push_back(nullptr);
    const auto out = folder / "out";
    const auto err = folder / "err";
    const pid_t child = ::fork();
    if (child == 0) {
        if (std::freopen(out.c_str(), "w", stdout) == nullptr) ::_exit(126);
        if (std::freopen(err.c_str(), "w", stderr) == nullptr) ::_exit(126);
        ::execv(COLLECTOR, argv.data());
        ::_exit(127);
    }
    return child;
}

Ended end_of(const TemporaryFolder& folder, pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return {WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status), content(folder / "out"),
            content(folder / "err")};
}

Ended run(const TemporaryFolder& folder, std::vector<std::string> arguments) {
    return end_of(folder, start(folder, std::move(arguments)));
}

// What the program says, if that is one line and the status is that of wrong usage.
std::string usage_complaint(std::vector<std::string> arguments) {
    const TemporaryFolder folder;
    const auto ended = run(folder, std::move(arguments));
    EXPECT_EQ(ended.status, 64) << ended.err;
    EXPECT_EQ(ended.out, "");
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
    return ended.err;
}

TEST(CollectorProgram, SaysInOneLineHowItIsUsed) {
    EXPECT_THAT(usage_complaint({}),
                HasSubstr("report, path, diff, waive, attest, nodes, knowledge and version"));
    EXPECT_THAT(usage_complaint({"raport"}), HasSubstr("raport"));
    EXPECT_THAT(usage_complaint({"report"}), HasSubstr("--target is required"));
    EXPECT_THAT(usage_complaint({"report", "--target", "nineteen"}), HasSubstr("write it as 19.2.0"));
    EXPECT_THAT(usage_complaint({"report", "--target", "19.2.0", "--format", "pdf"}), HasSubstr("html"));
    EXPECT_THAT(usage_complaint({"report", "--target", "19.2.0", "--as-of", "soon"}),
                HasSubstr("2026-08-21T02:00:00Z"));
    EXPECT_THAT(usage_complaint({"report", "--target", "19.2.0", "--width", "3"}), HasSubstr("--width"));
    EXPECT_THAT(usage_complaint({"report", "--target", "19.2.0", "--loud"}), HasSubstr("--loud"));
    EXPECT_THAT(usage_complaint({"report", "--target", "19.2.0", "--knowledge", "/nowhere"}),
                HasSubstr("--knowledge"));
    EXPECT_THAT(usage_complaint({"nodes", "--config", "/nowhere.toml"}), HasSubstr("/nowhere.toml"));
    EXPECT_THAT(usage_complaint({"inspect", "--timeout", "never"}), HasSubstr("--timeout"));
    EXPECT_THAT(usage_complaint({"inspect", "--prove-backups=3"}), HasSubstr("prove-backups"));
    EXPECT_THAT(usage_complaint({"waive", "--list=no"}), HasSubstr("list"));
    EXPECT_THAT(usage_complaint({"attest", "--list=3"}), HasSubstr("list"));
    EXPECT_THAT(usage_complaint({"report", "--target", "19.2.0", "--no-colour=0"}), HasSubstr("no-colour"));
    EXPECT_THAT(usage_complaint({"inspect", "--collector", "preflight.example.com:8473"}),
                HasSubstr("127.0.0.1:8473"));
    EXPECT_THAT(usage_complaint({"serve", "--listen", "0.0.0.0:8473"}),
                AllOf(HasSubstr("not a loopback address"), HasSubstr("certificates")));
}

TEST(CollectorProgram, NamesTheLineOfAWrongSetting) {
    const TemporaryFolder folder;
    std::ofstream(folder / "collector.toml") << "\n[report]\nbackup_age_hours = \"CANARY\"\n";
    const auto complaint = usage_complaint({"serve", "--config", folder / "collector.toml"});
    EXPECT_THAT(complaint, AllOf(HasSubstr("collector.toml:3: backup_age_hours is a whole number"),
                                 Not(HasSubstr("CANARY"))));
}

TEST(CollectorProgram, PrintsItsVersion) {
    const TemporaryFolder folder;
    const auto ended = run(folder, {"version"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_EQ(ended.out, "gitlab-preflight-collector " PREFLIGHT_VERSION "\n");
}

TEST(CollectorProgram, HelpsOnStandardOutput) {
    const TemporaryFolder folder;
    const auto ended = run(folder, {"report", "--help"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.out, HasSubstr("--target"));
    EXPECT_EQ(ended.err, "");
}

std::vector<std::string> report(const TemporaryFolder& folder, std::vector<std::string> more = {}) {
    std::vector<std::string> arguments{"report", "--target", "19.2.1", "--store", folder / "store.sqlite"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
}

TEST(CollectorProgram, CannotSayAnythingOfAnEmptyStore) {
    const TemporaryFolder folder;
    ASSERT_TRUE(Store::open(folder / "store.sqlite", Store::Mode::read_write));
    const auto ended = run(folder, report(folder));
    EXPECT_EQ(ended.status, 3) << ended.err;
    EXPECT_NE(ended.out, "");
    EXPECT_EQ(ended.err, "");
}

TEST(CollectorProgram, CannotSayWithoutAStoreAndSaysWhy) {
    const TemporaryFolder folder;
    const auto ended = run(folder, report(folder));
    EXPECT_EQ(ended.status, 3);
    EXPECT_EQ(ended.out, "");
    EXPECT_THAT(ended.err, HasSubstr("store.sqlite: there is no such file"));
    EXPECT_FALSE(std::filesystem::exists(folder / "store.sqlite"));
}

TEST(CollectorProgram, WritesTheReportWholeIntoAFile) {
    const TemporaryFolder folder;
    ASSERT_TRUE(
        Store::open(folder / "store.sqlite", Store::Mode::read_write)->append({whole(node("web1"), "a")}));
    const auto html = run(folder, report(folder, {"--format", "html", "--output", folder / "report.html"}));
    EXPECT_EQ(html.out, "");
    EXPECT_THAT(content(folder / "report.html"), HasSubstr("web1"));
    const auto json = run(folder, report(folder, {"--format", "json"}));
    EXPECT_THAT(json.out, HasSubstr("\"preflight.v1.Report\""));
    EXPECT_EQ(html.status, json.status);
    EXPECT_EQ(run(folder, report(folder, {"--output", folder / "no/report.txt"})).status, 73);
}

TEST(CollectorProgram, GivesTheSameReportForTheSameTime) {
    const TemporaryFolder folder;
    ASSERT_TRUE(
        Store::open(folder / "store.sqlite", Store::Mode::read_write)->append({whole(node("web1"), "a")}));
    const auto as_of = report(folder, {"--as-of", "2026-09-22T02:00:00Z"});
    EXPECT_EQ(run(folder, as_of).out, run(folder, as_of).out);
}

TEST(CollectorProgram, ListsTheNodes) {
    const TemporaryFolder folder;
    auto web1 = whole(node("web1.example.com"), "a");
    web1.records.insert(web1.records.begin() + 2, found(3, "19.2.1\x1b[2J"));
    web1.records[2].mutable_finding()->mutable_gap()->set_cause(v1::Gap::DENIED);
    web1.records.back().set_sequence(4);
    ASSERT_TRUE(Store::open(folder / "store.sqlite", Store::Mode::read_write)->append({web1}));
    const auto ended = run(folder, {"nodes", "--store", folder / "store.sqlite"});
    EXPECT_EQ(ended.status, 0) << ended.err;
    EXPECT_EQ(ended.out,
              "NAME              ID        VERSION  ROLES    LAST HEARD            FINDINGS  GAPS\n"
              "web1.example.com  id-of-we  19.2.1   unknown  2026-09-21T14:13:30Z  1         1\n");
}

TEST(CollectorProgram, SaysThatNoCollectorAnswers) {
    const TemporaryFolder folder;
    const auto ended = run(folder, {"inspect", "--collector", "127.0.0.1:1", "--timeout", "5"});
    EXPECT_EQ(ended.status, 75);
    EXPECT_EQ(std::count(ended.err.begin(), ended.err.end(), '\n'), 1) << ended.err;
}

// Hears what a service tells its service manager, as systemd would.
class ServiceManager {
  public:
    explicit ServiceManager(const TemporaryFolder& folder)
        : socket_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
        const auto path = (folder / "notify").string();
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        path.copy(address.sun_path, sizeof address.sun_path - 1);
        ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
        const timeval limit{20, 0};
        ::setsockopt(socket_, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
        ::setenv("NOTIFY_SOCKET", path.c_str(), 1);
    }
    ServiceManager(const ServiceManager&) = delete;
    ServiceManager& operator=(const ServiceManager&) = delete;
    ~ServiceManager() {
        ::unsetenv("NOTIFY_SOCKET");
        ::close(socket_);
    }

    std::string hear() const {
        std::string text(256, '\0');
        const auto size = ::recv(socket_, text.data(), text.size(), 0);
        return size < 0 ? "nothing" : text.substr(0, static_cast<std::size_t>(size));
    }

  private:
    int socket_;
};

TEST(CollectorProgram, ServesUntilItIsToldToStop) {
    const TemporaryFolder folder;
    const ServiceManager manager(folder);
    const auto child = start(folder, {"serve", "--listen", "127.0.0.1:0", "--store", folder / "store.sqlite",
                                      "--port-file", folder / "port"});
    EXPECT_EQ(manager.hear(), "READY=1");
    const auto port = std::to_string(std::stoi(content(folder / "port")));

    const TemporaryFolder beside;
    const auto inspect = run(beside, {"inspect", "--collector", "127.0.0.1:" + port});
    EXPECT_EQ(inspect.status, 2);
    EXPECT_THAT(inspect.err, HasSubstr("no agent is connected"));
    const auto missing = run(beside, {"inspect", "--collector", "127.0.0.1:" + port, "--node", "web1"});
    EXPECT_EQ(missing.status, 2);
    EXPECT_THAT(missing.out, StartsWith("web1: not connected"));
    const auto second =
        run(beside, {"serve", "--listen", "127.0.0.1:" + port, "--store", beside / "store.sqlite"});
    EXPECT_EQ(second.status, 69);
    EXPECT_EQ(std::count(second.err.begin(), second.err.end(), '\n'), 1) << second.err;

    ::kill(child, SIGTERM);
    EXPECT_EQ(manager.hear(), "STOPPING=1");
    const auto ended = end_of(folder, child);
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.err, HasSubstr("listening on 127.0.0.1:" + port));
}

TEST(CollectorProgram, DoesNotServeFromAFileThatIsNoStore) {
    const TemporaryFolder folder;
    std::ofstream(folder / "store.sqlite") << std::string(4096, '?');
    const auto ended = run(folder, {"serve", "--listen", "127.0.0.1:0", "--store", folder / "store.sqlite"});
    EXPECT_EQ(ended.status, 69);
    EXPECT_THAT(ended.err, HasSubstr("store.sqlite: it is not an SQLite database"));
}

}  // namespace
}  // namespace preflight::collector
