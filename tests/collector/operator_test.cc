#include "collector/operator.h"

#include <gtest/gtest.h>

#include <map>
#include <thread>

#include "tests/collector/collector_server.h"

namespace preflight::collector {
namespace {

using v1::InspectProgress;

const v1::Node web1 = node("web1.example.com");
const v1::Node git1 = node("git1.example.com");

// One call of Operator.Inspect.
class RawOperator {
  public:
    explicit RawOperator(const CollectorServer& server, const std::vector<std::string>& nodes = {},
                         std::chrono::milliseconds limit = std::chrono::seconds(20),
                         bool prove_backups = false)
        : stub_(v1::Operator::NewStub(server.channel())) {
        context_.set_deadline(std::chrono::system_clock::now() + limit);
        v1::InspectRequest request;
        for (const auto& name : nodes) request.add_nodes(name);
        request.set_prove_backups(prove_backups);
        stream_ = stub_->Inspect(&context_, request);
    }

    // "web1.example.com 1 2": node, state, how many are waiting.
    std::string next() {
        InspectProgress progress;
        if (!stream_->Read(&progress)) return "end";
        return progress.node().name() + " " + InspectProgress::State_Name(progress.state()) + " " +
               std::to_string(progress.waiting());
    }
    grpc::StatusCode finish() { return stream_->Finish().error_code(); }

  private:
    std::unique_ptr<v1::Operator::Stub> stub_;
    grpc::ClientContext context_;
    std::unique_ptr<grpc::ClientReader<InspectProgress>> stream_;
};

TEST(Operator, FollowsAnInspectionFromAskingToItsEnd) {
    const CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.connect(web1));
    RawOperator call(server);
    EXPECT_EQ(call.next(), "web1.example.com ASKED 1");
    const auto asked = agent.read();
    ASSERT_TRUE(asked && asked->has_inspect_now());
    EXPECT_FALSE(asked->inspect_now().request_id().empty());
    ASSERT_TRUE(agent.send(delivery(web1, "a", {started(web1, "a"), found(2)})));
    EXPECT_EQ(call.next(), "web1.example.com RECEIVING 1");
    ASSERT_TRUE(agent.send(delivery(web1, "a", {finished(3)})));
    EXPECT_EQ(call.next(), "web1.example.com DONE 0");
    EXPECT_EQ(call.next(), "end");
    EXPECT_EQ(call.finish(), grpc::StatusCode::OK);
}

TEST(Operator, DoesNotTakeAnEarlierInspectionForTheAnswer) {
    const CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.connect(web1, {"pending"}));
    ASSERT_TRUE(agent.send(delivery(web1, "running", {started(web1, "running")})));
    ASSERT_TRUE(agent.acknowledged("running", 1));
    RawOperator call(server);
    EXPECT_EQ(call.next(), "web1.example.com ASKED 1");
    ASSERT_TRUE(agent.send(delivery(web1, "running", {finished(2)})));
    ASSERT_TRUE(agent.send(whole(web1, "pending")));
    ASSERT_TRUE(agent.send(whole(web1, "new")));
    EXPECT_EQ(call.next(), "web1.example.com RECEIVING 1");
    EXPECT_EQ(call.next(), "web1.example.com DONE 0");
    EXPECT_EQ(server.stored(web1, "new"), 3U);
}

TEST(Operator, SaysWhichNamedNodesAreNotConnected) {
    const CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.connect(web1));
    RawOperator call(server, {"db1.example.com", web1.id(), web1.name()});
    EXPECT_EQ(call.next(), "db1.example.com NOT_CONNECTED 0");
    EXPECT_EQ(call.next(), "web1.example.com ASKED 1");
    ASSERT_TRUE(agent.send(whole(web1, "a")));
    EXPECT_EQ(call.next(), "web1.example.com RECEIVING 1");
    EXPECT_EQ(call.next(), "web1.example.com DONE 0");
    EXPECT_EQ(call.next(), "end");
}

TEST(Operator, SaysThatAnAgentWasLost) {
    const CollectorServer server;
    RawAgent lost(server);
    RawAgent kept(server);
    ASSERT_TRUE(lost.connect(git1));
    ASSERT_TRUE(kept.connect(web1));
    RawOperator call(server);
    EXPECT_EQ(call.next(), "git1.example.com ASKED 1");
    EXPECT_EQ(call.next(), "web1.example.com ASKED 2");
    lost.cancel();
    EXPECT_EQ(call.next(), "git1.example.com LOST 1");
    ASSERT_TRUE(kept.send(whole(web1, "a")));
    EXPECT_EQ(call.next(), "web1.example.com RECEIVING 1");
    EXPECT_EQ(call.next(), "web1.example.com DONE 0");
    EXPECT_EQ(call.finish(), grpc::StatusCode::OK);
}

TEST(Operator, AsksForProofsOnlyWhereTheCallerDoes) {
    const CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.connect(web1));
    for (const bool proofs : {true, false}) {
        RawOperator call(server, {}, std::chrono::seconds(20), proofs);
        EXPECT_EQ(call.next(), "web1.example.com ASKED 1");
        const auto asked = agent.read();
        ASSERT_TRUE(asked && asked->has_inspect_now());
        EXPECT_EQ(asked->inspect_now().prove_backups(), proofs);
    }
}

// Its stream ends every hour, in the middle of a long proof as well.
TEST(Operator, WaitsForAnAgentThatComesBackToGoOn) {
    const CollectorServer server;
    auto agent = std::make_unique<RawAgent>(server);
    ASSERT_TRUE(agent->connect(web1));
    RawOperator call(server);
    EXPECT_EQ(call.next(), "web1.example.com ASKED 1");
    ASSERT_TRUE(agent->send(delivery(web1, "a", {started(web1, "a"), found(2)})));
    EXPECT_EQ(call.next(), "web1.example.com RECEIVING 1");
    ASSERT_TRUE(agent->finish().ok());
    agent = std::make_unique<RawAgent>(server);
    ASSERT_TRUE(agent->connect(web1, {"a"}));
    ASSERT_TRUE(agent->send(delivery(web1, "a", {finished(3)})));
    EXPECT_EQ(call.next(), "web1.example.com DONE 0");
    EXPECT_EQ(call.finish(), grpc::StatusCode::OK);
}

TEST(Operator, GivesUpAnAgentThatDoesNotComeBack) {
    const CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.connect(web1));
    RawOperator call(server, {}, std::chrono::seconds(40));
    EXPECT_EQ(call.next(), "web1.example.com ASKED 1");
    ASSERT_TRUE(agent.send(delivery(web1, "a", {started(web1, "a")})));
    EXPECT_EQ(call.next(), "web1.example.com RECEIVING 1");
    agent.cancel();
    EXPECT_EQ(call.next(), "web1.example.com LOST 0");
    EXPECT_EQ(call.finish(), grpc::StatusCode::OK);
}

TEST(Operator, EndsAtOnceWhenNobodyIsConnected) {
    const CollectorServer server;
    RawOperator call(server);
    EXPECT_EQ(call.next(), "end");
    EXPECT_EQ(call.finish(), grpc::StatusCode::OK);
}

TEST(Operator, EndsAtTheCallersDeadline) {
    const CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.connect(web1));
    RawOperator call(server, {}, std::chrono::milliseconds(300));
    EXPECT_EQ(call.next(), "web1.example.com ASKED 1");
    EXPECT_EQ(call.next(), "end");
    EXPECT_EQ(call.finish(), grpc::StatusCode::DEADLINE_EXCEEDED);
}

TEST(Operator, EndsWhenTheCollectorStops) {
    CollectorServer server;
    RawAgent agent(server);
    ASSERT_TRUE(agent.connect(web1));
    RawOperator call(server);
    EXPECT_EQ(call.next(), "web1.example.com ASKED 1");
    server.stop();
    while (call.next() != "end") {
    }
    EXPECT_EQ(call.finish(), grpc::StatusCode::UNAVAILABLE);
}

}  // namespace
}  // namespace preflight::collector
