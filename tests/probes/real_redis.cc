#include "tests/probes/real_redis.h"

#include <chrono>
#include <fstream>
#include <stdexcept>

#include "tests/probes/fault_server.h"

namespace preflight::probes {

RealRedis::RealRedis(const std::string& settings, Kind kind) : port_(FaultServer::free_port()) {
    const bool server = kind == Kind::server;
    const auto configuration = (folder_ / (server ? "redis.conf" : "sentinel.conf")).string();
    std::ofstream(configuration) << "port " << port_ << "\nbind 127.0.0.1\ndir " << folder_.string()
                                 << "\nunixsocket " << socket() << "\n"
                                 << (server ? "save \"\"\n" : "") << settings;
    std::vector<std::string> argv{"/usr/bin/redis-server", configuration};
    if (!server) argv.emplace_back("--sentinel");
    program_ = std::make_unique<Program>(argv);
    if (!program_->wait_for_line(server ? "Ready to accept connections" : "Sentinel ID is"))
        throw std::runtime_error("redis-server did not start: " + program_->output());
}

std::string RealRedis::run(const std::vector<std::string>& words) const {
    std::vector<std::string> argv{"/usr/bin/redis-cli", "-s", socket()};
    argv.insert(argv.end(), words.begin(), words.end());
    return run_program(argv).output;
}

bool RealRedis::wait_for(const std::vector<std::string>& words, const std::regex& pattern) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (std::chrono::steady_clock::now() < deadline) {
        if (std::regex_search(run(words), pattern)) return true;
    }
    return false;
}

bool RealRedis::wait_for(const std::vector<std::string>& words, const std::string& text) const {
    return wait_for(words, std::regex(text));
}

}  // namespace preflight::probes
