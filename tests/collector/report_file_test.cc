#include "collector/report_file.h"

#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include <fstream>

#include "readiness/render/render.h"
#include "tests/temporary_folder.h"

namespace preflight::collector {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

v1::Gap::Cause cause_of(std::string_view json) {
    const auto report = parse_report(json, "report.json");
    return report ? v1::Gap::CAUSE_UNSPECIFIED : report.error().cause;
}

std::string with_verdicts(const std::string& verdicts) {
    return R"({"schema": "preflight.v1.Report", "verdicts": [)" + verdicts + "]}";
}

TEST(ReportFile, IsReadBackAsItWasWritten) {
    v1::Report report;
    report.set_outcome(v1::Report::NOT_READY);
    auto& verdict = *report.add_verdicts();
    verdict.set_check("backup.fresh");
    verdict.set_level(v1::BLOCKER);
    verdict.set_summary("\"{[,\\");
    verdict.add_nodes("web1");
    report.mutable_generated_at()->set_seconds(1'790'000'000);
    const auto read = parse_report(readiness::render_json(report), "report.json");
    ASSERT_TRUE(read) << read.error().detail;
    report.set_schema("preflight.v1.Report");
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(*read, report));
}

TEST(ReportFile, OfANewerProgramIsReadAsFarAsItIsKnown) {
    const auto read = parse_report(
        with_verdicts(R"({"check": "a.b", "level": "WORST", "colour": {"deep": [1]}})"), "report.json");
    ASSERT_TRUE(read) << read.error().detail;
    EXPECT_EQ(read->verdicts(0).check(), "a.b");
    EXPECT_EQ(read->verdicts(0).level(), v1::LEVEL_UNSPECIFIED);
}

TEST(ReportFile, IsRefusedForWhatIsNoReport) {
    for (const auto* json : {"", "null", "[]", "{}", "17", "{\"schema\": \"preflight.v1.Inspection\"}",
                             "{\"schema\": \"preflight.v1.Report\"", "version: 1",
                             R"({"schema": "preflight.v1.Report", "verdicts": "CANARY"})", "\xff\xfe",
                             R"({"schema": "preflight.v1.Report", "generatedAt": "CANARY"})"}) {
        EXPECT_EQ(cause_of(json), v1::Gap::MALFORMED) << json;
        EXPECT_THAT(parse_report(json, "report.json").error().detail, Not(HasSubstr("CANARY")));
    }
}

TEST(ReportFile, IsBounded) {
    const auto repeated = [](const std::string& part, std::size_t times) {
        std::string text;
        for (std::size_t i = 0; i < times; ++i) text += part;
        return text;
    };
    EXPECT_EQ(cause_of(with_verdicts(repeated("{},", 1'000'001))), v1::Gap::TOO_LARGE);
    EXPECT_EQ(cause_of(with_verdicts(R"({"nodes": [)" + repeated("\"\",", 8'000'001) + "\"\"]}")),
              v1::Gap::TOO_LARGE);
    EXPECT_EQ(cause_of(std::string(1'000'000, '[')), v1::Gap::TOO_LARGE);
    EXPECT_EQ(cause_of(R"({"x": )" + repeated(R"({"x": )", 100)), v1::Gap::TOO_LARGE);
    // What stands in a string counts for nothing.
    EXPECT_EQ(cause_of(with_verdicts("{\"summary\": \"\\\"" + std::string(100, '{') + "\"}")),
              v1::Gap::CAUSE_UNSPECIFIED);
}

TEST(ReportFile, MustBeAFileThatIsThere) {
    const TemporaryFolder folder;
    EXPECT_EQ(load_report(folder / "no.json").error().cause, v1::Gap::ABSENT);
    EXPECT_EQ(load_report(folder.path()).error().cause, v1::Gap::REFUSED);
    EXPECT_EQ(load_report("/dev/zero").error().cause, v1::Gap::REFUSED);
    std::ofstream(folder / "large.json").seekp(std::int64_t{300} * 1024 * 1024).put('}');
    EXPECT_EQ(load_report(folder / "large.json").error().cause, v1::Gap::TOO_LARGE);
}

}  // namespace
}  // namespace preflight::collector
