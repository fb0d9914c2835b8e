#include "agent/spool.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include <fstream>
#include <optional>

#include "tests/temporary_folder.h"

namespace preflight::agent {
namespace {

namespace fs = std::filesystem;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

class SpoolTest : public ::testing::Test {
  protected:
    Spool open(SpoolLimits limits = {}) { return std::move(Spool::open(folder_ / "spool", limits).value()); }
    // Changes a byte of the record that says CHANGED-LATER.
    void damage(const std::string& id) const {
        std::fstream stream(file(id), std::ios::in | std::ios::out | std::ios::binary);
        std::string content(fs::file_size(file(id)), '\0');
        stream.read(content.data(), static_cast<std::streamsize>(content.size()));
        stream.seekp(static_cast<std::streamoff>(content.find("CHANGED")));
        stream.put('X');
    }
    fs::path file(const std::string& id) const { return folder_ / "spool" / (id + ".spool"); }

    TemporaryFolder folder_;
};

v1::Record started() {
    v1::Record record;
    record.set_sequence(1);
    record.mutable_started()->set_schema("preflight.v1.Inspection");
    return record;
}

v1::Record found(std::uint64_t sequence, const std::string& text = "puma") {
    v1::Record record;
    record.set_sequence(sequence);
    record.mutable_finding()->mutable_service()->set_name(text);
    return record;
}

v1::Record finished(std::uint64_t sequence) {
    v1::Record record;
    record.set_sequence(sequence);
    record.mutable_finished();
    return record;
}

void fill(Spool& spool, const std::string& id, const std::string& text = "puma") {
    ASSERT_TRUE(spool.append(id, started()));
    ASSERT_TRUE(spool.append(id, found(2, text)));
    ASSERT_TRUE(spool.append(id, finished(3)));
    ASSERT_TRUE(spool.sync(id));
}

std::vector<std::uint64_t> sequences(const std::vector<v1::Record>& records) {
    std::vector<std::uint64_t> numbers;
    for (const auto& record : records) numbers.push_back(record.sequence());
    return numbers;
}

constexpr std::size_t all = 1'000'000;

TEST_F(SpoolTest, GivesBackWhatItTookAcrossARestart) {
    {
        auto spool = open();
        fill(spool, "one");
    }
    const auto spool = open();
    EXPECT_THAT(spool.pending(), ElementsAre("one"));
    EXPECT_THAT(sequences(spool.read("one", 0, all).value()), ElementsAre(1, 2, 3));
    EXPECT_EQ(spool.read("one", 1, all).value().front().finding().service().name(), "puma");
    EXPECT_THAT(spool.read("one", 3, all).value(), IsEmpty());
}

TEST_F(SpoolTest, ReadsInBatchesOfAtLeastOneRecord) {
    auto spool = open();
    fill(spool, "one");
    EXPECT_THAT(sequences(spool.read("one", 0, 1).value()), ElementsAre(1));
    EXPECT_THAT(sequences(spool.read("one", 1, 1).value()), ElementsAre(2));
}

TEST_F(SpoolTest, RemovesAnInspectionWhenItsLastRecordIsAcknowledged) {
    auto spool = open();
    fill(spool, "one");
    spool.acknowledge("one", 2);
    EXPECT_TRUE(fs::exists(file("one")));
    EXPECT_EQ(spool.acknowledged("one"), 2U);
    spool.acknowledge("one", 3);
    EXPECT_FALSE(fs::exists(file("one")));
    EXPECT_THAT(spool.pending(), IsEmpty());
}

TEST_F(SpoolTest, KeepsAnInspectionThatIsAcknowledgedButNotFinished) {
    auto spool = open();
    ASSERT_TRUE(spool.append("one", started()));
    spool.acknowledge("one", 1);
    EXPECT_THAT(spool.pending(), ElementsAre("one"));
}

TEST_F(SpoolTest, CutsATornTailOffAndEndsTheInspectionWithAGap) {
    {
        auto spool = open();
        ASSERT_TRUE(spool.append("one", started()));
        ASSERT_TRUE(spool.append("one", found(2)));
        ASSERT_TRUE(spool.append("one", found(3)));
    }
    fs::resize_file(file("one"), fs::file_size(file("one")) - 1);
    const auto records = open().read("one", 0, all).value();
    ASSERT_THAT(sequences(records), ElementsAre(1, 2, 3, 4));
    EXPECT_EQ(records[2].finding().gap().cause(), v1::Gap::KILLED);
    EXPECT_TRUE(records[3].has_finished());
}

TEST_F(SpoolTest, DropsADamagedFileAndTellsOfIt) {
    {
        auto spool = open();
        fill(spool, "one", "CHANGED-LATER");
        fill(spool, "two");
    }
    damage("one");
    auto spool = open();
    EXPECT_THAT(spool.pending(), ElementsAre("two"));
    const auto& dropped = spool.drops().all();
    ASSERT_THAT(dropped, SizeIs(1));
    EXPECT_EQ(dropped[0].source(), "inspection one");
    EXPECT_THAT(dropped[0].gap().detail(), ::testing::HasSubstr("damaged"));
}

TEST_F(SpoolTest, TellsOfARecordThatIsDamagedWhileItRuns) {
    auto spool = open();
    fill(spool, "one", "CHANGED-LATER");
    damage("one");
    EXPECT_EQ(spool.read("one", 0, all).error().cause, v1::Gap::MALFORMED);
}

TEST_F(SpoolTest, TakesNoRecordThatDoesNotFollow) {
    auto spool = open();
    EXPECT_EQ(spool.append("one", found(2)).error().cause, v1::Gap::REFUSED);
    fill(spool, "two");
    EXPECT_EQ(spool.append("two", found(4)).error().cause, v1::Gap::REFUSED) << "it is finished";
    spool.drop("two", "test");
    EXPECT_EQ(spool.append("two", found(4)).error().cause, v1::Gap::REFUSED) << "it was dropped";
}

TEST_F(SpoolTest, SendsAgainWhatACollectorLostThatHadAcknowledgedIt) {
    auto spool = open();
    fill(spool, "one");
    spool.acknowledge("one", 2);
    spool.resume("one", 0);
    EXPECT_EQ(spool.acknowledged("one"), 0U);
    spool.resume("one", 3);
    EXPECT_THAT(spool.pending(), IsEmpty());
}

TEST_F(SpoolTest, DropsWhatACollectorHasMoreOf) {
    auto spool = open();
    fill(spool, "one");
    spool.resume("one", 4);
    EXPECT_THAT(spool.pending(), IsEmpty());
    EXPECT_THAT(spool.drops().all(), SizeIs(1));
}

TEST_F(SpoolTest, KeepsNoDescriptorForEachInspectionThatWaits) {
    const auto descriptors = [] {
        return std::distance(fs::directory_iterator("/proc/self/fd"), fs::directory_iterator());
    };
    auto spool = open();
    const auto before = descriptors();
    for (int i = 0; i < 100; ++i) fill(spool, std::to_string(i));
    EXPECT_EQ(descriptors(), before);
    EXPECT_THAT(spool.read("7", 0, all).value(), SizeIs(3));
}

TEST_F(SpoolTest, ForgetsAFileWithoutOneWholeRecord) {
    fs::create_directories(folder_ / "spool");
    std::ofstream(file("torn")) << "abc";  // shorter than a record's header
    std::ofstream(file("empty"));
    EXPECT_THAT(open().pending(), IsEmpty());
    EXPECT_FALSE(fs::exists(file("torn")));
}

TEST_F(SpoolTest, SurvivesTheKillOfItsProcessAtAnyRecord) {
    const auto child = ::fork();
    if (child == 0) {
        auto spool = open();
        for (std::uint64_t sequence = 1;; ++sequence) {
            if (!spool.append("one", sequence == 1 ? started() : found(sequence))) ::_exit(1);
            if (sequence == 1000) ::raise(SIGKILL);
        }
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    const auto records = open().read("one", 0, all).value();
    ASSERT_THAT(records, SizeIs(1002));
    EXPECT_EQ(records[1000].finding().gap().cause(), v1::Gap::KILLED);
    EXPECT_TRUE(records[1001].has_finished());
}

TEST_F(SpoolTest, DropsTheOldestPastItsBytesAndTellsOfIt) {
    auto spool = open({.bytes = 300});
    fill(spool, "old", std::string(200, 'x'));
    fill(spool, "new", std::string(200, 'x'));
    EXPECT_THAT(spool.pending(), ElementsAre("new"));
    const auto& dropped = spool.drops().all();
    ASSERT_THAT(dropped, SizeIs(1));
    EXPECT_EQ(dropped[0].gap().cause(), v1::Gap::DROPPED);
    EXPECT_EQ(dropped[0].source(), "inspection old");
}

TEST_F(SpoolTest, TellsOfADropAfterARestart) {
    {
        auto spool = open();
        fill(spool, "one");
        spool.drop("one", "test");
    }
    EXPECT_THAT(open().drops().all(), SizeIs(1));
}

TEST_F(SpoolTest, DropsWhatIsPastItsAge) {
    {
        auto spool = open();
        fill(spool, "old");
    }
    fs::last_write_time(file("old"), fs::file_time_type::clock::now() - std::chrono::hours(48));
    auto spool = open({.age = std::chrono::hours(24)});
    fill(spool, "new");
    EXPECT_THAT(spool.pending(), ElementsAre("new"));
    EXPECT_THAT(spool.drops().all(), SizeIs(1));
}

TEST_F(SpoolTest, KeepsItsNewestInspectionWhateverItsSize) {
    auto spool = open({.bytes = 10});
    fill(spool, "large", std::string(5000, 'x'));
    EXPECT_THAT(spool.pending(), ElementsAre("large"));
}

TEST_F(SpoolTest, IsRefusedToASecondAgent) {
    const auto first = open();
    EXPECT_EQ(Spool::open(folder_ / "spool", {}).error().cause, v1::Gap::REFUSED);
}

TEST_F(SpoolTest, IsReadableByItsOwnerAlone) {
    auto spool = open();
    fill(spool, "one");
    EXPECT_EQ(fs::status(folder_ / "spool").permissions(), fs::perms::owner_all);
    EXPECT_EQ(fs::status(file("one")).permissions(), fs::perms::owner_read | fs::perms::owner_write);
}

// A full disk, as a process without room for its file meets it: part of the record is written, then no more.
TEST_F(SpoolTest, StaysWholeWhenTheDiskIsFull) {
    const auto child = ::fork();
    if (child == 0) {
        auto spool = open();
        ::signal(SIGXFSZ, SIG_IGN);
        const rlimit limit{2000, 2000};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        if (!spool.append("one", started()) || !spool.append("one", found(2))) ::_exit(1);
        if (spool.append("one", found(3, std::string(5000, 'x')))) ::_exit(2);
        if (!spool.append("one", finished(3))) ::_exit(3);
        ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(WEXITSTATUS(status), 0);
    EXPECT_THAT(sequences(open().read("one", 0, all).value()), ElementsAre(1, 2, 3));
}

}  // namespace
}  // namespace preflight::agent
