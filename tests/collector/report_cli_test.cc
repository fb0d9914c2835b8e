// How much of a report its command writes, and for which upgrade: the built program, as a person runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "collector/store.h"
#include "tests/collector/deliveries.h"
#include "tests/integration/program.h"

namespace preflight::collector {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ReportText : public ::testing::Test {
  protected:
    void SetUp() override {
        auto web1 = whole(node("web1"), "a", noon, 1, "18.11.9");
        web1.records[1].mutable_finding()->mutable_installation()->set_method(
            v1::Installation::LINUX_PACKAGE);
        ASSERT_TRUE(Store::open(folder_ / "store.sqlite", Store::Mode::read_write)->append({web1}));
    }
    Ended report(const std::vector<std::string>& more = {}) const {
        std::vector<std::string> words{PREFLIGHT_COLLECTOR, "report",
                                       "--store",           (folder_ / "store.sqlite").string(),
                                       "--target",          "19.3"};
        words.insert(words.end(), more.begin(), more.end());
        return run_program(words);
    }
    std::string usage_complaint(const std::vector<std::string>& more) const {
        const auto ended = report(more);
        EXPECT_EQ(ended.status, 64) << ended.output;
        EXPECT_EQ(ended.output, "");
        return ended.error;
    }
    TemporaryFolder folder_;
};

TEST_F(ReportText, IsBriefUnlessAllOfItIsAskedFor) {
    const auto brief = report();
    EXPECT_THAT(brief.output, AllOf(HasSubstr("== Not shown here"), Not(HasSubstr("== Nodes"))));
    const auto full = report({"--full"});
    EXPECT_THAT(full.output, AllOf(HasSubstr("== Nodes"), Not(HasSubstr("== Not shown here"))));
    EXPECT_EQ(brief.status, full.status);
    EXPECT_LT(std::ranges::count(brief.output, '\n'), std::ranges::count(full.output, '\n'));
}

TEST_F(ReportText, IsOfTheSectionsThatAreNamed) {
    const auto ended = report({"--section", "nodes,endpoints"});
    EXPECT_THAT(ended.output, AllOf(HasSubstr("Can this instance go"), HasSubstr("== Nodes"),
                                    HasSubstr("== Endpoints"), Not(HasSubstr("== Plan"))));
    EXPECT_THAT(usage_complaint({"--section", "weather"}), HasSubstr("--section"));
    EXPECT_THAT(usage_complaint({"--section", "plan", "--format", "html"}), HasSubstr("format text"));
    EXPECT_THAT(usage_complaint({"--section", "plan", "--full"}), HasSubstr("excludes"));
}

TEST_F(ReportText, JudgesAnUpgradeWithoutDowntimeWhereItIsAskedFor) {
    EXPECT_THAT(report().output, HasSubstr("planned with downtime"));
    EXPECT_THAT(report({"--without-downtime", "--width", "200"}).output,
                AllOf(HasSubstr("without downtime:"), Not(HasSubstr("i Upgrade without downtime"))));
}

}  // namespace
}  // namespace preflight::collector
