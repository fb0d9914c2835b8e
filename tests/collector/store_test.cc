#include "collector/store.h"

#include <gmock/gmock.h>
#include <google/protobuf/unknown_field_set.h>
#include <gtest/gtest.h>
#include <sqlite3.h>
#include <sys/stat.h>

#include <fstream>

#include "tests/collector/deliveries.h"

namespace preflight::collector {
namespace {

using ::testing::HasSubstr;

const v1::Node web1 = node("web1.example.com");
const v1::Node git1 = node("git1.example.com");

class StoreOnDisk : public ::testing::Test {
  protected:
    Result<Store> open(Store::Mode mode = Store::Mode::read_write) const { return Store::open(file_, mode); }
    std::string refusal(Store& store, const Delivery& wrong) const {
        const auto stored = store.append({wrong});
        if (stored) return "stored";
        return stored.error().cause == v1::Gap::MALFORMED ? stored.error().detail : "not called malformed";
    }
    static void sql(const std::filesystem::path& file, const char* statement) {
        sqlite3* connection = nullptr;
        ASSERT_EQ(sqlite3_open(file.c_str(), &connection), SQLITE_OK);
        ASSERT_EQ(sqlite3_exec(connection, statement, nullptr, nullptr, nullptr), SQLITE_OK);
        sqlite3_close(connection);
    }

    TemporaryFolder folder_;
    std::filesystem::path file_ = folder_ / "store.sqlite";
};

TEST_F(StoreOnDisk, GivesBackAWholeInspectionAfterReopening) {
    ASSERT_TRUE(open()->append({whole(web1, "a", noon, 3, "19.2.1")}));
    const auto fleet = open()->fleet();
    ASSERT_EQ(fleet->nodes.size(), 1U);
    const auto& inspection = fleet->nodes[0].inspection;
    EXPECT_EQ(inspection.id(), "a");
    EXPECT_EQ(inspection.node().name(), "web1.example.com");
    EXPECT_EQ(inspection.findings_size(), 3);
    EXPECT_EQ(inspection.findings(2).installation().version(), "19.2.1");
    EXPECT_EQ(inspection.finished_at().seconds(), noon + 9);
    EXPECT_EQ(inspection.probes(0).probe(), "installation");
    EXPECT_EQ(fleet->nodes[0].last_heard.seconds(), noon + 10);
    EXPECT_FALSE(fleet->nodes[0].unfinished);
}

// Of a newer agent: a collector that knows the kind reads it from the same store.
TEST_F(StoreOnDisk, KeepsWhatThisReleaseDoesNotKnow) {
    auto newer = found(2);
    auto& told = *newer.mutable_finding();
    told.GetReflection()->MutableUnknownFields(&told)->AddLengthDelimited(777, "of later");
    const auto bytes = told.SerializeAsString();
    ASSERT_TRUE(open()->append({delivery(web1, "a", {started(web1, "a"), newer, finished(3)})}));
    EXPECT_EQ(open()->fleet()->nodes[0].inspection.findings(0).SerializeAsString(), bytes);
}

TEST_F(StoreOnDisk, KeepsARecordOnceHoweverOftenItComes) {
    auto store = open();
    ASSERT_TRUE(store->append({delivery(web1, "a", {started(web1, "a"), found(2)})}));
    ASSERT_TRUE(store->append({delivery(web1, "a", {found(2), found(3), finished(4)})}));
    ASSERT_TRUE(store->append({whole(web1, "a", noon, 2)}));
    EXPECT_EQ(*store->last_sequence(web1.id(), "a"), 4U);
    EXPECT_EQ(store->fleet()->nodes[0].inspection.findings_size(), 2);
}

TEST_F(StoreOnDisk, KnowsNothingOfAnInspectionThatNeverCame) {
    EXPECT_EQ(*open()->last_sequence(web1.id(), "never"), 0U);
}

TEST_F(StoreOnDisk, KeepsTheSameInspectionIdOfTwoNodesApart) {
    auto store = open();
    ASSERT_TRUE(store->append({whole(web1, "a", noon, 1), whole(git1, "a", noon, 5)}));
    EXPECT_EQ(*store->last_sequence(web1.id(), "a"), 3U);
    EXPECT_EQ(*store->last_sequence(git1.id(), "a"), 7U);
}

TEST_F(StoreOnDisk, RefusesAHole) {
    auto store = open();
    ASSERT_TRUE(store->append({delivery(web1, "a", {started(web1, "a"), found(2)})}));
    EXPECT_EQ(refusal(*store, delivery(web1, "a", {found(5)})), "records 3 to 4 are missing");
    EXPECT_EQ(refusal(*store, delivery(web1, "a", {found(3), found(5)})), "record 5 follows where 4 was due");
    EXPECT_EQ(refusal(*store, delivery(web1, "b", {found(2)})), "records 1 to 1 are missing");
    EXPECT_EQ(*store->last_sequence(web1.id(), "a"), 2U);
}

TEST_F(StoreOnDisk, RefusesWhatContradictsItself) {
    auto store = open();
    EXPECT_EQ(refusal(*store, delivery(web1, "a", {})), "a batch without records");
    EXPECT_EQ(refusal(*store, delivery(web1, "a", {found(0)})), "records count from 1");
    EXPECT_EQ(refusal(*store, delivery(web1, "a", {found(1)})), "its first record is not `started`");
    EXPECT_EQ(refusal(*store, delivery(web1, "a", {started(web1, "b")})),
              "its first record is of another inspection");
    EXPECT_EQ(refusal(*store, delivery(web1, "a", {started(git1, "a")})),
              "its first record is of another node");
    auto again = started(web1, "a");
    again.set_sequence(2);
    EXPECT_EQ(refusal(*store, delivery(web1, "a", {started(web1, "a"), again})),
              "record 2 is a second `started`");
    v1::Record empty;
    empty.set_sequence(2);
    EXPECT_EQ(refusal(*store, delivery(web1, "a", {started(web1, "a"), empty})), "record 2 is empty");
    EXPECT_EQ(refusal(*store, delivery(web1, "a", {started(web1, "a"), finished(2), found(3)})),
              "record 3 comes after `finished`");
    auto full = started(web1, "a");
    full.mutable_started()->add_findings();
    EXPECT_THAT(refusal(*store, delivery(web1, "a", {full})), HasSubstr("already holds findings"));
    EXPECT_TRUE(store->fleet()->nodes.empty());
}

TEST_F(StoreOnDisk, RefusesARecordAfterTheStoredEnd) {
    auto store = open();
    ASSERT_TRUE(store->append({whole(web1, "a", noon, 1)}));
    EXPECT_EQ(refusal(*store, delivery(web1, "a", {found(4)})), "record 4 comes after `finished`");
}

TEST_F(StoreOnDisk, RefusesAnInspectionWithoutEnd) {
    auto store = open();
    EXPECT_EQ(refusal(*store, delivery(web1, "a", {found(records_per_inspection_limit + 1)})),
              "more than 100000 records");
    EXPECT_EQ(refusal(*store, delivery(web1, "a", {found(~std::uint64_t{0})})), "more than 100000 records");
}

TEST_F(StoreOnDisk, RefusesAnInspectionOfTooManyBytes) {
    auto store = open();
    ASSERT_TRUE(store->append({delivery(web1, "a", {started(web1, "a")})}));
    const std::string mebibyte(1024 * 1024, 'x');
    std::uint64_t sequence = 1;
    std::string refused = "stored";
    while (refused == "stored" && sequence < 100) {
        refused = refusal(*store, delivery(web1, "a", {found(++sequence, mebibyte)}));
    }
    EXPECT_EQ(refused, "larger than 67108864 bytes");
    EXPECT_EQ(*store->last_sequence(web1.id(), "a"), sequence - 1);
}

TEST_F(StoreOnDisk, StoresNothingOfACommitWithOneBadDelivery) {
    auto store = open();
    EXPECT_FALSE(store->append({whole(web1, "a"), delivery(git1, "b", {found(7)})}));
    EXPECT_EQ(*store->last_sequence(web1.id(), "a"), 0U);
    EXPECT_TRUE(store->fleet()->nodes.empty());
}

TEST_F(StoreOnDisk, ShowsTheNewestFinishedInspectionAndSaysThatOneIsUnderWay) {
    auto store = open();
    ASSERT_TRUE(store->append({whole(web1, "new", noon), whole(web1, "old", noon - 60)}));
    EXPECT_EQ(store->fleet()->nodes[0].inspection.id(), "new");
    EXPECT_FALSE(store->fleet()->nodes[0].unfinished);
    ASSERT_TRUE(store->append({delivery(web1, "older", {started(web1, "older", noon - 90)})}));
    EXPECT_FALSE(store->fleet()->nodes[0].unfinished);
    ASSERT_TRUE(store->append({delivery(web1, "running", {started(web1, "running", noon + 5)})}));
    EXPECT_EQ(store->fleet()->nodes[0].inspection.id(), "new");
    EXPECT_TRUE(store->fleet()->nodes[0].unfinished);
}

TEST_F(StoreOnDisk, IsNotLedAstrayByANodeWhoseClockOnceRanAhead) {
    auto store = open();
    auto ahead = whole(web1, "ahead", noon + 400 * 86'400);
    ahead.received_at = timestamp_from_seconds(noon);
    auto later = whole(web1, "later", noon + 300);
    later.received_at = timestamp_from_seconds(noon + 301);
    ASSERT_TRUE(store->append({ahead}));
    ASSERT_TRUE(store->append({later}));
    EXPECT_EQ(store->fleet()->nodes[0].inspection.id(), "later");
}

TEST_F(StoreOnDisk, ShowsANodeThatHasOnlySaidHello) {
    auto store = open();
    ASSERT_TRUE(store->heard(git1, timestamp_from_seconds(noon)));
    ASSERT_TRUE(store->append({delivery(web1, "a", {started(web1, "a"), found(2)})}));
    const auto fleet = store->fleet();
    ASSERT_EQ(fleet->nodes.size(), 2U);
    EXPECT_EQ(fleet->nodes[0].inspection.node().name(), "git1.example.com");
    EXPECT_FALSE(fleet->nodes[0].unfinished);
    EXPECT_EQ(fleet->nodes[0].last_heard.seconds(), noon);
    EXPECT_EQ(fleet->nodes[1].inspection.findings_size(), 0);
    EXPECT_TRUE(fleet->nodes[1].unfinished);
}

TEST_F(StoreOnDisk, PrunesOldInspectionsOfEachNodeButNeverWhatStillArrives) {
    auto store = open();
    for (int number = 0; number < 5; ++number) {
        ASSERT_TRUE(store->append({whole(web1, "w" + std::to_string(number), noon - 100 + number)}));
    }
    ASSERT_TRUE(store->append({whole(git1, "g0", noon - 500)}));
    ASSERT_TRUE(store->append({delivery(web1, "abandoned", {started(web1, "abandoned", noon - 200)})}));
    ASSERT_TRUE(store->append({delivery(web1, "running", {started(web1, "running", noon)})}));
    ASSERT_TRUE(store->prune(2));
    EXPECT_EQ(*store->last_sequence(web1.id(), "w2"), 0U);
    EXPECT_EQ(*store->last_sequence(web1.id(), "abandoned"), 0U);
    EXPECT_EQ(*store->last_sequence(web1.id(), "w3"), 3U);
    EXPECT_EQ(*store->last_sequence(web1.id(), "w4"), 3U);
    EXPECT_EQ(*store->last_sequence(web1.id(), "running"), 1U);
    EXPECT_EQ(*store->last_sequence(git1.id(), "g0"), 3U);
    EXPECT_TRUE(store->append({delivery(web1, "running", {found(2), finished(3)})}));
}

TEST_F(StoreOnDisk, IsReadBesideAWriter) {
    auto writer = open();
    ASSERT_TRUE(writer->append({whole(web1, "a")}));
    auto reader = open(Store::Mode::read_only);
    ASSERT_TRUE(reader);
    EXPECT_EQ(reader->fleet()->nodes.size(), 1U);
    ASSERT_TRUE(writer->append({whole(git1, "b")}));
    EXPECT_EQ(reader->fleet()->nodes.size(), 2U);
    EXPECT_EQ(reader->append({whole(web1, "c")}).error().cause, v1::Gap::DENIED);
    EXPECT_EQ(*writer->last_sequence(web1.id(), "c"), 0U);
}

TEST_F(StoreOnDisk, IsItsOwnersAlone) {
    ASSERT_TRUE(open()->append({whole(web1, "a")}));
    struct stat status {};
    ASSERT_EQ(::stat(file_.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

TEST_F(StoreOnDisk, SaysThatThereIsNone) {
    EXPECT_EQ(open(Store::Mode::read_only).error().cause, v1::Gap::ABSENT);
    EXPECT_EQ(Store::open(folder_ / "no/store.sqlite", Store::Mode::read_write).error().detail,
              "its directory does not exist");
    EXPECT_FALSE(std::filesystem::exists(file_));
}

TEST_F(StoreOnDisk, RefusesADatabaseOfSomethingElseAndLeavesItAsItIs) {
    sql(file_, "CREATE TABLE songs(title TEXT)");
    const auto before = std::filesystem::file_size(file_);
    const auto opened = open();
    EXPECT_EQ(opened.error().cause, v1::Gap::REFUSED);
    EXPECT_EQ(opened.error().detail, "it is not a store of gitlab-preflight-collector");
    EXPECT_EQ(std::filesystem::file_size(file_), before);
    EXPECT_FALSE(std::filesystem::exists(folder_ / "store.sqlite-wal"));
}

TEST_F(StoreOnDisk, RefusesAStoreOfANewerRelease) {
    ASSERT_TRUE(open());
    sql(file_, "PRAGMA user_version = 3");
    EXPECT_EQ(open().error().detail, "it was written by a newer release");
    EXPECT_EQ(open(Store::Mode::read_only).error().detail, "it was written by a newer release");
}

TEST_F(StoreOnDisk, BringsAStoreOfAnOlderReleaseUpToDate) {
    ASSERT_TRUE(open()->append({whole(web1, "a")}));
    sql(file_, "DROP TABLE fingerprint_key; PRAGMA user_version = 1");
    EXPECT_EQ(open(Store::Mode::read_only)->fleet()->nodes.size(), 1U);
    auto store = open();
    ASSERT_TRUE(store);
    EXPECT_TRUE(store->fingerprint_key());
    EXPECT_EQ(store->fleet()->nodes.size(), 1U);
}

TEST_F(StoreOnDisk, KeepsOneRandomKeyForFingerprints) {
    const std::string key(open()->fingerprint_key()->reveal());
    EXPECT_EQ(key.size(), 32U);
    EXPECT_EQ(open()->fingerprint_key()->reveal(), key);
    const TemporaryFolder other;
    EXPECT_NE(Store::open(other / "store.sqlite", Store::Mode::read_write)->fingerprint_key()->reveal(), key);
    sql(file_, "UPDATE fingerprint_key SET key = x'00'");
    EXPECT_THAT(open()->fingerprint_key().error().detail, HasSubstr("it is damaged"));
}

TEST_F(StoreOnDisk, SaysThatAFileIsNoDatabase) {
    std::ofstream(file_) << std::string(8192, 'x');
    EXPECT_EQ(open().error().detail, "it is not an SQLite database");
}

TEST_F(StoreOnDisk, SaysThatATornFileIsDamaged) {
    ASSERT_TRUE(open()->append({whole(web1, "a", noon, 500)}));
    std::filesystem::resize_file(file_, std::filesystem::file_size(file_) / 2);
    const auto opened = open();
    const auto problem = opened ? opened->fleet().error() : opened.error();
    EXPECT_EQ(problem.detail, "it is damaged");
}

TEST_F(StoreOnDisk, NeverPassesHalfAnInspectionOffAsAWholeOne) {
    ASSERT_TRUE(open()->append({whole(web1, "a", noon, 5)}));
    sql(file_, "DELETE FROM records WHERE sequence = 7");
    EXPECT_THAT(open()->fleet().error().detail, HasSubstr("it is damaged"));
    sql(file_, "UPDATE records SET body = x'ff' WHERE sequence = 3");
    EXPECT_THAT(open()->fleet().error().detail, HasSubstr("it is damaged"));
}

TEST_F(StoreOnDisk, TakesHostileTimesAndTexts) {
    auto record = started(web1, "a");
    record.mutable_started()->mutable_started_at()->set_seconds(INT64_MIN);
    record.mutable_started()->mutable_started_at()->set_nanos(INT32_MIN);
    auto store = open();
    ASSERT_TRUE(store->append(
        {delivery(web1, "a", {record, found(2, std::string("\0'; DROP TABLE records", 22)), finished(3)})}));
    EXPECT_EQ(store->fleet()->nodes[0].inspection.findings(0).installation().version().size(), 22U);
}

}  // namespace
}  // namespace preflight::collector
