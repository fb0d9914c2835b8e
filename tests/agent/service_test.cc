#include "agent/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <boost/asio.hpp>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <functional>

#include "tests/agent/fake_collector.h"
#include "tests/temporary_folder.h"

namespace preflight::agent {
namespace {

namespace asio = boost::asio;
namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// The inspector's end of the channel, played by the test on the service's own loop.
using Inspector = std::function<asio::awaitable<void>(Channel&)>;

v1::Record started(std::uint64_t sequence) {
    v1::Record record;
    record.set_sequence(sequence);
    record.mutable_started();
    return record;
}

v1::Record found(std::uint64_t sequence) {
    v1::Record record;
    record.set_sequence(sequence);
    record.mutable_finding()->mutable_service()->set_name("puma");
    return record;
}

v1::Record finished(std::uint64_t sequence) {
    v1::Record record;
    record.set_sequence(sequence);
    record.mutable_finished();
    return record;
}

void reply(Channel& channel, const std::string& inspection, const v1::Record& record) {
    v1::InspectorReply message;
    message.set_inspection_id(inspection);
    *message.mutable_record() = record;
    channel.send(message);
}

asio::awaitable<std::optional<v1::InspectorRequest>> next_request(Channel& channel) {
    const auto payload = co_await channel.receive();
    v1::InspectorRequest request;
    if (!payload || !request.ParseFromString(*payload)) co_return std::nullopt;
    co_return request;
}

// Returns when it holds, which something else on the loop brings about.
asio::awaitable<void> until(std::function<bool()> holds) {
    asio::steady_timer turn(co_await asio::this_coro::executor);
    while (!holds()) {
        turn.expires_after(std::chrono::milliseconds(1));
        co_await turn.async_wait(asio::use_awaitable);
    }
}

asio::awaitable<void> inspect_well(Channel& channel) {
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

TEST_F(ServiceTest, DeliversOneInspectionAndEnds) {
    FakeCollector collector;
    settings_.collector.port = static_cast<std::uint16_t>(collector.port());
    EXPECT_EQ(run(inspect_well, ServiceMode::once), 0) << log_;
    ASSERT_THAT(collector.stored, SizeIs(1));
    EXPECT_THAT(collector.stored.begin()->second, SizeIs(2));
}

TEST_F(ServiceTest, EndsWhenTheInspectorDies) {
    const Inspector dies = [](Channel& channel) -> asio::awaitable<void> {
        const auto request = co_await next_request(channel);
        reply(channel, request->inspection_id(), started(1));
        channel.close();
    };
    EXPECT_EQ(run(dies, ServiceMode::for_ever), 70);
    EXPECT_THAT(log_, HasSubstr("the inspector ended"));
}

TEST_F(ServiceTest, EndsWhenTheInspectorSpeaksNonsense) {
    const Inspector babbles = [](Channel& channel) -> asio::awaitable<void> {
        co_await next_request(channel);
        v1::Node other;
        other.set_name("\x07");  // where a reply has its record
        channel.send(other);
        co_await next_request(channel);
    };
    EXPECT_EQ(run(babbles, ServiceMode::for_ever), 70);
}

TEST_F(ServiceTest, EndsWhenTheInspectorHangs) {
    const Inspector hangs = [](Channel& channel) -> asio::awaitable<void> {
        while (co_await next_request(channel)) {
        }
    };
    settings_.inspection_limit = std::chrono::seconds(0);
    EXPECT_EQ(run(hangs, ServiceMode::for_ever,
                  {.inspector_grace = std::chrono::seconds(0), .welcome = std::chrono::milliseconds(0)}),
              70);
    EXPECT_THAT(log_, HasSubstr("does not answer"));
}

TEST_F(ServiceTest, SaysThatTheSpoolCannotKeepWhatWasFound) {
    fs::remove_all(folder_ / "spool");
    EXPECT_EQ(run(inspect_well, ServiceMode::once), 73);
    EXPECT_THAT(log_, HasSubstr("the spool cannot keep it"));
    ASSERT_THAT(spool_->drops().all(), SizeIs(1));
    EXPECT_THAT(spool_->drops().all()[0].gap().detail(), HasSubstr("nothing of it was kept"));
}

TEST_F(ServiceTest, SaysThatItWasNotDeliveredInTime) {
    EXPECT_EQ(run(inspect_well, ServiceMode::once, {.once = std::chrono::seconds(1)}), 75);
    EXPECT_THAT(log_, HasSubstr("stays in the spool"));
    EXPECT_THAT(spool_->pending(), SizeIs(1));
}

TEST_F(ServiceTest, TellsTheInspectorWhatTheSpoolDropped) {
    ASSERT_TRUE(spool_->append("lost", started(1)));
    spool_->drop("lost", "test");
    std::vector<v1::Finding> told;
    const Inspector asks = [&](Channel& channel) -> asio::awaitable<void> {
        const auto request = co_await next_request(channel);
        told.assign(request->dropped().begin(), request->dropped().end());
        channel.close();
    };
    EXPECT_EQ(run(asks, ServiceMode::for_ever), 70);
    ASSERT_THAT(told, SizeIs(1));
    EXPECT_EQ(told[0].source(), "inspection lost");
    EXPECT_THAT(spool_->drops().all(), SizeIs(1))
        << "that inspection came to nothing: told again by the next";
}

TEST_F(ServiceTest, ForgetsADropWhenTheInspectionThatTellsItIsKept) {
    ASSERT_TRUE(spool_->append("lost", started(1)));
    spool_->drop("lost", "test");
    EXPECT_EQ(run(inspect_well, ServiceMode::once, {.once = std::chrono::seconds(1)}), 75);
    EXPECT_THAT(spool_->drops().all(), IsEmpty());
}

// However often it is asked during an inspection, one more follows it: what that finds is newer than each
// request.
TEST_F(ServiceTest, AnswersRequestsDuringAnInspectionWithOneMore) {
    FakeCollector collector;
    settings_.collector.port = static_cast<std::uint16_t>(collector.port());
    int followed = 0;
    const Inspector counts = [&](Channel& channel) -> asio::awaitable<void> {
        const auto first = (co_await next_request(channel))->inspection_id();
        reply(channel, first, started(1));
        co_await until([&] { return spool_->acknowledged(first) == 1; });
        for (int i = 0; i < 3; ++i) collector.inspect_now();
        // Its ack comes after the requests on the stream: then they have been heard.
        reply(channel, first, found(2));
        co_await until([&] { return spool_->acknowledged(first) == 2; });
        reply(channel, first, finished(3));
        while (const auto request = co_await next_request(channel)) {
            ++followed;
            reply(channel, request->inspection_id(), started(1));
            reply(channel, request->inspection_id(), finished(2));
            co_await until([&] { return spool_->pending().empty(); });
            ::raise(SIGTERM);
        }
    };
    EXPECT_EQ(run(counts, ServiceMode::for_ever), 0) << log_;
    EXPECT_EQ(followed, 1);
    EXPECT_THAT(collector.stored, SizeIs(2));
}

TEST_F(ServiceTest, AsksForTheProofsThatTheCollectorAskedFor) {
    FakeCollector collector;
    settings_.collector.port = static_cast<std::uint16_t>(collector.port());
    std::vector<bool> proving;
    const Inspector notes = [&](Channel& channel) -> asio::awaitable<void> {
        while (const auto request = co_await next_request(channel)) {
            const auto id = request->inspection_id();
            proving.push_back(request->prove_backups());
            reply(channel, id, started(1));
            co_await until([&] { return spool_->acknowledged(id) == 1; });
            // Two requests during one inspection: what either wants is done by the one that follows.
            if (proving.size() == 1) collector.inspect_now(true);
            if (proving.size() == 1) collector.inspect_now(false);
            reply(channel, id, found(2));
            co_await until([&] { return spool_->acknowledged(id) == 2; });
            if (proving.size() == 3) ::raise(SIGTERM);
            if (proving.size() == 2) collector.inspect_now(false);
            reply(channel, id, finished(3));
        }
    };
    EXPECT_EQ(run(notes, ServiceMode::for_ever), 0) << log_;
    EXPECT_THAT(proving, ::testing::ElementsAre(false, true, false));
}

const std::string key(32, 'k');

TEST_F(ServiceTest, InspectsWithTheKeyOfTheWelcome) {
    FakeCollector collector(FakeCollector::Manner::proper, 0, key);
    settings_.collector.port = static_cast<std::uint16_t>(collector.port());
    std::string given;
    const Inspector takes_it = [&](Channel& channel) -> asio::awaitable<void> {
        const auto request = co_await next_request(channel);
        given = request->fingerprint_key();
        reply(channel, request->inspection_id(), started(1));
        reply(channel, request->inspection_id(), finished(2));
    };
    EXPECT_EQ(run(takes_it, ServiceMode::once, {}), 0) << log_;
    EXPECT_EQ(given, key);
    EXPECT_THAT(log_, ::testing::Not(HasSubstr(key)));
}

// A collector that comes after the first inspection finds nothing in it that could be compared.
TEST_F(ServiceTest, InspectsAgainWhenTheFirstKeyComesLate) {
    std::optional<FakeCollector> collector;
    int port = 0;
    {
        const FakeCollector first;
        port = first.port();
    }
    settings_.collector.port = static_cast<std::uint16_t>(port);
    std::vector<std::string> given;
    const Inspector opens_late = [&](Channel& channel) -> asio::awaitable<void> {
        while (const auto request = co_await next_request(channel)) {
            given.push_back(request->fingerprint_key());
            reply(channel, request->inspection_id(), started(1));
            reply(channel, request->inspection_id(), finished(2));
            if (given.size() == 2) ::raise(SIGTERM);
            if (collector) continue;
            collector.emplace(FakeCollector::Manner::proper, port, key);
        }
    };
    EXPECT_EQ(run(opens_late, ServiceMode::for_ever), 0) << log_;
    EXPECT_THAT(given, ::testing::ElementsAre("", key));
}

TEST_F(ServiceTest, TakesNoKeyOfAnotherLength) {
    FakeCollector collector(FakeCollector::Manner::proper, 0, std::string(500'000, 'k'));
    settings_.collector.port = static_cast<std::uint16_t>(collector.port());
    std::optional<std::string> given;
    const Inspector takes_it = [&](Channel& channel) -> asio::awaitable<void> {
        const auto request = co_await next_request(channel);
        given = request->fingerprint_key();
        reply(channel, request->inspection_id(), started(1));
        reply(channel, request->inspection_id(), finished(2));
    };
    EXPECT_EQ(run(takes_it, ServiceMode::once, {}), 0) << log_;
    EXPECT_EQ(given, "");
    EXPECT_THAT(log_, HasSubstr("key"));
}

}  // namespace
}  // namespace preflight::agent
