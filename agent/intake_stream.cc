#include "agent/intake_stream.h"

#include <fmt/format.h>
#include <grpc/support/log.h>
#include <grpc/support/time.h>
#include <grpcpp/grpcpp.h>

#include <boost/asio/execution.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/prefer.hpp>
#include <cstdlib>
#include <utility>

#include "preflight/v1/collector.grpc.pb.h"

namespace preflight::agent {
namespace {

// gRPC writes about its insides in a form of its own; what matters of it comes as the stream's status.
// GRPC_VERBOSITY brings it back.
void quiet_grpc() {
    if (std::getenv("GRPC_VERBOSITY") == nullptr) gpr_set_log_function([](gpr_log_func_args* /*line*/) {});
}

std::shared_ptr<grpc::Channel> dial(const std::string& collector) {
    quiet_grpc();
    grpc::ChannelArguments arguments;
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, 20'000);
    arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, 5'000);
    arguments.SetInt(GRPC_ARG_ENABLE_HTTP_PROXY, 0);
    arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);  // a new stream is a new connection
    arguments.SetMaxReceiveMessageSize(1024 * 1024);
    return grpc::CreateCustomChannel(collector, grpc::InsecureChannelCredentials(), arguments);
}

StreamEnd end_of(const grpc::Status& status) {
    StreamEnd end{
        .why = fmt::format("{} (code {})", status.error_message(), static_cast<int>(status.error_code()))};
    switch (status.error_code()) {
        case grpc::StatusCode::INVALID_ARGUMENT:
        case grpc::StatusCode::RESOURCE_EXHAUSTED:
            end.kind = StreamEnd::Kind::refused;
            break;
        case grpc::StatusCode::DEADLINE_EXCEEDED:
            end.kind = StreamEnd::Kind::expired;
            break;
        default:
            break;
    }
    return end;
}

}  // namespace

// Kept alive by itself from start to OnDone, whoever lets go of it before.
class IntakeStream::Reactor final : public grpc::ClientBidiReactor<v1::FromAgent, v1::ToAgent>,
                                    public std::enable_shared_from_this<Reactor> {
  public:
    Reactor(boost::asio::any_io_executor executor, const std::string& collector,
            std::chrono::seconds deadline, StreamEvents events)
        : executor_(boost::asio::prefer(executor, boost::asio::execution::outstanding_work.tracked)),
          stub_(v1::Intake::NewStub(dial(collector))),
          events_(std::move(events)) {
        // From the steady clock, so that a jump of the wall clock before the call does not count.
        context_.set_deadline(gpr_time_add(gpr_now(GPR_CLOCK_MONOTONIC),
                                           gpr_time_from_seconds(deadline.count(), GPR_TIMESPAN)));
    }

    void start() {
        self_ = shared_from_this();
        stub_->async()->Connect(&context_, this);
        StartRead(&incoming_);
        AddHold();  // sends come from outside of reactions
        StartCall();
    }

    // The loop's side.
    void send(v1::FromAgent message) {
        if (released_) return;  // the call is over, or about to be
        outgoing_ = std::move(message);
        StartWrite(&outgoing_);
    }

    void close() {
        events_ = {};
        if (ended_) return;
        context_.TryCancel();
        release();
    }

    // gRPC's side: posts and returns.
    void OnReadDone(bool ok) override {
        post([self = shared_from_this(), ok] { self->read_done(ok); });
    }
    void OnWriteDone(bool ok) override {
        post([self = shared_from_this(), ok] {
            if (ok && self->events_.sent) self->events_.sent();
        });
    }
    void OnDone(const grpc::Status& status) override {
        auto end = end_of(status);
        post([self = std::move(self_), end = std::move(end)] { self->done(end); });
    }

  private:
    template <typename Event>
    void post(Event event) {
        boost::asio::post(executor_, std::move(event));
    }

    void read_done(bool ok) {
        if (!ok) return release();  // the other side ended: let OnDone come
        if (events_.received) events_.received(std::exchange(incoming_, {}));
        if (!released_) StartRead(&incoming_);
    }

    void done(const StreamEnd& end) {
        ended_ = true;
        const auto ended = std::exchange(events_, {}).ended;
        if (ended) ended(end);
    }

    void release() {
        if (std::exchange(released_, true)) return;
        RemoveHold();
    }

    // Counts as work of the loop: it does not end before gRPC has let go of us.
    boost::asio::any_io_executor executor_;
    std::unique_ptr<v1::Intake::Stub> stub_;
    grpc::ClientContext context_;
    v1::FromAgent outgoing_;
    v1::ToAgent incoming_;
    StreamEvents events_;
    std::shared_ptr<Reactor> self_;
    bool released_ = false;
    bool ended_ = false;
};

IntakeStream::IntakeStream(boost::asio::any_io_executor executor, const std::string& collector,
                           std::chrono::seconds deadline, StreamEvents events)
    : reactor_(std::make_shared<Reactor>(std::move(executor), collector, deadline, std::move(events))) {
    reactor_->start();
}

IntakeStream::~IntakeStream() { close(); }

void IntakeStream::send(v1::FromAgent message) { reactor_->send(std::move(message)); }

void IntakeStream::close() { reactor_->close(); }

}  // namespace preflight::agent
