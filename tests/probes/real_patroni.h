// RealPatroni: a Patroni of the system's package that leads a cluster of its own, with Raft for its store and
// PostgreSQL 15 beneath it, on free ports of loopback, started for a test and stopped by it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>

#include "tests/integration/program.h"
#include "tests/temporary_folder.h"

namespace preflight::probes {

class RealPatroni {
  public:
    // Leads when this returns. `restapi` are lines of that section beside the addresses.
    explicit RealPatroni(const std::string& restapi = {});
    RealPatroni(const RealPatroni&) = delete;
    RealPatroni& operator=(const RealPatroni&) = delete;
    ~RealPatroni();

    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    const std::string& configuration() const { return configuration_; }
    std::uint32_t postgres_port() const { return postgres_port_; }
    void pause() const;

  private:
    std::string path() const { return folder_ / "patroni.yaml"; }
    void stop_postgres() const;

    TemporaryFolder folder_;
    std::uint32_t port_;
    std::uint32_t postgres_port_;
    std::string configuration_;
    std::unique_ptr<Program> program_;
};

}  // namespace preflight::probes
