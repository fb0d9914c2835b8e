// What only the collector can ask for, with both real programs: backups proved, and secrets compared by
// fingerprints of one key.
#include <fmt/format.h>
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <set>

#include "collector/store.h"
#include "tests/integration/deployment.h"
#include "tests/integration/process_watch.h"
#include "tests/probes/gzip_writer.h"
#include "tests/probes/node_tree.h"
#include "tests/probes/tar_writer.h"

namespace preflight {
namespace {

namespace fs = std::filesystem;
using probes::NodeTree;
using probes::TarWriter;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using Proof = v1::BackupProof;

constexpr std::string_view archive_path =
    "/var/opt/gitlab/backups/1786500000_2026_08_12_19.2.1-ee_gitlab_backup.tar";

TarWriter archive() {
    return TarWriter()
        .file("backup_information.yml",
              ":gitlab_version: 19.2.1-ee\n:skipped: repositories,uploads,builds,artifacts,pages,lfs,"
              "terraform_state,packages,ci_secure_files\n")
        .file("db/database.sql.gz", probes::gzip_of(probes::dump_of("CANARY")));
}

// A node that keeps this archive.
void make_node(NodeTree& tree, std::string_view name, std::string_view content) {
    tree.file("/etc/hostname", std::string(name) + "\n")
        .file("/var/opt/gitlab/gitlab-rails/etc/gitlab.yml", "production:\n  backup: {}\n")
        .file(archive_path, content);
    fs::permissions(tree.root(), fs::perms{0755});
}

std::vector<Proof> proofs_in(const v1::Inspection& inspection) {
    std::vector<Proof> proofs;
    for (const auto& finding : inspection.findings()) {
        if (finding.has_backup_proof()) proofs.push_back(finding.backup_proof());
    }
    return proofs;
}

class Proofs : public ::testing::Test, public Deployment {};

TEST_F(Proofs, ReachTheStoreWhenTheCollectorAsksForThem) {
    NodeTree tree;
    make_node(tree, "web1", archive().finish());
    start_collector();
    auto& agent = start_agent(tree.root().string(), "");
    ASSERT_TRUE(collector->wait_for_line("complete")) << collector->output();
    const auto unasked = proofs_in(fleet().nodes.at(0).inspection);
    ASSERT_THAT(unasked, SizeIs(1));
    EXPECT_EQ(unasked[0].rung(), Proof::LISTED);
    const auto asked =
        run_program({collector_program, "inspect", "--prove-backups", "--collector", "127.0.0.1:" + port});
    EXPECT_EQ(asked.status, 0) << asked.output << asked.error;
    EXPECT_THAT(asked.output, HasSubstr("web1: done (0 waiting)"));
    const auto inspection = fleet().nodes.at(0).inspection;
    const auto proofs = proofs_in(inspection);
    ASSERT_THAT(proofs, SizeIs(2));
    // The listing's and the reading's, in whatever order the store gives them.
    const auto& read = proofs[0].bytes_read() > 0 ? proofs[0] : proofs[1];
    EXPECT_GE(read.rung(), Proof::READ);
    EXPECT_GT(read.bytes_read(), 0U);
    const auto with_receipt = std::ranges::find_if(inspection.findings(), &v1::Finding::has_receipt);
    ASSERT_NE(with_receipt, inspection.findings().end());
    const auto& receipt = with_receipt->receipt();
    EXPECT_GT(receipt.bytes_read(), 0U);
    EXPECT_GT(receipt.cpu_milliseconds(), 0U);
    EXPECT_FALSE(receipt.incomplete());
    agent.signal(SIGTERM);
    EXPECT_EQ(agent.wait(), 0);
    EXPECT_THAT(agent.output(), HasSubstr("an inspection that proves backups"));
}

TEST_F(Proofs, OfALargeArchiveEndAtTheirLimitWithWhatIsProved) {
    constexpr std::uint64_t hole_bytes = 500ULL << 30U;  // which takes its time also without a disk
    NodeTree tree;
    const auto head = archive().header_only("other", TarWriter::base256(hole_bytes)).without_end();
    make_node(tree, "web1", head);
    fs::resize_file(tree.root() / archive_path.substr(1), head.size() + hole_bytes + 1024);
    const auto begin = std::chrono::steady_clock::now();
    const auto ended = run_program({agent_program, "inspect", "--root", tree.root().string(), "--format",
                                    "json", "--prove-backups", "--proof-limit", "4"});
    EXPECT_LT(std::chrono::steady_clock::now() - begin, std::chrono::seconds(30));
    v1::Inspection inspection;
    ASSERT_EQ(ended.status, 0) << ended.error;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(ended.output, &inspection).ok());
    for (const auto& run : inspection.probes())
        EXPECT_EQ(run.outcome(), v1::ProbeRun::FINISHED) << run.probe();
    const auto proofs = proofs_in(inspection);
    ASSERT_FALSE(proofs.empty());
    EXPECT_EQ(proofs.back().rung(), Proof::LISTED);
    EXPECT_GT(proofs.back().bytes_read(), 0U);
    EXPECT_THAT(proofs.back().notes(), Contains(HasSubstr("stopped after ")));
    ASSERT_THAT(proofs.back().members(), SizeIs(1));
    EXPECT_EQ(proofs.back().members(0).outcome(), Proof::Member::OK);
    EXPECT_THAT(ended.error, HasSubstr("MB read, LISTED")) << "who waits sees how far it is";
}

// Each fingerprint that hangs on the key, as "KEY=FINGERPRINT", and the names of their keys.
struct Fingerprints {
    std::set<std::string> all;
    std::set<std::string> keyed_by;
};

Fingerprints fingerprints_of(const readiness::Fleet& fleet, std::string_view name) {
    Fingerprints found;
    for (const auto& node : fleet.nodes) {
        if (node.inspection.node().name() != name) continue;
        for (const auto& finding : node.inspection.findings()) {
            const auto& one = finding.secret_fingerprint();
            if (one.fingerprint().empty()) continue;
            found.all.insert(one.key() + "=" + one.fingerprint());
            found.keyed_by.insert(one.keyed_by());
        }
    }
    return found;
}

// What watches saw of our processes, as one text to search.
struct SeenOutside {
    std::string text;

    void take(ProcessWatch& watch) {
        watch.stop();
        for (const auto& line : watch.command_lines()) text += line + "\n";
        for (const auto& environment : watch.environments()) text += environment + "\n";
    }
    bool has(std::string_view part) const { return text.find(part) != std::string::npos; }
};

TEST_F(Proofs, TellWhichNodesHoldTheSameSecretsWithoutTellingAKey) {
    const std::vector<std::pair<std::string, std::string>> secrets{
        {"web1", R"({"gitlab_rails": {"db_key_base": "CANARY1", "otp_key_base": "CANARY2"}})"},
        {"web2", "{\"gitlab_rails\":\n{\"otp_key_base\":\"CANARY2\",\"db_key_base\":\"CANARY1\"}}\n"},
        {"web3", R"({"gitlab_rails": {"db_key_base": "CANARY1", "otp_key_base": "CANARY3"}})"}};
    std::vector<std::unique_ptr<NodeTree>> trees;
    SeenOutside seen;
    ProcessWatch watch;
    start_collector();
    for (const auto& [name, content] : secrets) {
        auto& tree = *trees.emplace_back(std::make_unique<NodeTree>());
        tree.file("/etc/hostname", name + "\n").file("/etc/gitlab/gitlab-secrets.json", content);
        start_agent(tree.root().string(), "");
        ASSERT_TRUE(collector->wait_for_line("complete")) << collector->output();
    }
    const auto web1 = fingerprints_of(fleet(), "web1");
    EXPECT_THAT(web1.all, SizeIs(2));
    EXPECT_EQ(fingerprints_of(fleet(), "web2").all, web1.all);
    const auto web3 = fingerprints_of(fleet(), "web3").all;
    EXPECT_NE(web3, web1.all);
    EXPECT_THAT(web3, Contains(*web1.all.begin())) << "db_key_base is the same on all";
    EXPECT_THAT(web1.keyed_by, SizeIs(1));
    EXPECT_EQ(fingerprints_of(fleet(), "web3").keyed_by, web1.keyed_by);

    using preflight::collector::Store;
    const auto key = Store::open(store(), Store::Mode::read_write)->fingerprint_key();
    ASSERT_TRUE(key);
    std::string in_hex;
    for (const auto byte : key->reveal()) in_hex += fmt::format("{:02x}", static_cast<unsigned char>(byte));
    seen.take(watch);
    // A probe of a few milliseconds may live between two looks: the collector asks until one was seen.
    for (int round = 0; round < 50 && !seen.has(" probe secrets"); ++round) {
        ProcessWatch again;
        run_program({collector_program, "inspect", "--collector", "127.0.0.1:" + port});
        seen.take(again);
    }
    EXPECT_TRUE(seen.has(" probe secrets"));
    auto outside = seen.text;
    // Read when nobody writes any more.
    collector->signal(SIGKILL);
    collector->wait();
    for (const auto& agent : agents) agent->signal(SIGTERM);
    for (const auto& agent : agents) EXPECT_EQ(agent->wait(), 0) << agent->output();
    for (const auto& agent : agents) outside += agent->output();
    outside += collector->output();
    for (const auto& entry : fs::recursive_directory_iterator(folder)) {
        const bool of_store = entry.path().filename().string().starts_with("store.sqlite");
        if (entry.is_regular_file() && !of_store) outside += content_of(entry.path());
        EXPECT_THAT(content_of(entry.path()), Not(HasSubstr("CANARY"))) << entry.path();
    }
    EXPECT_EQ(outside.find(key->reveal()), std::string::npos);
    EXPECT_EQ(outside.find(in_hex), std::string::npos);
    EXPECT_EQ(outside.find("CANARY"), std::string::npos);
}

}  // namespace
}  // namespace preflight
