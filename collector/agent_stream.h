// Agent stream: one agent's gRPC stream, for the loop's use. gRPC's threads only parse what came and post it.
//
// Messages are read as raw bytes: gRPC itself cannot tell a message it failed to parse from a stream that
// ended. The stream holds itself from open() to OnDone, so a call of the loop never meets a dead one; after
// finish() the loop's calls do nothing. All public functions but open() are the loop's; what happens is told
// to the Intake, on the loop.
#pragma once

#include <grpcpp/grpcpp.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "preflight/v1/collector.pb.h"

namespace preflight::collector {

class Intake;

class AgentStream final : public grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>,
                          public std::enable_shared_from_this<AgentStream> {
  public:
    // Called by gRPC's thread when an agent calls.
    static AgentStream* open(Intake& intake, boost::asio::io_context& loop,
                             grpc::CallbackServerContext& call);
    AgentStream(Intake& intake, boost::asio::io_context& loop, grpc::CallbackServerContext& call);

    // Reads one message, then Intake::received or Intake::closed comes. Waits while too many acks are not
    // taken.
    void read();
    void welcome(v1::Welcome welcome);
    // Acks not yet written are joined: the highest sequence of each inspection.
    void acknowledge(const std::string& inspection_id, std::uint64_t sequence);
    // False when the agent does not take what it was sent before.
    bool ask(const v1::InspectNow& request);
    // Ends the stream when what was queued is written, or without it when the agent does not read.
    void finish(grpc::Status status);
    bool finishing() const { return ending_.has_value(); }
    // Finishes the stream with `status` unless unlimited() comes in time.
    void limit(std::chrono::milliseconds time, const grpc::Status& status);
    void unlimited() { timer_.cancel(); }

  private:
    // What one thread wrote before it calls this, the next to call it sees. gRPC hands a stream from thread
    // to thread, but by means that a thread sanitizer cannot see in a gRPC that was built without it.
    void hand_over() { const std::lock_guard lock(handing_over_); }

    // gRPC's side.
    void OnReadDone(bool ok) override;
    void OnWriteDone(bool ok) override;
    void OnCancel() override;
    void OnDone() override;

    // The loop's side.
    std::optional<v1::ToAgent> next_message();
    void pump();
    void written(bool ok);

    Intake& intake_;
    boost::asio::io_context& loop_;
    grpc::CallbackServerContext& call_;
    std::mutex handing_over_;
    std::shared_ptr<AgentStream> self_;  // until OnDone
    grpc::ByteBuffer incoming_;          // gRPC's from StartRead to OnReadDone
    grpc::ByteBuffer outgoing_;          // gRPC's from StartWrite to OnWriteDone

    boost::asio::steady_timer timer_;
    std::deque<v1::ToAgent> messages_;
    std::map<std::string, std::uint64_t> acks_;
    std::optional<grpc::Status> ending_;
    bool writing_ = false;
    bool read_wanted_ = false;
    bool finished_ = false;  // gRPC was told, and must not be called any more
};

}  // namespace preflight::collector
