// From a node tree to the store and to the report, with both real programs.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <sstream>

#include "tests/integration/deployment.h"

namespace preflight {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

class Delivery : public ::testing::Test, public Deployment {};

// Whether nothing of the spools, the store and the programs' outputs holds a secret.
void expect_no_canary(const Deployment& all) {
    for (const auto& entry : fs::recursive_directory_iterator(all.folder)) {
        std::ostringstream text;
        if (entry.is_regular_file()) text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
        EXPECT_THAT(text.str(), Not(HasSubstr("CANARY"))) << entry.path();
    }
    for (const auto& program : all.agents) EXPECT_THAT(program->output(), Not(HasSubstr("CANARY")));
    EXPECT_THAT(all.collector->output(), Not(HasSubstr("CANARY")));
}

TEST_F(Delivery, BringsAWholeFleetIntoTheStore) {
    start_collector();
    for (const auto& node : sample_fleet) start_agent(node);
    for (const auto& program : agents) EXPECT_EQ(program->wait(), 0) << program->output();
    const auto delivered = fleet();
    ASSERT_THAT(delivered.nodes, SizeIs(sample_fleet.size()));
    for (const auto& node : delivered.nodes) {
        const auto expected = inspect(folder_of(node.inspection.node()));
        expect_same_findings(node.inspection, expected);
        EXPECT_EQ(node.inspection.node().id(), expected.node().id());
        EXPECT_TRUE(node.inspection.has_finished_at());
    }
    expect_no_canary(*this);
}

TEST_F(Delivery, NamesNodeAndInspectionInBothLogs) {
    start_collector();
    auto& agent = start_agent("gitaly-1");
    EXPECT_EQ(agent.wait(), 0) << agent.output();
    const auto complete = collector->wait_for_line("complete");
    ASSERT_TRUE(complete) << collector->output();
    const auto delivered = fleet();
    ASSERT_THAT(delivered.nodes, SizeIs(1));
    const auto& inspection = delivered.nodes[0].inspection;
    const auto fields = "node=" + inspection.node().name() + " inspection=" + inspection.id() + " ";
    EXPECT_THAT(*complete, HasSubstr(fields + "complete"));
    EXPECT_THAT(agent.output(), HasSubstr(fields + "inspected"));
}

TEST_F(Delivery, FollowsTheCollectorsRequestForANewInspection) {
    start_collector();
    auto& running = start_agent("gitaly-1", "");
    ASSERT_TRUE(collector->wait_for_line("complete"));
    const auto first = fleet().nodes.at(0).inspection.id();
    const auto asked =
        run_program({collector_program, "inspect", "--collector", "127.0.0.1:" + port, "--timeout", "60"});
    EXPECT_EQ(asked.status, 0) << asked.output << asked.error;
    EXPECT_THAT(asked.output, HasSubstr("gitaly-1"));
    EXPECT_NE(fleet().nodes.at(0).inspection.id(), first);
    running.signal(SIGTERM);
    EXPECT_EQ(running.wait(), 0);
}

TEST_F(Delivery, EndsOnSigtermWithNothingLost) {
    start_collector();
    auto& running = start_agent("gitaly-1", "");
    ASSERT_TRUE(running.wait_for_line("connected to collector"));
    running.signal(SIGTERM);
    EXPECT_EQ(running.wait(), 0) << running.output();
    collector->signal(SIGTERM);
    EXPECT_EQ(collector->wait(), 0) << collector->output();
    // Whatever was under way is in the store or still in the spool: the next run delivers it.
    start_collector();
    auto& again = start_agent("gitaly-1");
    EXPECT_EQ(again.wait(), 0) << again.output();
    EXPECT_THAT(fleet().nodes, SizeIs(1));
    for (const auto& entry : fs::directory_iterator(spool("gitaly-1")))
        EXPECT_NE(entry.path().extension(), ".spool");
}

TEST_F(Delivery, ReportsOnWhatWasDelivered) {
    start_collector();
    for (const auto& node : sample_fleet) start_agent(node);
    for (const auto& program : agents) ASSERT_EQ(program->wait(), 0) << program->output();
    const auto text = run_program(
        {collector_program, "report", "--store", store().string(), "--target", "19.3.0", "--full"});
    EXPECT_EQ(text.status, 2) << text.error;
    for (const auto* expected :
         {"NOT READY", "gitaly-3", "sidekiq-1", "gitaly-9.git.meridian.example", "19.2.4"}) {
        EXPECT_THAT(text.output, HasSubstr(expected));
    }
    EXPECT_THAT(text.output, Not(HasSubstr("\x1b"))) << "colour on what is no terminal";
    for (const auto* format : {"text", "json", "html"}) {
        const auto report = run_program({collector_program, "report", "--store", store().string(), "--target",
                                         "19.3.0", "--format", format});
        EXPECT_EQ(report.status, 2);
        EXPECT_THAT(report.output, Not(HasSubstr("CANARY"))) << format;
    }
}

TEST_F(Delivery, SaysThatANodeWasNotDeliveredInTime) {
    port = "1";  // nobody listens there
    auto argv = agent_for("gitaly-1", "--once");
    argv.insert(argv.end(), {"--once-limit", "1"});
    const auto ended = run_program(argv);
    EXPECT_EQ(ended.status, 75) << ended.error;
    EXPECT_THAT(ended.error, HasSubstr("stays in the spool"));
}

}  // namespace
}  // namespace preflight
