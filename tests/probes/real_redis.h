// RealRedis: a Redis server or a Sentinel of the system's package, in a temporary folder, on a free port of
// loopback and on a socket, started for a test and stopped by it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <regex>
#include <string>
#include <vector>

#include "tests/integration/program.h"
#include "tests/temporary_folder.h"

namespace preflight::probes {

class RealRedis {
  public:
    enum class Kind { server, sentinel };

    // `settings` are lines of its configuration, which come last. A server keeps nothing on disk unless they
    // say so.
    explicit RealRedis(const std::string& settings = {}, Kind kind = Kind::server);

    std::uint32_t port() const { return port_; }
    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    std::string socket() const { return folder_ / "redis.socket"; }
    std::string folder() const { return folder_.string(); }
    // Standard output of redis-cli with these words, over the socket.
    std::string run(const std::vector<std::string>& words) const;
    // Asks again until the output holds this; false after 20 s.
    bool wait_for(const std::vector<std::string>& words, const std::regex& pattern) const;
    bool wait_for(const std::vector<std::string>& words, const std::string& text) const;

  private:
    TemporaryFolder folder_;
    std::uint32_t port_;
    std::unique_ptr<Program> program_;
};

}  // namespace preflight::probes
