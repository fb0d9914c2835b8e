// Collector server: a real Server on 127.0.0.1 with a store in a folder of its own, and raw clients to call
// it with.
#pragma once

#include <grpcpp/grpcpp.h>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include "collector/server.h"
#include "preflight/v1/collector.grpc.pb.h"
#include "tests/collector/deliveries.h"

namespace preflight::collector {

class CollectorServer {
  public:
    CollectorServer();
    CollectorServer(const CollectorServer&) = delete;
    CollectorServer& operator=(const CollectorServer&) = delete;
    ~CollectorServer();

    std::shared_ptr<grpc::Channel> channel() const;  // a connection of its own
    // Through a second connection to the file, as `report` would.
    readiness::Fleet fleet() const;
    std::uint64_t stored(const v1::Node& node, const std::string& inspection_id) const;
    std::filesystem::path store_file() const { return folder_ / "store.sqlite"; }
    // As on SIGTERM; returns when the server has stopped.
    void stop();

  private:
    TemporaryFolder folder_;
    std::optional<Store> store_;
    boost::asio::io_context loop_{1};
    std::unique_ptr<Server> server_;
    std::thread thread_;
};

// One call of Intake.Connect. Every wait ends after 20 s: then reads fail and finish() says
// DEADLINE_EXCEEDED.
class RawAgent {
  public:
    explicit RawAgent(const CollectorServer& server);

    bool send(const v1::FromAgent& message) { return stream_->Write(message); }
    bool send(const Delivery& delivery);
    bool hello(const v1::Node& node, const std::vector<std::string>& pending = {});
    // The next message; nothing when the stream has ended.
    std::optional<v1::ToAgent> read();
    // Says hello and takes the welcome.
    std::optional<v1::Welcome> connect(const v1::Node& node, const std::vector<std::string>& pending = {});
    // Reads until everything up to `sequence` is acknowledged.
    bool acknowledged(const std::string& inspection_id, std::uint64_t sequence);
    // The status with which the collector ended the stream; reads what is left.
    grpc::Status ended();
    grpc::Status finish();  // no more from the agent
    void cancel() { context_.TryCancel(); }

  private:
    std::unique_ptr<v1::Intake::Stub> stub_;
    grpc::ClientContext context_;
    std::unique_ptr<grpc::ClientReaderWriter<v1::FromAgent, v1::ToAgent>> stream_;
};

v1::FromAgent hello_of(const v1::Node& node, const std::vector<std::string>& pending = {});

// Sends these bytes as messages of Intake.Connect and gives the status with which the call ended.
grpc::Status send_bytes(const CollectorServer& server, const std::vector<std::string>& messages);

}  // namespace preflight::collector
