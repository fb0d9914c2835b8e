#include "agent/uplink.h"

#include <fmt/format.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <utility>

namespace preflight::agent {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr std::uint32_t protocol = 1;
constexpr std::size_t batch_bytes = 256 * 1024;
constexpr seconds answer_limit{30};
constexpr seconds stream_limit{3600};

}  // namespace

milliseconds Backoff::next() {
    constexpr milliseconds first{1000};
    constexpr milliseconds most{300'000};
    const auto whole = std::min(most, first * (1U << std::min(tries_, 9U)));
    ++tries_;
    std::uniform_int_distribution<milliseconds::rep> taken_away(0, whole.count() / 2);
    return whole - milliseconds(taken_away(random_));
}

Uplink::Uplink(boost::asio::any_io_executor executor, std::string collector, v1::Node node, Spool& spool,
               Log log, UplinkEvents events)
    : executor_(executor),
      collector_(std::move(collector)),
      node_(std::move(node)),
      spool_(spool),
      log_(std::move(log)),
      events_(std::move(events)),
      backoff_(std::random_device()()),
      retry_(executor),
      answer_(executor) {}

void Uplink::start() { connect(); }

void Uplink::stop() {
    stopped_ = true;
    events_ = {};
    retry_.cancel();
    answer_.cancel();
    stream_.reset();
}

void Uplink::connect() {
    welcomed_ = false;
    sending_ = true;
    awaited_.reset();
    StreamEvents events{.received = [this](const v1::ToAgent& message) { received(message); },
                        .sent =
                            [this] {
                                sending_ = false;
                                send_next();
                            },
                        .ended = [this](const StreamEnd& end) { ended(end); }};
    stream_ = std::make_unique<IntakeStream>(executor_, collector_, stream_limit, std::move(events));
    v1::FromAgent message;
    auto& hello = *message.mutable_hello();
    hello.set_protocol(protocol);
    *hello.mutable_node() = node_;
    hello.set_agent_version(PREFLIGHT_VERSION);
    for (auto& id : spool_.pending()) hello.add_pending(std::move(id));
    expect_answer("welcome");
    stream_->send(std::move(message));
}

void Uplink::expect_answer(const char* what) {
    answer_.expires_after(answer_limit);
    answer_.async_wait([this, what](boost::system::error_code error) {
        if (!error && !stopped_) ended({.why = fmt::format("no {} within {} s", what, answer_limit.count())});
    });
}

void Uplink::received(const v1::ToAgent& message) {
    switch (message.kind_case()) {
        case v1::ToAgent::kWelcome:
            return welcome(message.welcome());
        case v1::ToAgent::kAck:
            return acknowledged(message.ack());
        case v1::ToAgent::kInspectNow:
            log_.info(message.inspect_now().prove_backups()
                          ? "the collector asks for an inspection that proves backups"
                          : "the collector asks for an inspection");
            if (events_.inspect_now) events_.inspect_now(message.inspect_now());
            return;
        case v1::ToAgent::KIND_NOT_SET:
            return;  // of a newer collector: nothing that we must know
    }
}

void Uplink::welcome(const v1::Welcome& welcome) {
    answer_.cancel();
    welcomed_ = true;
    log_.info(fmt::format("connected to collector {} {}", collector_, welcome.collector_version()));
    if (events_.welcomed) events_.welcomed(welcome);
    for (const auto& ack : welcome.resume()) spool_.resume(ack.inspection_id(), ack.sequence());
    // With something to deliver, only its ack shows that this collector takes what we have.
    if (spool_.pending().empty()) forget_failures();
    send_next();
}

void Uplink::forget_failures() {
    backoff_.reset();
    last_failure_.clear();
}

void Uplink::acknowledged(const v1::Ack& ack) {
    spool_.acknowledge(ack.inspection_id(), ack.sequence());
    if (awaited_ && awaited_->inspection_id() == ack.inspection_id() &&
        ack.sequence() >= awaited_->sequence()) {
        awaited_.reset();
        answer_.cancel();
        forget_failures();
        send_next();
    }
}

void Uplink::wake() {
    if (welcomed_) send_next();
}

void Uplink::send_next() {
    if (!welcomed_ || sending_ || awaited_ || stopped_) return;
    for (const auto& id : spool_.pending()) {
        if (const auto synced = spool_.sync(id); !synced) {
            spool_.drop(id, "the spool cannot be written: " + synced.error().detail);
            continue;
        }
        auto records = spool_.read(id, spool_.acknowledged(id), batch_bytes);
        if (!records) {
            log_.with("inspection", id).error("dropped from the spool: " + records.error().detail);
            spool_.drop(id, records.error().detail);
            continue;
        }
        if (records->empty()) continue;
        v1::FromAgent message;
        message.mutable_batch()->set_inspection_id(id);
        awaited_.emplace();
        awaited_->set_inspection_id(id);
        awaited_->set_sequence(records->back().sequence());
        for (auto& record : *records) *message.mutable_batch()->add_records() = std::move(record);
        sending_ = true;
        expect_answer("ack");
        return stream_->send(std::move(message));
    }
    if (spool_.pending().empty() && events_.delivered) events_.delivered();
}

void Uplink::ended(const StreamEnd& end) {
    if (stopped_) return;
    answer_.cancel();
    welcomed_ = false;
    const bool idle = !awaited_.has_value();
    if (end.kind == StreamEnd::Kind::refused && awaited_) {
        // Sent again it would be refused again, and keep all that waits behind it.
        log_.with("inspection", awaited_->inspection_id()).error("the collector refuses it: " + end.why);
        spool_.drop(awaited_->inspection_id(), "the collector refused it: " + end.why);
    }
    // Not here: an event of the stream may be what called us.
    boost::asio::post(executor_, [gone = std::shared_ptr<IntakeStream>(std::move(stream_))] {});
    if (end.kind == StreamEnd::Kind::expired && idle)
        return boost::asio::post(executor_, [this] { reconnect(); });
    if (end.why != last_failure_) {
        log_.warning(fmt::format("no stream to collector {}: {}; trying again", collector_, end.why));
    }
    last_failure_ = end.why;
    retry_.expires_after(backoff_.next());
    retry_.async_wait([this](boost::system::error_code error) {
        if (!error) reconnect();
    });
}

void Uplink::reconnect() {
    if (!stopped_) connect();
}

}  // namespace preflight::agent
