#include "agent/spool_drops.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/temporary_folder.h"

namespace preflight::agent {
namespace {

namespace fs = std::filesystem;
using ::testing::SizeIs;

class SpoolDropsTest : public ::testing::Test {
  protected:
    TemporaryFolder folder_;
};

TEST_F(SpoolDropsTest, TellsUntilItWasTold) {
    {
        SpoolDrops drops(folder_);
        drops.add("one", "first");
        drops.add("two", "second");
    }
    {
        SpoolDrops drops(folder_);
        ASSERT_THAT(drops.all(), SizeIs(2));
        EXPECT_EQ(drops.all()[0].source(), "inspection one");
        EXPECT_EQ(drops.all()[0].gap().cause(), v1::Gap::DROPPED);
        EXPECT_EQ(drops.all()[0].gap().detail(), "first");
        drops.told(1);
    }
    SpoolDrops drops(folder_);
    ASSERT_THAT(drops.all(), SizeIs(1));
    EXPECT_EQ(drops.all()[0].source(), "inspection two");
    drops.told(1);
    EXPECT_TRUE(fs::is_empty(folder_));
}

TEST_F(SpoolDropsTest, JoinsMany) {
    SpoolDrops drops(folder_);
    for (int i = 0; i < 200; ++i) drops.add(std::to_string(i), "test");
    ASSERT_THAT(drops.all(), SizeIs(51));
    EXPECT_EQ(drops.all().back().gap().detail(), "more inspections than these were dropped");
}

TEST_F(SpoolDropsTest, TakesOfATornFileWhatIsWhole) {
    {
        SpoolDrops drops(folder_);
        drops.add("one", "first");
        drops.add("two", "second");
    }
    const auto file = folder_ / "dropped";
    fs::resize_file(file, fs::file_size(file) - 1);
    EXPECT_THAT(SpoolDrops(folder_).all(), SizeIs(1));
}

TEST_F(SpoolDropsTest, RemembersWithoutADiskThatTakesIt) {
    SpoolDrops drops(folder_ / "gone");
    drops.add("one", "first");
    EXPECT_THAT(drops.all(), SizeIs(1));
}

}  // namespace
}  // namespace preflight::agent
