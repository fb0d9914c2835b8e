// Whole reports, kept beside what they are written from in tests/reports; some of those are themselves judged
// (golden_reports_test.cc). PREFLIGHT_UPDATE_GOLDEN=1 writes them anew.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <vector>

#include "readiness/render/render.h"
#include "tests/readiness/render/report_builder.h"

namespace preflight::readiness {
namespace {

const std::filesystem::path reports = std::filesystem::path(PREFLIGHT_SOURCE_DIR) / "tests" / "reports";

std::string content_of(const std::filesystem::path& file) {
    std::ifstream in(file, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    return std::move(text).str();
}

// Of all that lie there.
std::vector<std::string> names() {
    std::vector<std::string> found;
    for (const auto& entry : std::filesystem::directory_iterator(reports)) {
        if (entry.path().extension() == ".txtpb") found.push_back(entry.path().stem().string());
    }
    std::ranges::sort(found);
    return found;
}

class GoldenReport : public testing::TestWithParam<std::string> {
  protected:
    v1::Report report() const { return report_of(content_of(reports / (GetParam() + ".txtpb"))); }

    void expect_same(const std::string& extension, const std::string& rendered) const {
        const auto file = reports / (GetParam() + extension);
        if (std::getenv("PREFLIGHT_UPDATE_GOLDEN") != nullptr)
            std::ofstream(file, std::ios::binary) << rendered;
        EXPECT_EQ(content_of(file), rendered)
            << "tests/reports/" << file.filename().string()
            << " is not what the program writes now. If the change is meant, run this test with "
               "PREFLIGHT_UPDATE_GOLDEN=1 and read the difference before you commit it.";
    }
};

// As a person gets it who asks for nothing else.
TEST_P(GoldenReport, ReadsTheSameAsText) { expect_same(".txt", render_text(report(), {.brief = true})); }

// Those that are judged are large; that they read well shows as brief text.
class GoldenMarkup : public GoldenReport {};

TEST_P(GoldenMarkup, ReadsTheSameAsFullText) { expect_same(".full.txt", render_text(report(), {})); }

TEST_P(GoldenMarkup, ReadsTheSameAsHtml) { expect_same(".html", render_html(report())); }

TEST_P(GoldenMarkup, ReadsTheSameAsJson) { expect_same(".json", render_json(report())); }

INSTANTIATE_TEST_SUITE_P(Reports, GoldenMarkup,
                         testing::Values("empty_fleet", "fleet_not_ready", "many_nodes_with_conditions",
                                         "one_node_ready"),
                         [](const auto& parameter) { return parameter.param; });
INSTANTIATE_TEST_SUITE_P(Reports, GoldenReport, testing::ValuesIn(names()),
                         [](const auto& parameter) { return parameter.param; });

}  // namespace
}  // namespace preflight::readiness
