#include "tests/probes/postgres_server.h"

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <fstream>
#include <sstream>

#include "tests/probes/fault_server.h"

namespace preflight::probes {
namespace {

namespace fs = std::filesystem;
const std::string binaries = "/usr/lib/postgresql/15/bin/";

// PostgreSQL refuses to run as root.
bool as_root() { return ::geteuid() == 0; }

pid_t spawn(const std::vector<std::string>& argv, const fs::path& log) {
    const auto child = ::fork();
    if (child != 0) return child;
    std::vector<std::string> words;
    if (as_root())
        words = {"/usr/bin/setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", "--"};
    words.insert(words.end(), argv.begin(), argv.end());
    std::vector<char*> pointers;
    for (auto& word : words) pointers.push_back(word.data());
    pointers.push_back(nullptr);
    [[maybe_unused]] const auto* out = std::freopen(log.c_str(), "a", stdout);
    [[maybe_unused]] const auto* err = std::freopen(log.c_str(), "a", stderr);
    ::execv(pointers[0], pointers.data());
    ::_exit(127);
}

int run_to_end(const std::vector<std::string>& argv, const fs::path& log) {
    int status = 0;
    ::waitpid(spawn(argv, log), &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

std::string own_name() { return ::getpwuid(::geteuid())->pw_name; }

}  // namespace

PostgresServer::PostgresServer(const Options& options) : port_(FaultServer::free_port()) {
    if (options.tls) {
        const auto issued = authority_.emplace().issue("localhost", "DNS:localhost");
        fs::copy_file(issued.certificate_path, folder_ / "server.crt");
        fs::copy_file(issued.key_path, folder_ / "server.key");
        fs::permissions(folder_ / "server.key", fs::perms::owner_read | fs::perms::owner_write);
    }
    if (as_root()) {
        const auto* account = ::getpwnam("postgres");
        EXPECT_NE(account, nullptr);
        for (const auto& file : {folder_.path(), folder_ / "server.key", folder_ / "server.crt"})
            [[maybe_unused]] const int ignored = ::chown(file.c_str(), account->pw_uid, account->pw_gid);
    }
    if (options.primary == nullptr) {
        initialize(options);
    } else {
        copy(options);
    }
    configure(options);
    start();
    if (options.primary == nullptr && process_ > 0) run("CREATE DATABASE gitlabhq_production", "postgres");
}

PostgresServer::~PostgresServer() { stop(); }

void PostgresServer::initialize(const Options& options) const {
    const auto data = folder_ / "data";
    EXPECT_EQ(run_to_end({binaries + "initdb", "-D", data.string(), "-U", own_name(), "-A", "trust", "-E",
                          "UTF8", "--locale=C.UTF-8", "--no-sync"},
                         folder_ / "log"),
              0)
        << log();
    std::ofstream(data / "pg_hba.conf") << options.hba << "local all all trust\nlocal replication all trust\n"
                                        << "host all all 127.0.0.1/32 scram-sha-256\n";
    std::ofstream(data / "pg_ident.conf") << options.ident;
}

void PostgresServer::copy(const Options& options) const {
    EXPECT_EQ(run_to_end({binaries + "pg_basebackup", "-D", (folder_ / "data").string(), "-h",
                          options.primary->socket_directory(), "-p", std::to_string(options.primary->port()),
                          "-U", own_name(), "--write-recovery-conf", "--create-slot", "--slot", options.slot,
                          "--checkpoint=fast", "--no-sync"},
                         folder_ / "log"),
              0)
        << log();
}

void PostgresServer::configure(const Options& options) const {
    // The last of two lines with the same name holds: a copy has its primary's as well.
    std::ofstream conf(folder_ / "data" / "postgresql.conf", std::ios::app);
    conf << fmt::format(
        "port = {}\nlisten_addresses = '127.0.0.1'\nunix_socket_directories = '{}'\nfsync = off\n", port_,
        folder_.string());
    if (options.tls)
        conf << fmt::format("ssl = on\nssl_cert_file = '{0}/server.crt'\nssl_key_file = '{0}/server.key'\n",
                            folder_.string());
    if (options.primary != nullptr) conf << "wal_retrieve_retry_interval = 100ms\n";
    for (const auto& line : options.settings) conf << line << '\n';
}

void PostgresServer::start() {
    process_ = spawn({binaries + "postgres", "-D", (folder_ / "data").string()}, folder_ / "log");
    // Answers, or the server's end.
    while (run_to_end({binaries + "pg_isready", "-q", "-h", folder_.string(), "-p", std::to_string(port_)},
                      folder_ / "log") != 0) {
        if (::waitpid(process_, nullptr, WNOHANG) == process_) {
            process_ = -1;
            ADD_FAILURE() << log();
            return;
        }
    }
}

void PostgresServer::stop() {
    if (process_ <= 0) return;
    ::kill(process_, SIGINT);  // fast shutdown
    ::waitpid(process_, nullptr, 0);
    process_ = -1;
}

void PostgresServer::run(const std::string& sql, const std::string& database) const {
    EXPECT_EQ(run_to_end({binaries + "psql", "-q", "-v", "ON_ERROR_STOP=1", "-h", folder_.string(), "-p",
                          std::to_string(port_), "-U", own_name(), "-d", database, "-c", sql},
                         folder_ / "log"),
              0)
        << log();
}

void PostgresServer::wait_until(const std::string& condition) const {
    // The server itself looks again and again, until its answer changes.
    run(fmt::format(
        "DO $$ BEGIN FOR i IN 1..3000 LOOP IF ({}) THEN RETURN; END IF; PERFORM pg_stat_clear_snapshot();"
        " PERFORM pg_sleep(0.01); END LOOP; RAISE 'in vain'; END $$",
        condition));
}

std::string PostgresServer::authority() const { return authority_ ? authority_->pem() : std::string(); }

std::string PostgresServer::log() const {
    std::ostringstream text;
    text << std::ifstream(folder_ / "log").rdbuf();
    return text.str();
}

}  // namespace preflight::probes
