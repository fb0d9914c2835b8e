// Server: the gRPC server with its services, on one loop. What `serve` runs, and what tests talk to.
#pragma once

#include <grpcpp/grpcpp.h>

#include <boost/asio/io_context.hpp>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "collector/intake.h"
#include "collector/operator.h"
#include "collector/store.h"

namespace preflight::collector {

class Server {
  public:
    // The loop must run, in one thread, until stop() has called back.
    Server(boost::asio::io_context& loop, Store& store, Log log);
    Server(const Server&) = delete;
    Server& operator=(const Server&) = delete;
    ~Server();

    // Listens on addresses that loopback_address() gave. FAILED names the one that cannot be had.
    Result<void> start(const std::vector<std::string>& addresses);
    // As chosen by the system where 0 was asked for; in the order of the addresses.
    const std::vector<int>& ports() const { return ports_; }
    // On the loop, once: commits what has come, ends all calls, and calls back on the loop when nothing is
    // under way.
    void stop(std::function<void()> stopped);

  private:
    boost::asio::io_context& loop_;
    Intake intake_;
    Operator operator_;
    std::vector<int> ports_;
    std::unique_ptr<grpc::Server> server_;  // goes before what its calls use
    std::thread shutdown_;
};

}  // namespace preflight::collector
