// The judgement of the golden fleets, kept in tests/reports, from where it is rendered
// (render/golden_test.cc). PREFLIGHT_UPDATE_GOLDEN=1 writes them anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <sstream>

#include "readiness/judge.h"
#include "tests/readiness/fleet_builder.h"
#include "tests/readiness/golden_fleets.h"

namespace preflight::readiness {
namespace {

std::string text_of(const v1::Report& report) {
    google::protobuf::TextFormat::Printer printer;
    printer.SetUseUtf8StringEscaping(true);
    std::string text;
    printer.PrintToString(report, &text);
    return "# proto-file: preflight/v1/report.proto\n# proto-message: preflight.v1.Report\n" + text;
}

std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

class GoldenJudgement : public testing::TestWithParam<GoldenFleet> {
  protected:
    static v1::Report report_of(Fleet fleet) {
        return judge(std::move(fleet), to(GetParam().target), built_in_knowledge());
    }
};

TEST_P(GoldenJudgement, IsTheSame) {
    const auto file = std::filesystem::path(PREFLIGHT_SOURCE_DIR) / "tests/reports" /
                      (std::string(GetParam().name) + ".txtpb");
    const auto judged = text_of(report_of(GetParam().fleet()));
    if (std::getenv("PREFLIGHT_UPDATE_GOLDEN") != nullptr) std::ofstream(file, std::ios::binary) << judged;
    // Not shown whole: one that differs in many places says nothing.
    EXPECT_TRUE(content_of(file) == judged)
        << file
        << " is not what is judged now. If the change is meant, run this test and then render_test with "
           "PREFLIGHT_UPDATE_GOLDEN=1 and read the difference before you commit it.";
}

TEST_P(GoldenJudgement, DoesNotDependOnTheOrderOfArrival) {
    auto fleet = GetParam().fleet();
    const auto expected = report_of(fleet).SerializeAsString();
    std::mt19937 random(11);  // the seed is fixed: a failure can be repeated
    for (int round = 0; round < 10; ++round) {
        std::ranges::shuffle(fleet.nodes, random);
        for (auto& node : fleet.nodes) {
            std::ranges::shuffle(*node.inspection.mutable_findings(), random);
            std::ranges::shuffle(*node.inspection.mutable_probes(), random);
        }
        EXPECT_TRUE(report_of(fleet).SerializeAsString() == expected) << "round " << round;
    }
}

INSTANTIATE_TEST_SUITE_P(Fleets, GoldenJudgement, testing::ValuesIn(golden_fleets()),
                         [](const auto& parameter) { return std::string(parameter.param.name); });

}  // namespace
}  // namespace preflight::readiness
