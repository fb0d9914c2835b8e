#include "agent/inspection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio.hpp>

#include "agent/identity.h"
#include "agent/text.h"
#include "tests/agent/misbehaving_probes.h"
#include "tests/probes/node_tree.h"

namespace preflight::agent {
namespace {

using probes::NodeTree;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

std::vector<v1::Record> inspect(std::string_view probe, std::vector<v1::Finding> first = {}) {
    const NodeTree tree;
    std::vector<probes::Probe> probes{*std::ranges::find(misbehaving_probes(), probe, &probes::Probe::name)};
    RunnerOptions options;
    options.program = PREFLIGHT_MISBEHAVING_AGENT;
    options.root = tree.root();
    std::vector<v1::Record> records;
    boost::asio::io_context loop(1);
    v1::Node node;
    node.set_name("web1");
    TakeRecord take = [&](const v1::Record& record) { records.push_back(record); };
    Order order{.id = "id", .asked = {}, .first = std::move(first)};
    boost::asio::co_spawn(loop, inspect(std::move(order), node, options, probes, take),
                          boost::asio::detached);
    loop.run();
    return records;
}

TEST(Inspections, AreRecordsNumberedFromStartToEnd) {
    const auto records = inspect("well");
    ASSERT_THAT(records, SizeIs(4));
    for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(records[i].sequence(), i + 1);
    EXPECT_EQ(records[0].started().id(), "id");
    EXPECT_EQ(records[0].started().schema(), "preflight.v1.Inspection");
    EXPECT_FALSE(records[0].started().live());
    EXPECT_EQ(records[1].finding().service().name(), "found");
    EXPECT_EQ(records[2].finding().probe(), "inspection");
    EXPECT_GT(records[2].finding().receipt().peak_memory_bytes(), 0U);
    EXPECT_EQ(records[3].finished().probes(0).outcome(), v1::ProbeRun::FINISHED);
}

TEST(Inspections, TellFirstWhatTheSpoolHadDropped) {
    v1::Finding dropped;
    dropped.mutable_gap()->set_cause(v1::Gap::DROPPED);
    const auto records = inspect("well", {dropped});
    ASSERT_THAT(records, SizeIs(5));
    EXPECT_EQ(records[1].finding().gap().cause(), v1::Gap::DROPPED);
}

TEST(Inspections, ArePutTogetherOfTheirRecords) {
    const auto whole = assemble(inspect("crash"));
    EXPECT_EQ(whole.node().name(), "web1");
    EXPECT_EQ(whole.findings_size(), 3);
    EXPECT_TRUE(whole.has_finished_at());
    EXPECT_EQ(whole.probes(0).probe(), "crash");
}

TEST(Inspections, HaveIdsOfTheirOwn) {
    EXPECT_THAT(new_inspection_id(), SizeIs(32));
    EXPECT_NE(new_inspection_id(), new_inspection_id());
}

TEST(InspectionText, SaysWhatWasFoundAndWhatWasNot) {
    const auto text = to_text(assemble(inspect("crash")));
    EXPECT_THAT(text, AllOf(HasSubstr("Node web1"), HasSubstr("service: name found before it crashed"),
                            HasSubstr("GAP CRASHED: probe crash: ended by signal 11")));
}

TEST(InspectionText, EndsWithWhatItCost) {
    const auto text = to_text(assemble(inspect("costly")));
    EXPECT_THAT(text, HasSubstr("2 connections; 1 statements in 0.2 s\n"));
    EXPECT_THAT(text, ContainsRegex("read 2[01][0-9] MB"));
    EXPECT_THAT(to_text(assemble(inspect("crash"))), HasSubstr("not every probe could tell"));
}

TEST(InspectionText, SaysHowFarAProofIs) {
    v1::BackupProof proof;
    proof.set_path("/b/1\x1b_gitlab_backup.tar");
    proof.set_size_bytes(4'000'000);
    proof.set_bytes_read(1'000'000);
    proof.set_rung(v1::BackupProof::LISTED);
    EXPECT_EQ(to_text(proof), "/b/1?_gitlab_backup.tar: 1 of 4 MB read, LISTED");
}

TEST(InspectionText, ShowsNumbersOfEveryKind) {
    v1::Inspection inspection;
    inspection.add_probes()->set_probe("any");
    auto& host = *inspection.add_findings();
    host.set_probe("any");
    host.mutable_host()->set_clock_offset_microseconds(-1500);
    auto& migration = *inspection.add_findings();
    migration.set_probe("any");
    migration.mutable_background_migration()->set_id(7);
    migration.mutable_background_migration()->set_status(v1::BackgroundMigration::ACTIVE);
    migration.mutable_background_migration()->set_status_code(1);
    migration.mutable_background_migration()->set_rows_per_hour(2.5);
    EXPECT_THAT(to_text(inspection),
                AllOf(HasSubstr("clock offset microseconds -1500"),
                      HasSubstr("id 7, status ACTIVE, status code 1, rows per hour 2.5")));
}

TEST(InspectionText, ShowsNoControlCharacters) {
    v1::Inspection inspection;
    inspection.mutable_node()->set_name("web1\x1b[2J\r\nNode faked");
    EXPECT_THAT(to_text(inspection), AllOf(Not(HasSubstr("\x1b")), Not(HasSubstr("\nNode faked"))));
}

TEST(Identity, HangsOnMachineAndNameAndShowsNoMachineId) {
    NodeTree one;
    one.file("/etc/machine-id", "0123456789abcdef0123456789abcdef\n").file("/etc/hostname", "web1\n");
    NodeTree renamed;
    renamed.file("/etc/machine-id", "0123456789abcdef0123456789abcdef\n").file("/etc/hostname", "web2\n");
    NodeTree other;
    other.file("/etc/machine-id", "ffffffffffffffffffffffffffffffff\n").file("/etc/hostname", "web1\n");
    EXPECT_EQ(identify(one.root()).id(), identify(one.root()).id());
    EXPECT_NE(identify(one.root()).id(), identify(renamed.root()).id()) << "clones share a machine id";
    EXPECT_NE(identify(one.root()).id(), identify(other.root()).id());
    EXPECT_EQ(identify(one.root()).id().find("0123456789abcdef"), std::string::npos);
    EXPECT_EQ(identify(one.root()).name(), "web1");
}

TEST(Identity, OfATreeWithoutNamesIsItsFolder) {
    const NodeTree tree;
    EXPECT_EQ(identify(tree.root()).name(), tree.root().filename().string());
    EXPECT_EQ(identify(tree.root().string() + "/").name(), tree.root().filename().string());
    EXPECT_THAT(identify(tree.root()).id(), SizeIs(32));
}

TEST(Identity, OfAHostileNameIsSafeToCarry) {
    NodeTree tree;
    tree.file("/etc/hostname", "web1\xff\x1b[31m" + std::string(1000, 'x'));
    v1::Node carried;
    ASSERT_TRUE(carried.ParseFromString(identify(tree.root()).SerializeAsString()));
    EXPECT_LE(carried.name().size(), 253U);
    EXPECT_EQ(carried.name().find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace preflight::agent
