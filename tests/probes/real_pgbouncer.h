// RealPgbouncer: a PgBouncer of the system's package before a PostgreSQL of a test, in a temporary folder, on
// a free port of loopback and on a socket, stopped with the test.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "tests/integration/program.h"
#include "tests/temporary_folder.h"

namespace preflight::probes {

class RealPgbouncer {
  public:
    // Before gitlabhq_production of the PostgreSQL at this port of loopback. `users` are lines of its own
    // file of logins; "pgbouncer" may use the console.
    RealPgbouncer(std::uint32_t postgres_port, const std::string& users);
    RealPgbouncer(const RealPgbouncer&) = delete;
    RealPgbouncer& operator=(const RealPgbouncer&) = delete;
    ~RealPgbouncer();

    std::uint32_t port() const { return port_; }
    std::string socket_directory() const { return folder_.string(); }
    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

  private:
    TemporaryFolder folder_;
    std::uint32_t port_;
    std::unique_ptr<Program> program_;
};

}  // namespace preflight::probes
