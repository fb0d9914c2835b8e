// ServiceRuns: the service with an inspector that a test plays, and, where it wants one, a collector.
#pragma once

#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio.hpp>
#include <functional>
#include <optional>
#include <string>

#include "agent/service.h"
#include "tests/temporary_folder.h"

namespace preflight::agent {

namespace asio = boost::asio;

// The inspector's end of the channel, played by the test on the service's own loop.
using Inspector = std::function<asio::awaitable<void>(Channel&)>;

inline v1::Record started(std::uint64_t sequence) {
    v1::Record record;
    record.set_sequence(sequence);
    record.mutable_started();
    return record;
}

inline v1::Record found(std::uint64_t sequence) {
    v1::Record record;
    record.set_sequence(sequence);
    record.mutable_finding()->mutable_service()->set_name("puma");
    return record;
}

inline v1::Record finished(std::uint64_t sequence) {
    v1::Record record;
    record.set_sequence(sequence);
    record.mutable_finished();
    return record;
}

inline void reply(Channel& channel, const std::string& inspection, const v1::Record& record) {
    v1::InspectorReply message;
    message.set_inspection_id(inspection);
    *message.mutable_record() = record;
    channel.send(message);
}

inline asio::awaitable<std::optional<v1::InspectorRequest>> next_request(Channel& channel) {
    const auto payload = co_await channel.receive();
    v1::InspectorRequest request;
    if (!payload || !request.ParseFromString(*payload)) co_return std::nullopt;
    co_return request;
}

// Returns when it holds, which something else on the loop brings about.
inline asio::awaitable<void> until(std::function<bool()> holds) {
    asio::steady_timer turn(co_await asio::this_coro::executor);
    while (!holds()) {
        turn.expires_after(std::chrono::milliseconds(1));
        co_await turn.async_wait(asio::use_awaitable);
    }
}

inline asio::awaitable<void> inspect_well(Channel& channel) {
    while (const auto request = co_await next_request(channel)) {
        reply(channel, request->inspection_id(), started(1));
        reply(channel, request->inspection_id(), finished(2));
    }
}

class ServiceTest : public ::testing::Test {
  protected:
    // Most tests have no collector that could welcome.
    static constexpr ServiceLimits at_once{.welcome = std::chrono::milliseconds(0)};

    ServiceTest() {
        settings_.collector = {.host = "127.0.0.1", .port = 1};  // nobody listens there
        spool_.emplace(std::move(Spool::open(folder_ / "spool", {}).value()));
    }

    // The exit status; what it logged is in `log_`.
    int run(const Inspector& inspector, ServiceMode mode, ServiceLimits limits = at_once) {
        int ends[2];
        EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
        v1::Node node;
        node.set_name("web1");
        asio::io_context loop(1);
        Channel theirs(loop.get_executor(), ends[1]);
        ::testing::internal::CaptureStderr();
        Service service(loop, settings_, node, *spool_, ends[0], mode);
        asio::co_spawn(loop, inspector(theirs), asio::detached);
        const auto status = service.run(limits);
        log_ = ::testing::internal::GetCapturedStderr();
        return status;
    }

    TemporaryFolder folder_;
    Settings settings_;
    std::optional<Spool> spool_;
    std::string log_;
};

}  // namespace preflight::agent
