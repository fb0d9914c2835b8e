#include "collector/inspect_call.h"

#include <algorithm>
#include <boost/asio/post.hpp>
#include <chrono>
#include <utility>

#include "collector/operator.h"

namespace preflight::collector {
namespace {

// For an agent whose connection ended to come back.
constexpr std::chrono::seconds return_limit{10};

}  // namespace

InspectCall* InspectCall::open(Operator& owner, boost::asio::io_context& loop,
                               const v1::InspectRequest& request) {
    auto call = std::make_shared<InspectCall>(owner, loop, request);
    call->self_ = call;
    call->hand_over();
    boost::asio::post(loop, [call] { call->owner_.opened(call); });
    return call.get();
}

void InspectCall::OnWriteDone(bool ok) {
    hand_over();
    boost::asio::post(loop_, [self = shared_from_this(), ok] { self->written(ok); });
}

void InspectCall::OnCancel() {
    hand_over();
    boost::asio::post(loop_, [self = shared_from_this()] { self->finish(grpc::Status::CANCELLED); });
}

void InspectCall::OnDone() {
    hand_over();
    auto& loop = loop_;
    boost::asio::post(loop, [self = std::move(self_)] { self->owner_.over(self); });
}

void InspectCall::ask(Intake& intake, const std::string& request_id) {
    v1::InspectNow request;
    request.set_request_id(request_id);
    request.set_prove_backups(request_.prove_backups());
    const auto connected = intake.connected();
    if (request_.nodes().empty()) {
        for (const auto& node : connected) ask_one(intake, node, request);
    }
    for (const auto& wanted : request_.nodes()) {
        bool found = false;
        for (const auto& node : connected) {
            if (node.id() != wanted && node.name() != wanted) continue;
            found = true;
            ask_one(intake, node, request);
        }
        if (found) continue;
        v1::Node missing;
        missing.set_name(wanted);
        report(missing, v1::InspectProgress::NOT_CONNECTED);
    }
    finish_when_over();
}

void InspectCall::ask_one(Intake& intake, const v1::Node& node, const v1::InspectNow& request) {
    if (asked_.count(node.id()) != 0) return;
    auto& asked = asked_[node.id()];
    asked.node = node;
    if (intake.ask(node.id(), request)) {
        ++waiting_;
        return report(node, v1::InspectProgress::ASKED);
    }
    asked.over = true;
    report(node, v1::InspectProgress::LOST);
}

void InspectCall::happened(const AgentEvent& event) {
    const auto found = asked_.find(event.node.id());
    if (found == asked_.end() || found->second.over || ending_) return;
    auto& asked = found->second;
    switch (event.kind) {
        case AgentEvent::Kind::began:
            if (!asked.inspection_id.empty()) return;
            asked.inspection_id = event.inspection_id;
            return report(asked.node, v1::InspectProgress::RECEIVING);
        case AgentEvent::Kind::ended:
            if (event.inspection_id == asked.inspection_id) end(asked, v1::InspectProgress::DONE);
            return;
        case AgentEvent::Kind::left:
            return left(asked);
        case AgentEvent::Kind::came:
            asked.absent.reset();
            return;
    }
}

// An agent that has begun may come back and go on: its stream ends every hour, and a proof lasts longer.
void InspectCall::left(Asked& asked) {
    if (asked.inspection_id.empty()) return end(asked, v1::InspectProgress::LOST);
    asked.absent = std::make_unique<boost::asio::steady_timer>(loop_, return_limit);
    asked.absent->async_wait([call = weak_from_this(), &asked](boost::system::error_code error) {
        const auto self = call.lock();
        if (!error && self && !asked.over) self->end(asked, v1::InspectProgress::LOST);
    });
}

void InspectCall::end(Asked& asked, v1::InspectProgress::State state) {
    asked.over = true;
    asked.absent.reset();
    --waiting_;
    report(asked.node, state);
    finish_when_over();
}

void InspectCall::report(const v1::Node& node, v1::InspectProgress::State state) {
    auto& progress = progress_.emplace_back();
    *progress.mutable_node() = node;
    progress.set_state(state);
    progress.set_waiting(waiting_);
    pump();
}

void InspectCall::finish_when_over() {
    if (waiting_ == 0) finish(grpc::Status::OK);
}

void InspectCall::finish(grpc::Status status) {
    if (ending_) return;
    ending_ = std::move(status);
    pump();
}

void InspectCall::pump() {
    if (writing_ || finished_) return;
    if (!progress_.empty()) {
        outgoing_ = std::move(progress_.front());
        progress_.pop_front();
        writing_ = true;
        hand_over();
        StartWrite(&outgoing_);
    } else if (ending_) {
        finished_ = true;
        hand_over();
        Finish(*ending_);
    }
}

void InspectCall::written(bool ok) {
    writing_ = false;
    if (!ok) progress_.clear();
    pump();
}

}  // namespace preflight::collector
