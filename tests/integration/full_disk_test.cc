// A disk under the spool that is full: a real one, of four pages.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include "tests/agent/own_mounts.h"
#include "tests/integration/deployment.h"

namespace preflight {
namespace {

namespace fs = std::filesystem;
using ::testing::HasSubstr;
using ::testing::SizeIs;

class FullDisk : public ::testing::Test, public Deployment {
  protected:
    FullDisk() {
        keep_mounts_to_ourselves();
        fs::create_directory(disk_);
        mount(0, "size=16k,mode=0700");
    }
    ~FullDisk() override { ::umount2(disk_.c_str(), MNT_DETACH); }

    void mount(unsigned long flags, const char* options) const {
        check_call(::mount("disk", disk_.c_str(), "tmpfs", flags, options) == 0, "a small tmpfs");
    }

    const fs::path disk_ = spool("rails-1");
};

TEST_F(FullDisk, UnderTheSpoolIsSaidAndTheNextInspectionIsWhole) {
    start_collector();
    auto& first = start_agent("rails-1");
    EXPECT_EQ(first.wait(), 73) << first.output();
    EXPECT_THAT(first.output(), HasSubstr("the spool cannot keep it"));
    for (const auto& [id, records] : stored()) EXPECT_FALSE(records.back().has_finished());
    mount(MS_REMOUNT, "size=16m");
    auto& second = start_agent("rails-1");
    EXPECT_EQ(second.wait(), 0) << second.output();
    ASSERT_THAT(fleet().nodes, SizeIs(1));
    EXPECT_TRUE(fleet().nodes[0].inspection.has_finished_at());
}

}  // namespace
}  // namespace preflight
