#include "collector/intake.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sqlite3.h>

#include <chrono>
#include <thread>

#include "tests/collector/collector_server.h"

namespace preflight::collector {
namespace {

using grpc::StatusCode;
using ::testing::HasSubstr;

const v1::Node web1 = node("web1.example.com");
const v1::Node git1 = node("git1.example.com");

TEST(Intake, AcknowledgesWhatIsInTheStore) {
    const CollectorServer server;
    RawAgent agent(server);
    const auto welcome = agent.connect(web1);
    ASSERT_TRUE(welcome);
    EXPECT_EQ(welcome->collector_version(), PREFLIGHT_VERSION);
    ASSERT_TRUE(agent.send(delivery(web1, "a", {started(web1, "a"), found(2)})));
    ASSERT_TRUE(agent.acknowledged("a", 2));
    EXPECT_EQ(server.stored(web1, "a"), 2U);
    ASSERT_TRUE(agent.send(delivery(web1, "a", {finished(3)})));
    ASSERT_TRUE(agent.acknowledged("a", 3));
    EXPECT_EQ(server.fleet().nodes.at(0).inspection.findings(0).installation().version(), "19.2.1");
    EXPECT_TRUE(agent.finish().ok());
}

TEST(Intake, TellsAnAgentThatComesBackWhereToGoOn) {
    const CollectorServer server;
    {
        RawAgent agent(server);
        ASSERT_TRUE(agent.connect(web1));
        ASSERT_TRUE(agent.send(delivery(web1, "a", {started(web1, "a"), found(2)})));
        ASSERT_TRUE(agent.acknowledged("a", 2));
        agent.cancel();
    }
    RawAgent agent(server);
    const auto welcome = agent.connect(web1, {"a", "b"});
    ASSERT_TRUE(welcome);
    ASSERT_EQ(welcome->resume_size(), 2);
    EXPECT_EQ(welcome->resume(0).inspection_id(), "a");
    EXPECT_EQ(welcome->resume(0).sequence(), 2U);
    EXPECT_EQ(welcome->resume(1).inspection_id(), "b");
    EXPECT_EQ(welcome->resume(1).sequence(), 0U);
}

TEST(Intake, AcknowledgesAgainWhatComesTwiceAndKeepsItOnce) {
    const CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.connect(web1));
    for (int time = 0; time < 2; ++time) {
        ASSERT_TRUE(agent.send(whole(web1, "a", noon, 4)));
        ASSERT_TRUE(agent.acknowledged("a", 6));
    }
    EXPECT_EQ(server.fleet().nodes.at(0).inspection.findings_size(), 4);
}

TEST(Intake, TakesBatchesFromAnAgentThatDoesNotWaitForAcks) {
    const CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.connect(web1));
    ASSERT_TRUE(agent.send(delivery(web1, "a", {started(web1, "a")})));
    for (std::uint64_t sequence = 2; sequence <= 200; ++sequence) {
        ASSERT_TRUE(agent.send(delivery(web1, "a", {found(sequence)})));
    }
    EXPECT_TRUE(agent.acknowledged("a", 200));
    EXPECT_EQ(server.stored(web1, "a"), 200U);
}

TEST(Intake, AcknowledgesTheLastBatchOfAnAgentThatSaysNoMoreComes) {
    const CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.connect(web1));
    ASSERT_TRUE(agent.send(whole(web1, "a")));
    EXPECT_TRUE(agent.finish().ok());
    EXPECT_EQ(server.stored(web1, "a"), 3U);
}

TEST(Intake, TakesManyAgentsAtOnce) {
    const CollectorServer server;
    std::vector<std::thread> agents;
    std::atomic<int> delivered = 0;
    for (int number = 0; number < 8; ++number) {
        agents.emplace_back([&, number] {
            const auto self = node("sidekiq" + std::to_string(number) + ".example.com");
            RawAgent agent(server);
            if (!agent.connect(self)) return;
            for (const auto* id : {"a", "b", "c"}) {
                if (!agent.send(whole(self, id, noon, 50)) || !agent.acknowledged(id, 52)) return;
            }
            if (agent.finish().ok()) ++delivered;
        });
    }
    for (auto& agent : agents) agent.join();
    EXPECT_EQ(delivered, 8);
    EXPECT_EQ(server.fleet().nodes.size(), 8U);
}

TEST(Intake, RefusesAHoleAndStoresNothingOfTheBatch) {
    const CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.connect(web1));
    ASSERT_TRUE(agent.send(delivery(web1, "a", {started(web1, "a"), found(2)})));
    ASSERT_TRUE(agent.acknowledged("a", 2));
    ASSERT_TRUE(agent.send(delivery(web1, "a", {found(4), found(5)})));
    const auto status = agent.ended();
    EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(status.error_message(), "inspection a: records 3 to 3 are missing");
    EXPECT_EQ(server.stored(web1, "a"), 2U);
}

// Sends these after a hello of web1 and gives the collector's answer.
grpc::Status answer_to(const v1::FromAgent& message) {
    const CollectorServer server;
    RawAgent agent(server);
    EXPECT_TRUE(agent.connect(web1));
    agent.send(message);
    return agent.ended();
}

TEST(Intake, RefusesABatchThatContradictsItself) {
    v1::FromAgent message;
    message.mutable_batch()->set_inspection_id("a");
    EXPECT_EQ(answer_to(message).error_message(), "inspection a: a batch without records");
    *message.mutable_batch()->add_records() = started(git1, "a");
    EXPECT_EQ(answer_to(message).error_message(), "inspection a: its first record is of another node");
    message.mutable_batch()->set_inspection_id("a\nlevel=error forged");
    EXPECT_THAT(answer_to(message).error_message(), HasSubstr("visible ASCII"));
    EXPECT_EQ(answer_to(message).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST(Intake, RefusesAMessageThatIsNeitherHelloNorBatch) {
    EXPECT_EQ(answer_to({}).error_code(), StatusCode::INVALID_ARGUMENT);
}

TEST(Intake, RefusesASecondHello) {
    const auto status = answer_to(hello_of(web1));
    EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(status.error_message(), "a second hello");
}

TEST(Intake, RefusesABatchBeforeTheHello) {
    const CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.send(whole(web1, "a")));
    const auto status = agent.ended();
    EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(status.error_message(), "a batch before the hello");
    EXPECT_TRUE(server.fleet().nodes.empty());
}

TEST(Intake, RefusesAHelloThatItCannotUse) {
    const CollectorServer server;
    const auto answer = [&](const v1::FromAgent& hello) {
        RawAgent agent(server);
        agent.send(hello);
        return agent.ended();
    };
    auto newer = hello_of(web1);
    newer.mutable_hello()->set_protocol(2);
    EXPECT_EQ(answer(newer).error_code(), StatusCode::FAILED_PRECONDITION);
    v1::Node nobody = web1;
    nobody.clear_id();
    EXPECT_EQ(answer(hello_of(nobody)).error_code(), StatusCode::INVALID_ARGUMENT);
    v1::Node endless = web1;
    endless.set_name(std::string(254, 'w'));
    EXPECT_EQ(answer(hello_of(endless)).error_code(), StatusCode::INVALID_ARGUMENT);
    v1::Node steering = web1;
    steering.set_name("web1\x1b[2J");
    EXPECT_EQ(answer(hello_of(steering)).error_code(), StatusCode::INVALID_ARGUMENT);
    EXPECT_EQ(answer(hello_of(web1, std::vector<std::string>(10'001, "a"))).error_code(),
              StatusCode::INVALID_ARGUMENT);
    EXPECT_TRUE(server.fleet().nodes.empty());
}

TEST(Intake, RefusesBytesThatAreNoMessage) {
    const CollectorServer server;
    const auto hello = hello_of(web1).SerializeAsString();
    v1::FromAgent batch;
    batch.mutable_batch()->set_inspection_id("a");
    *batch.mutable_batch()->add_records() = started(web1, "a");
    const auto good = batch.SerializeAsString();
    const std::string torn = good.substr(0, good.size() - 5);
    const std::string not_utf8 = std::string("\x0a\x06\x12\x04\x0a\x02\xff\xfe", 8);
    for (const auto& bad : {std::string("\xff\xff\xff\xff"), torn, not_utf8, std::string(100'000, '\x0b')}) {
        const auto status = send_bytes(server, {hello, bad});
        EXPECT_EQ(status.error_code(), StatusCode::INVALID_ARGUMENT) << status.error_message();
    }
    EXPECT_EQ(server.stored(web1, "a"), 0U);
}

TEST(Intake, RefusesAMessageThatIsTooLarge) {
    const CollectorServer server;
    const auto hello = hello_of(web1).SerializeAsString();
    const auto status = send_bytes(server, {hello, std::string(5 * 1024 * 1024, 'x')});
    EXPECT_EQ(status.error_code(), StatusCode::RESOURCE_EXHAUSTED) << status.error_message();
}

TEST(Intake, EndsTheOlderConnectionOfANodeThatConnectsAnew) {
    const CollectorServer server;
    RawAgent older(server);
    ASSERT_TRUE(older.connect(web1));
    RawAgent newer(server);
    ASSERT_TRUE(newer.connect(web1));
    EXPECT_EQ(older.ended().error_code(), StatusCode::ABORTED);
    ASSERT_TRUE(newer.send(whole(web1, "a")));
    EXPECT_TRUE(newer.acknowledged("a", 3));
}

void sql(const std::filesystem::path& file, const char* statement) {
    sqlite3* connection = nullptr;
    ASSERT_EQ(sqlite3_open(file.c_str(), &connection), SQLITE_OK);
    ASSERT_EQ(sqlite3_exec(connection, statement, nullptr, nullptr, nullptr), SQLITE_OK);
    sqlite3_close(connection);
}

TEST(Intake, AnswersUnavailableWhenTheStoreFails) {
    const CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.connect(web1));
    sql(server.store_file(), "ALTER TABLE records RENAME TO records_elsewhere");
    ASSERT_TRUE(agent.send(whole(web1, "a")));
    EXPECT_EQ(agent.ended().error_code(), StatusCode::UNAVAILABLE);
    sql(server.store_file(), "ALTER TABLE records_elsewhere RENAME TO records");
    RawAgent again(server);
    ASSERT_TRUE(again.connect(web1));
    ASSERT_TRUE(again.send(whole(web1, "b")));
    EXPECT_TRUE(again.acknowledged("b", 3));
    EXPECT_EQ(server.stored(web1, "a"), 0U);
}

TEST(Intake, EndsItsStreamsWhenItStopsAndKeepsWhatCame) {
    CollectorServer server;
    RawAgent idle(server);
    RawAgent busy(server);
    RawAgent silent(server);
    ASSERT_TRUE(idle.connect(git1));
    ASSERT_TRUE(busy.connect(web1));
    ASSERT_TRUE(busy.send(whole(web1, "a")));
    ASSERT_TRUE(busy.acknowledged("a", 3));
    server.stop();
    EXPECT_EQ(idle.ended().error_code(), StatusCode::UNAVAILABLE);
    EXPECT_EQ(busy.ended().error_code(), StatusCode::UNAVAILABLE);
    EXPECT_EQ(silent.ended().error_code(), StatusCode::UNAVAILABLE);
    EXPECT_EQ(server.stored(web1, "a"), 3U);
}

TEST(Intake, HoldsBackAnAgentThatDoesNotReadAndStillStopsInTime) {
    CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.connect(web1));
    std::thread writer([&] {
        for (int number = 0; number < 100'000; ++number) {
            const auto id = std::string(100, 'i') + std::to_string(number);
            if (!agent.send(delivery(web1, id, {started(web1, id)}))) return;
        }
    });
    while (server.stored(web1, std::string(100, 'i') + "500") == 0) std::this_thread::yield();
    const auto begin = std::chrono::steady_clock::now();
    server.stop();
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(10));
    writer.join();
    EXPECT_FALSE(agent.ended().ok());
}

TEST(CommitGroup, CommitsTogetherWhatCameTogetherAndSparesTheGoodFromTheBad) {
    const TemporaryFolder folder;
    auto store = Store::open(folder / "store.sqlite", Store::Mode::read_write);
    boost::asio::io_context loop;
    CommitGroup group(loop, *store);
    std::vector<std::string> answers;
    const auto answer = [&](const Result<void>& stored) {
        answers.push_back(stored ? "stored" : stored.error().detail);
    };
    group.add(whole(web1, "a"), answer);
    group.add(delivery(git1, "b", {found(7)}), answer);
    group.add(delivery(web1, "c", {started(web1, "c")}), answer);
    group.add(delivery(web1, "c", {found(2)}), answer);
    EXPECT_TRUE(answers.empty());
    loop.run();
    EXPECT_THAT(answers, ::testing::ElementsAre("stored", "records 1 to 6 are missing", "stored", "stored"));
    EXPECT_EQ(*store->last_sequence(web1.id(), "a"), 3U);
    EXPECT_EQ(*store->last_sequence(web1.id(), "c"), 2U);
}

}  // namespace
}  // namespace preflight::collector
