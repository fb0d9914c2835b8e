#include "collector/agent_stream.h"

#include <grpcpp/impl/codegen/proto_utils.h>

#include <boost/asio/post.hpp>
#include <utility>

#include "collector/intake.h"

namespace preflight::collector {
namespace {

constexpr std::size_t acks_limit = 64;
constexpr std::size_t messages_limit = 16;
// How long an agent that does not read may hold up the end of its stream.
constexpr std::chrono::seconds finish_limit{2};

}  // namespace

AgentStream::AgentStream(Intake& intake, boost::asio::io_context& loop, grpc::CallbackServerContext& call)
    : intake_(intake), loop_(loop), call_(call), timer_(loop) {}

AgentStream* AgentStream::open(Intake& intake, boost::asio::io_context& loop,
                               grpc::CallbackServerContext& call) {
    auto stream = std::make_shared<AgentStream>(intake, loop, call);
    stream->self_ = stream;
    stream->hand_over();
    boost::asio::post(loop, [stream] { stream->intake_.opened(stream); });
    return stream.get();
}

void AgentStream::OnReadDone(bool ok) {
    hand_over();
    if (!ok) {
        boost::asio::post(loop_, [self = shared_from_this()] { self->intake_.closed(self); });
        return;
    }
    std::optional<v1::FromAgent> message(std::in_place);
    if (!grpc::SerializationTraits<v1::FromAgent>::Deserialize(&incoming_, &*message).ok()) message.reset();
    incoming_.Clear();
    boost::asio::post(loop_, [self = shared_from_this(), message = std::move(message)]() mutable {
        self->intake_.received(self, std::move(message));
    });
}

void AgentStream::OnWriteDone(bool ok) {
    hand_over();
    boost::asio::post(loop_, [self = shared_from_this(), ok] { self->written(ok); });
}

void AgentStream::OnCancel() {
    hand_over();
    boost::asio::post(loop_, [self = shared_from_this()] { self->intake_.cancelled(self); });
}

void AgentStream::OnDone() {
    hand_over();
    // Its last owner may be this very call: the loop takes it over.
    auto& loop = loop_;
    boost::asio::post(loop, [self = std::move(self_)] { self->timer_.cancel(); });
}

void AgentStream::read() {
    read_wanted_ = true;
    pump();
}

void AgentStream::welcome(v1::Welcome welcome) {
    *messages_.emplace_back().mutable_welcome() = std::move(welcome);
    pump();
}

void AgentStream::acknowledge(const std::string& inspection_id, std::uint64_t sequence) {
    acks_[inspection_id] = sequence;
    pump();
}

bool AgentStream::ask(const v1::InspectNow& request) {
    if (ending_ || messages_.size() >= messages_limit) return false;
    *messages_.emplace_back().mutable_inspect_now() = request;
    pump();
    return true;
}

void AgentStream::finish(grpc::Status status) {
    if (ending_) return;
    ending_ = std::move(status);
    timer_.cancel();
    pump();
    if (finished_) return;
    timer_.expires_after(finish_limit);
    timer_.async_wait([self = shared_from_this()](boost::system::error_code error) {
        if (!error && !self->finished_) self->call_.TryCancel();  // the write under way then fails
    });
}

void AgentStream::limit(std::chrono::milliseconds time, const grpc::Status& status) {
    timer_.expires_after(time);
    timer_.async_wait([self = shared_from_this(), status](boost::system::error_code error) {
        if (!error) self->finish(status);
    });
}

std::optional<v1::ToAgent> AgentStream::next_message() {
    std::optional<v1::ToAgent> next;
    if (!messages_.empty()) {
        next = std::move(messages_.front());
        messages_.pop_front();
    } else if (!acks_.empty()) {
        const auto ack = acks_.extract(acks_.begin());
        next.emplace().mutable_ack()->set_inspection_id(ack.key());
        next->mutable_ack()->set_sequence(ack.mapped());
    }
    return next;
}

void AgentStream::pump() {
    if (finished_) return;
    if (!writing_) {
        if (const auto message = next_message()) {
            bool own_buffer = false;
            outgoing_.Clear();
            static_cast<void>(
                grpc::SerializationTraits<v1::ToAgent>::Serialize(*message, &outgoing_, &own_buffer));
            writing_ = true;
            hand_over();
            StartWrite(&outgoing_);
        } else if (ending_) {
            finished_ = true;
            timer_.cancel();
            hand_over();
            Finish(*ending_);
            return;
        }
    }
    if (read_wanted_ && !ending_ && acks_.size() < acks_limit) {
        read_wanted_ = false;
        hand_over();
        StartRead(&incoming_);
    }
}

void AgentStream::written(bool ok) {
    writing_ = false;
    if (!ok) {
        // The agent is gone; nothing more can be said to it.
        messages_.clear();
        acks_.clear();
    }
    pump();
}

}  // namespace preflight::collector
