// FakeCollector: a real gRPC server in this process with the collector's Intake service, which keeps what it
// gets in memory and can be told to misbehave. For tests of the uplink.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "preflight/v1/collector.grpc.pb.h"

namespace preflight::agent {

class FakeCollector final : public v1::Intake::Service {
  public:
    enum class Manner {
        proper,
        silent,            // never answers
        ends_after_hello,  // UNAVAILABLE
        loses_acks,  // stores, but ends the stream instead of acknowledging; proper from the next stream on
    };

    // With the key it welcomes agents.
    explicit FakeCollector(Manner manner = Manner::proper, int port = 0, std::string fingerprint_key = {});
    ~FakeCollector() override;

    std::string address() const;
    int port() const { return port_; }
    // Waits until `holds` is true of this collector (called under its lock); false after 20 s.
    bool wait_until(const std::function<bool(const FakeCollector&)>& holds);
    // Asks the connected agent for an inspection.
    void inspect_now(bool prove_backups = false);

    // Under the lock only (inside wait_until), or when nothing runs any more.
    std::map<std::string, std::vector<v1::Record>> stored;
    std::vector<v1::Hello> hellos;
    int duplicates = 0;

  private:
    grpc::Status Connect(grpc::ServerContext* context,
                         grpc::ServerReaderWriter<v1::ToAgent, v1::FromAgent>* stream) override;
    void welcome(const v1::Hello& hello, grpc::ServerReaderWriter<v1::ToAgent, v1::FromAgent>& stream);
    v1::ToAgent store(const v1::RecordBatch& batch);

    Manner manner_;
    const std::string fingerprint_key_;
    int port_ = 0;
    std::mutex mutex_;
    std::condition_variable changed_;
    grpc::ServerReaderWriter<v1::ToAgent, v1::FromAgent>* connected_ = nullptr;
    std::unique_ptr<grpc::Server> server_;
};

}  // namespace preflight::agent
