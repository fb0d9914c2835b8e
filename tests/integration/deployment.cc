#include "tests/integration/deployment.h"

#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <iterator>
#include <set>

#include "collector/sqlite.h"
#include "collector/store.h"

namespace preflight {

namespace fs = std::filesystem;

fs::path folder_of(const v1::Node& node) {
    return sample_nodes / node.name().substr(0, node.name().find('.'));
}

v1::Inspection inspect(const fs::path& root) {
    const auto ended = run_program({agent_program, "inspect", "--root", root.string(), "--format", "json"});
    v1::Inspection inspection;
    EXPECT_EQ(ended.status, 0) << ended.error;
    EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(ended.output, &inspection).ok());
    return inspection;
}

namespace {

std::set<std::string> finished_probes(const v1::Inspection& inspection) {
    std::set<std::string> names;
    for (const auto& run : inspection.probes()) {
        if (run.outcome() == v1::ProbeRun::FINISHED) names.insert(run.probe());
    }
    return names;
}

std::vector<std::string> findings_of(const v1::Inspection& inspection, const std::set<std::string>& probes) {
    std::vector<std::string> texts;
    for (auto finding : inspection.findings()) {
        if (!probes.contains(finding.probe())) continue;
        if (finding.has_receipt() || !finding.secret_fingerprint().keyed_by().empty()) continue;
        finding.clear_taken_at();
        texts.push_back(finding.ShortDebugString());
    }
    std::ranges::sort(texts);
    return texts;
}

}  // namespace

void expect_same_findings(const v1::Inspection& delivered, const v1::Inspection& expected) {
    // A machine that is busy ends a probe at its limit: what such a one had found until then is by chance.
    const auto here = finished_probes(delivered);
    std::set<std::string> both;
    std::ranges::set_intersection(here, finished_probes(expected), std::inserter(both, both.end()));
    EXPECT_GE(both.size(), static_cast<std::size_t>(expected.probes_size() / 2));
    EXPECT_EQ(findings_of(delivered, both), findings_of(expected, both)) << delivered.node().name();
}

void expect_whole(const std::vector<v1::Record>& records) {
    for (std::size_t i = 0; i < records.size(); ++i) EXPECT_EQ(records[i].sequence(), i + 1);
    ASSERT_FALSE(records.empty());
    EXPECT_TRUE(records.front().has_started());
    EXPECT_TRUE(records.back().has_finished());
}

void Deployment::start_collector() {
    collector = std::make_unique<Program>(std::vector<std::string>{
        collector_program, "serve", "--listen", "127.0.0.1:" + port, "--store", store().string()});
    const auto line = collector->wait_for_line("listening on 127.0.0.1:");
    ASSERT_TRUE(line) << collector->output();
    const auto colon = line->rfind(':');
    port = line->substr(colon + 1, line->find_first_not_of("0123456789", colon + 1) - colon - 1);
}

std::vector<std::string> Deployment::agent_for(const std::string& node, const std::string& more) const {
    std::vector<std::string> argv{agent_program, "run", "--root", (sample_nodes / node).string(),
                                  "--account",   ""};
    argv.insert(argv.end(), {"--collector", "127.0.0.1:" + port, "--spool", spool(node).string()});
    if (!more.empty()) argv.push_back(more);
    return argv;
}

Program& Deployment::start_agent(const std::string& node, const std::string& more) {
    agents.push_back(std::make_unique<Program>(agent_for(node, more)));
    return *agents.back();
}

fs::path Deployment::spool(const std::string& node) const {
    return folder / ("spool-" + fs::path(node).filename().string());
}

readiness::Fleet Deployment::fleet() const {
    return preflight::collector::Store::open(store(), preflight::collector::Store::Mode::read_only)
        .value()
        .fleet()
        .value();
}

std::map<std::string, std::vector<v1::Record>> Deployment::stored() const {
    using preflight::collector::sqlite::Database;
    const auto database = Database::open(store(), Database::Mode::read_only).value();
    const auto select =
        database.prepare("SELECT inspection_id, body FROM records ORDER BY inspection_id, sequence").value();
    preflight::collector::sqlite::Cursor cursor(database, select);
    std::map<std::string, std::vector<v1::Record>> records;
    while (cursor.step().value()) {
        const auto body = cursor.blob(1);
        v1::Record record;
        EXPECT_TRUE(record.ParseFromArray(body.data(), static_cast<int>(body.size())));
        records[cursor.text(0)].push_back(std::move(record));
    }
    return records;
}

bool Deployment::wait_for_records(const std::map<std::string, std::vector<v1::Record>>& known,
                                  std::size_t count) const {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (std::chrono::steady_clock::now() < deadline) {
        for (const auto& [id, records] : stored()) {
            if (!known.contains(id) && records.size() >= count) return true;
        }
    }
    return false;
}

}  // namespace preflight
