// PostgresServer: a real PostgreSQL 15 in a temporary folder, on a free port of loopback and on a socket,
// started for a test and stopped by it.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "tests/probes/test_authority.h"
#include "tests/temporary_folder.h"

namespace preflight::probes {

class PostgresServer {
  public:
    struct Options {
        std::vector<std::string> settings;  // lines of postgresql.conf
        std::string hba;                    // lines before ours in pg_hba.conf
        std::string ident;                  // lines of pg_ident.conf
        bool tls = false;                   // with a certificate of our own authority for "localhost"
        // A copy of this server that follows it, by its socket and by a slot of this name that is made for
        // it.
        const PostgresServer* primary = nullptr;
        std::string slot = "replica";
    };

    // With the superuser of the account that runs the test, who comes in by socket without a password, and
    // the database gitlabhq_production.
    explicit PostgresServer(const Options& options);
    PostgresServer() : PostgresServer(Options()) {}
    PostgresServer(const PostgresServer&) = delete;
    PostgresServer& operator=(const PostgresServer&) = delete;
    ~PostgresServer();

    // Statements of the superuser, run by psql; the test fails when they do.
    void run(const std::string& sql, const std::string& database = "gitlabhq_production") const;

    // Until the condition is true of the server; the test fails when that takes longer than 30 s.
    void wait_until(const std::string& condition) const;
    // Shuts it down, as an administrator would, and starts it again.
    void stop();
    void start();

    std::uint32_t port() const { return port_; }
    std::string socket_directory() const { return folder_.string(); }
    // Of the authority that signed the server's certificate.
    std::string authority() const;
    std::string log() const;

  private:
    // Each makes the data directory.
    void initialize(const Options& options) const;
    void copy(const Options& options) const;
    void configure(const Options& options) const;

    TemporaryFolder folder_;
    std::uint32_t port_;
    std::optional<TestAuthority> authority_;
    pid_t process_ = -1;
};

}  // namespace preflight::probes
