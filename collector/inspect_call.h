// Inspect call: one call of Operator.Inspect: which nodes it asked, how far each is, and the progress still
// to be sent.
//
// Held by itself from open() to OnDone, as AgentStream is; all but open() and gRPC's reactions is the loop's.
#pragma once

#include <grpcpp/grpcpp.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "collector/intake.h"
#include "preflight/v1/collector.pb.h"

namespace preflight::collector {

class Operator;

class InspectCall final : public grpc::ServerWriteReactor<v1::InspectProgress>,
                          public std::enable_shared_from_this<InspectCall> {
  public:
    static InspectCall* open(Operator& owner, boost::asio::io_context& loop,
                             const v1::InspectRequest& request);
    InspectCall(Operator& owner, boost::asio::io_context& loop, v1::InspectRequest request)
        : owner_(owner), loop_(loop), request_(std::move(request)) {}

    int names() const { return request_.nodes_size(); }
    // Asks the agents: those named, or all.
    void ask(Intake& intake, const std::string& request_id);
    void happened(const AgentEvent& event);
    void finish(grpc::Status status);

  private:
    struct Asked {
        v1::Node node;
        std::string inspection_id;  // empty until its first record came
        bool over = false;
        std::unique_ptr<boost::asio::steady_timer> absent;  // runs while its agent is away
    };

    void hand_over() { const std::lock_guard lock(handing_over_); }  // as in AgentStream

    void OnWriteDone(bool ok) override;
    void OnCancel() override;
    void OnDone() override;

    void ask_one(Intake& intake, const v1::Node& node, const v1::InspectNow& request);
    void left(Asked& asked);
    void end(Asked& asked, v1::InspectProgress::State state);
    void report(const v1::Node& node, v1::InspectProgress::State state);
    void finish_when_over();
    void pump();
    void written(bool ok);

    Operator& owner_;
    boost::asio::io_context& loop_;
    v1::InspectRequest request_;
    std::mutex handing_over_;
    std::shared_ptr<InspectCall> self_;  // until OnDone
    v1::InspectProgress outgoing_;       // gRPC's from StartWrite to OnWriteDone

    std::map<std::string, Asked> asked_;  // by node id
    std::uint32_t waiting_ = 0;
    std::deque<v1::InspectProgress> progress_;
    std::optional<grpc::Status> ending_;
    bool writing_ = false;
    bool finished_ = false;
};

}  // namespace preflight::collector
