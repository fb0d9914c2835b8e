// GitalyServer: a Gitaly (or Praefect) for tests, as far as its wire goes: gRPC on a Unix socket, on TCP and
// over TLS, which checks tokens as Gitaly does, counts what it is asked, and misbehaves where it is told to.
#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <set>
#include <string>

#include "tests/probes/test_authority.h"
#include "tests/temporary_folder.h"

namespace preflight::probes {

enum class GitalyCall { health, disk_statistics, server_info };

struct GitalyBehaviour {
    std::string token;                    // empty: everybody is let in
    std::chrono::seconds clock_ahead{0};  // of the server's clock, before ours
    std::string version = "18.11.4";
    std::uint32_t replication_factor = 1;
    bool serving = true;
    bool gives_reasons = true;     // why a token is refused, as from 18 on
    std::set<GitalyCall> unknown;  // answered with UNIMPLEMENTED
    std::set<GitalyCall> hanging;  // never answered
    int more_storages = 0;         // beside the first
};

class GitalyServer {
  public:
    // Over TLS too where it is given a certificate.
    explicit GitalyServer(GitalyBehaviour behaviour = {}, const TestAuthority::Issued& identity = {});
    GitalyServer(const GitalyServer&) = delete;
    GitalyServer& operator=(const GitalyServer&) = delete;
    ~GitalyServer();

    std::string socket() const;
    std::uint32_t port() const { return static_cast<std::uint32_t>(port_); }
    std::uint32_t tls_port() const { return static_cast<std::uint32_t>(tls_port_); }

    int asked(GitalyCall call) const;
    int refused() const;             // calls without a token that it takes
    std::string authority() const;   // of the last call
    std::string user_agent() const;  // of the last call

  private:
    struct Services;

    TemporaryFolder folder_;
    std::unique_ptr<Services> services_;
    int port_ = 0;
    int tls_port_ = 0;
};

}  // namespace preflight::probes
