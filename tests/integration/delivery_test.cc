// From a node tree to the store, with both real programs, over kills of either side.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>

#include "collector/store.h"
#include "tests/integration/program.h"

namespace preflight {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

const std::string agent = PREFLIGHT_AGENT;
const std::string collector = PREFLIGHT_COLLECTOR;
const fs::path nodes = fs::path(PREFLIGHT_SOURCE_DIR) / "tests/nodes";

v1::Inspection inspect(const fs::path& root) {
    const auto ended = run_program({agent, "inspect", "--root", root.string(), "--format", "json"});
    v1::Inspection inspection;
    EXPECT_EQ(ended.status, 0) << ended.error;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(ended.output, &inspection).ok());
    return inspection;
}

// A sample node's folder has its short name; some hosts call themselves by the long one.
fs::path folder_of(const v1::Node& node) { return nodes / node.name().substr(0, node.name().find('.')); }

class Delivery : public ::testing::Test {
  protected:
    Delivery() {
        auto name = (fs::temp_directory_path() / "delivery-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~Delivery() override {
        agents_.clear();
        collector_.reset();
        fs::remove_all(folder_);
    }

    // On a port of its own choice, the same one after a restart.
    void start_collector() {
        collector_ = std::make_unique<Program>(std::vector<std::string>{
            collector, "serve", "--listen", "127.0.0.1:" + port_, "--store", store().string()});
        const auto line = collector_->wait_for_line("listening on 127.0.0.1:");
        ASSERT_TRUE(line) << collector_->output();
        const auto colon = line->rfind(':');
        port_ = line->substr(colon + 1, line->find_first_not_of("0123456789", colon + 1) - colon - 1);
    }

    std::vector<std::string> agent_for(const std::string& node, const std::string& more) const {
        std::vector<std::string> argv{agent, "run", "--root", (nodes / node).string(), "--account", ""};
        argv.insert(argv.end(), {"--collector", "127.0.0.1:" + port_, "--spool", spool(node).string()});
        if (!more.empty()) argv.push_back(more);
        return argv;
    }

    Program& start_agent(const std::string& node, const std::string& more = "--once") {
        agents_.push_back(std::make_unique<Program>(agent_for(node, more)));
        return *agents_.back();
    }

    fs::path store() const { return folder_ / "store.sqlite"; }
    fs::path spool(const std::string& node) const { return folder_ / ("spool-" + node); }

    readiness::Fleet fleet() const {
        return collector::Store::open(store(), collector::Store::Mode::read_only).value().fleet().value();
    }

    // Whether nothing of the spools, the store and the programs' outputs holds a secret.
    void expect_no_canary() const {
        for (const auto& entry : fs::recursive_directory_iterator(folder_)) {
            std::ostringstream text;
            if (entry.is_regular_file()) text << std::ifstream(entry.path(), std::ios::binary).rdbuf();
            EXPECT_THAT(text.str(), Not(HasSubstr("CANARY"))) << entry.path();
        }
        for (const auto& program : agents_) EXPECT_THAT(program->output(), Not(HasSubstr("CANARY")));
        EXPECT_THAT(collector_->output(), Not(HasSubstr("CANARY")));
    }

    fs::path folder_;
    std::string port_ = "0";
    std::unique_ptr<Program> collector_;
    std::vector<std::unique_ptr<Program>> agents_;
};

const std::vector<std::string> sample_fleet{"rails-1",  "rails-2",  "sidekiq-1", "praefect-1", "gitaly-1",
                                            "gitaly-2", "gitaly-3", "pg-1",      "redis-1"};

TEST_F(Delivery, BringsAWholeFleetIntoTheStore) {
    start_collector();
    for (const auto& node : sample_fleet) start_agent(node);
    for (const auto& program : agents_) EXPECT_EQ(program->wait(), 0) << program->output();
    const auto delivered = fleet();
    ASSERT_THAT(delivered.nodes, SizeIs(sample_fleet.size()));
    for (const auto& node : delivered.nodes) {
        const auto expected = inspect(folder_of(node.inspection.node()));
        EXPECT_EQ(node.inspection.findings_size(), expected.findings_size()) << node.inspection.node().name();
        EXPECT_EQ(node.inspection.node().id(), expected.node().id());
        EXPECT_TRUE(node.inspection.has_finished_at());
    }
    expect_no_canary();
}

TEST_F(Delivery, LosesAndDoublesNothingWhenTheCollectorIsKilledAgainAndAgain) {
    start_collector();
    // Each time in another state, with agents that came before and new ones.
    auto next = sample_fleet.begin();
    for (const auto* moment : {"connected", "complete", "connected"}) {
        for (int i = 0; i < 3; ++i) start_agent(*next++);
        ASSERT_TRUE(collector_->wait_for_line(moment)) << collector_->output();
        collector_->signal(SIGKILL);
        collector_->wait();
        start_collector();
    }
    for (const auto& program : agents_) EXPECT_EQ(program->wait(), 0) << program->output();
    const auto delivered = fleet();
    ASSERT_THAT(delivered.nodes, SizeIs(sample_fleet.size()));
    for (const auto& node : delivered.nodes) {
        const auto expected = inspect(folder_of(node.inspection.node()));
        EXPECT_EQ(node.inspection.findings_size(), expected.findings_size()) << node.inspection.node().name();
    }
}

TEST_F(Delivery, KeepsWhatAKilledAgentHadFoundAndSaysThatItWasKilled) {
    port_ = "1";  // nobody listens there
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

    port_ = "0";
    start_collector();
    auto& restarted = start_agent("rails-1");
    EXPECT_EQ(restarted.wait(), 0) << restarted.output();
    auto opened = collector::Store::open(store(), collector::Store::Mode::read_only);
    const auto torn = file.stem().string();
    const auto id = inspect(nodes / "rails-1").node().id();
    EXPECT_GT(opened->last_sequence(id, torn).value(), 10U);
    EXPECT_NE(fleet().nodes.at(0).inspection.id(), torn) << "the newer, whole inspection counts";
}

TEST_F(Delivery, FollowsTheCollectorsRequestForANewInspection) {
    start_collector();
    auto& running = start_agent("gitaly-1", "");
    ASSERT_TRUE(collector_->wait_for_line("complete"));
    const auto first = fleet().nodes.at(0).inspection.id();
    const auto asked =
        run_program({collector, "inspect", "--collector", "127.0.0.1:" + port_, "--timeout", "60"});
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
    collector_->signal(SIGTERM);
    EXPECT_EQ(collector_->wait(), 0) << collector_->output();
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
    for (const auto& program : agents_) ASSERT_EQ(program->wait(), 0) << program->output();
    const auto text = run_program({collector, "report", "--store", store().string(), "--target", "19.3.0"});
    EXPECT_EQ(text.status, 2) << text.error;
    for (const auto* expected :
         {"NOT READY", "gitaly-3", "sidekiq-1", "gitaly-9.git.meridian.example", "19.2.4"}) {
        EXPECT_THAT(text.output, HasSubstr(expected));
    }
    EXPECT_THAT(text.output, Not(HasSubstr("\x1b"))) << "colour on what is no terminal";
    for (const auto* format : {"text", "json", "html"}) {
        const auto report = run_program(
            {collector, "report", "--store", store().string(), "--target", "19.3.0", "--format", format});
        EXPECT_EQ(report.status, 2);
        EXPECT_THAT(report.output, Not(HasSubstr("CANARY"))) << format;
    }
}

TEST_F(Delivery, SaysThatANodeWasNotDeliveredInTime) {
    port_ = "1";  // nobody listens there
    auto argv = agent_for("gitaly-1", "--once");
    argv.insert(argv.end(), {"--once-limit", "1"});
    const auto ended = run_program(argv);
    EXPECT_EQ(ended.status, 75) << ended.error;
    EXPECT_THAT(ended.error, HasSubstr("stays in the spool"));
}

}  // namespace
}  // namespace preflight
