// Intake: takes what agents deliver, commits it to the store and acknowledges; knows which agents are
// connected.
//
// The service of preflight.v1.Intake. Everything but service() is the loop's alone; AgentStream brings gRPC's
// events there. It must outlive the gRPC server, and the loop must run until that server is shut down.
#pragma once

#include <boost/asio/io_context.hpp>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "collector/agent_stream.h"
#include "collector/commit_group.h"
#include "collector/store.h"
#include "model/log.h"

namespace preflight::collector {

// What the Operator wants to know of a node.
struct AgentEvent {
    enum class Kind {
        began,  // a new inspection's first record is stored
        ended,  // an inspection's last record is stored
        left,   // the agent's connection ended
        came,   // it has connected
    };
    Kind kind;
    v1::Node node;
    std::string inspection_id;  // of began and ended
};

class Intake {
  public:
    Intake(boost::asio::io_context& loop, Store& store, Log log);
    Intake(const Intake&) = delete;
    Intake& operator=(const Intake&) = delete;
    ~Intake();

    grpc::Service& service();

    void watch(std::function<void(const AgentEvent&)> watcher) { watcher_ = std::move(watcher); }
    // In order of name, then id.
    std::vector<v1::Node> connected() const;
    // Asks the node's agent for an inspection. False when it is not connected.
    bool ask(const std::string& node_id, const v1::InspectNow& request);
    // Commits and acknowledges what has come, then ends every stream (UNAVAILABLE: try again). Takes nothing
    // more.
    void stop();

    // From the streams.
    void opened(const std::shared_ptr<AgentStream>& stream);
    void received(const std::shared_ptr<AgentStream>& stream, std::optional<v1::FromAgent> message);
    void closed(const std::shared_ptr<AgentStream>& stream);
    void cancelled(const std::shared_ptr<AgentStream>& stream);

  private:
    using Stream = std::shared_ptr<AgentStream>;

    struct Agent {
        v1::Node node;
        std::set<std::string> pending;  // inspections that began before this connection
        Log log;
    };

    // What the answer to a batch needs to know of it.
    struct Batch {
        v1::Node node;
        std::string inspection_id;
        std::uint64_t last;
        bool starts;
        bool finishes;
    };

    void greet(const Stream& stream, const v1::Hello& hello);
    void replace(const v1::Node& node);
    void take(const Stream& stream, const Agent& agent, v1::RecordBatch& batch);
    void committed(const Stream& stream, const Batch& batch, const Result<void>& stored);
    void tell(AgentEvent::Kind kind, const v1::Node& node, const std::string& inspection_id = {});
    void refuse(const Stream& stream, grpc::StatusCode code, const std::string& why);
    void end(const Stream& stream, const grpc::Status& status, std::string_view why);
    void prune_soon();

    boost::asio::io_context& loop_;
    Store& store_;
    Log log_;
    CommitGroup group_;
    std::unique_ptr<grpc::Service> service_;
    std::map<Stream, Agent> agents_;         // welcomed and not ended
    std::set<Stream> silent_;                // without a hello yet
    std::map<std::string, Stream> by_node_;  // by node id
    std::function<void(const AgentEvent&)> watcher_;
    bool stopped_ = false;
    bool prune_due_ = false;
};

}  // namespace preflight::collector
