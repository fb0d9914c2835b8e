// What is delivered over kills of either side, in the middle of a stream too: nothing is lost, nothing
// doubled.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <fstream>
#include <limits>

#include "agent/spool.h"
#include "collector/store.h"
#include "tests/integration/deployment.h"

namespace preflight {
namespace {

namespace fs = std::filesystem;
using ::testing::SizeIs;

class Kills : public ::testing::Test, public Deployment {};

TEST_F(Kills, LosesAndDoublesNothingWhenTheCollectorIsKilledAgainAndAgain) {
    start_collector();
    // Each time in another state, with agents that came before and new ones.
    auto next = sample_fleet.begin();
    for (const auto* moment : {"connected", "complete", "connected"}) {
        for (int i = 0; i < 3; ++i) start_agent(*next++);
        ASSERT_TRUE(collector->wait_for_line(moment)) << collector->output();
        collector->signal(SIGKILL);
        collector->wait();
        start_collector();
    }
    for (const auto& program : agents) EXPECT_EQ(program->wait(), 0) << program->output();
    const auto delivered = fleet();
    ASSERT_THAT(delivered.nodes, SizeIs(sample_fleet.size()));
    for (const auto& node : delivered.nodes) {
        const auto expected = inspect(folder_of(node.inspection.node()));
        expect_same_findings(node.inspection, expected);
    }
    for (const auto& [id, records] : stored()) expect_whole(records);
}

TEST_F(Kills, KeepsWhatAKilledAgentHadFoundAndSaysThatItWasKilled) {
    port = "1";  // nobody listens there
    auto& killed = start_agent("rails-1", "");
    ASSERT_TRUE(killed.wait_for_line("inspected"));
    killed.signal(SIGKILL);
    EXPECT_EQ(killed.wait(), -1);
    // As a kill in the middle of an inspection leaves it.
    const auto file = [&] {
        for (const auto& entry : fs::directory_iterator(spool("rails-1"))) {
            if (entry.path().extension() == ".spool") return entry.path();
        }
        return fs::path();
    }();
    ASSERT_FALSE(file.empty());
    fs::resize_file(file, fs::file_size(file) - 1);

    port = "0";
    start_collector();
    auto& restarted = start_agent("rails-1");
    EXPECT_EQ(restarted.wait(), 0) << restarted.output();
    auto opened = preflight::collector::Store::open(store(), preflight::collector::Store::Mode::read_only);
    const auto torn = file.stem().string();
    const auto id = inspect(sample_nodes / "rails-1").node().id();
    EXPECT_GT(opened->last_sequence(id, torn).value(), 10U);
    EXPECT_NE(fleet().nodes.at(0).inspection.id(), torn) << "the newer, whole inspection counts";
}

// A node that has much to tell, so that a kill meets it in the middle.
TEST_F(Kills, LosesAndDoublesNothingWhenTheAgentIsKilledAgainAndAgain) {
    const auto tree = folder / "busy-1";
    fs::copy(sample_nodes / "rails-1", tree, fs::copy_options::recursive | fs::copy_options::copy_symlinks);
    for (int i = 1000; i < 2000; ++i) {
        std::ofstream(tree / "var/opt/gitlab/backups" /
                      fmt::format("170000{}_2023_11_14_19.2.4-ee_gitlab_backup.tar", i));
    }
    start_collector();
    // What each kill left on the node: an inspection that was not yet ended has a gap now that says so. A
    // kill that comes between two inspections leaves nothing.
    std::map<std::string, std::vector<std::string>> left;
    for (const std::size_t records : {1, 50, 300, 900, 1}) {
        const auto before = stored();
        auto& killed = start_agent(tree.string(), "");
        ASSERT_TRUE(wait_for_records(before, records)) << killed.output();
        killed.signal(SIGKILL);
        EXPECT_EQ(killed.wait(), -1);
        const auto spool = agent::Spool::open(this->spool(tree.string()), {}).value();
        for (const auto& id : spool.pending()) {
            auto& texts = left[id];
            texts.clear();
            for (const auto& record : spool.read(id, 0, std::numeric_limits<std::size_t>::max()).value())
                texts.push_back(record.SerializeAsString());
        }
    }
    EXPECT_FALSE(left.empty());
    auto& last = start_agent(tree.string());
    EXPECT_EQ(last.wait(), 0) << last.output();
    const auto delivered = stored();
    EXPECT_THAT(delivered, SizeIs(6));
    for (const auto& [id, records] : delivered) expect_whole(records);
    for (const auto& [id, records] : left) {
        ASSERT_TRUE(delivered.contains(id));
        std::vector<std::string> texts;
        for (const auto& record : delivered.at(id)) texts.push_back(record.SerializeAsString());
        EXPECT_EQ(texts, records) << id;
    }
    expect_same_findings(fleet().nodes.at(0).inspection, inspect(tree));
}

}  // namespace
}  // namespace preflight
