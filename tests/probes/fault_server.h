// FaultServer: a server on a free loopback port that accepts and then misbehaves, for tests of what must
// bear it; or that answers as the test says, in place of a server that is not to be had.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "probes/node/descriptor.h"

namespace preflight::probes {

enum class Fault {
    silence,   // accepts, reads, says nothing
    drip,      // says its text without being asked, byte by byte, over and over
    reset,     // cuts with RST once the first bytes came: in the middle of a TLS handshake
    nonsense,  // answers the first bytes with its text, all at once
    close,     // closes at once
};

class FaultServer {
  public:
    // What it says; `interval` lies between two dripped bytes.
    explicit FaultServer(Fault fault, std::string text = "%\x01 nonsense \xff\r\n",
                         std::chrono::milliseconds interval = std::chrono::seconds(1));
    // Answers the first bytes of each connection, and closes it; or whatever comes, as long as it comes.
    using Answer = std::function<std::string(std::string_view request)>;
    enum class Afterwards { closes, listens };
    explicit FaultServer(Answer answer, Afterwards afterwards = Afterwards::closes);
    FaultServer(const FaultServer&) = delete;
    FaultServer& operator=(const FaultServer&) = delete;
    ~FaultServer();

    std::uint32_t port() const { return port_; }
    std::string address() const { return "127.0.0.1:" + std::to_string(port_); }
    int accepted() const { return accepted_; }
    // A port on which nobody listens.
    static std::uint32_t free_port();

  private:
    struct Connection {
        Descriptor socket;
        std::size_t said = 0;
    };

    void start();
    void run();
    void accept_one();
    void drip();
    // False when the connection is at its end.
    bool answer(Connection& connection) const;

    Fault fault_ = Fault::nonsense;
    Answer answer_;  // instead of the text
    Afterwards afterwards_ = Afterwards::closes;
    std::string text_;
    std::chrono::milliseconds interval_{1000};
    Descriptor listener_;
    Descriptor stop_;  // an eventfd
    std::uint32_t port_ = 0;
    std::atomic<int> accepted_ = 0;
    std::vector<Connection> connections_;
    std::thread thread_;
};

}  // namespace preflight::probes
