#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>

#include "readiness/render/render.h"
#include "tests/readiness/render/report_builder.h"

namespace preflight::readiness {
namespace {

using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;

TEST(JsonReport, NamesItsSchemaAndEndsWithANewline) {
    const auto json = render_json({});
    EXPECT_THAT(json, HasSubstr(R"("schema": "preflight.v1.Report")"));
    EXPECT_THAT(json, HasSubstr(R"("verdicts": [])"));
    EXPECT_THAT(json, EndsWith("}\n"));
    EXPECT_THAT(json, Not(EndsWith("\n\n")));
}

TEST(JsonReport, ReadsBackAsTheSameReport) {
    auto report = report_full_of("text");
    report.set_schema("preflight.v1.Report");
    report.set_outcome(v1::Report::NOT_READY);
    report.mutable_generated_at()->set_seconds(1793779200);
    v1::Report again;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(render_json(report), &again).ok());
    EXPECT_TRUE(google::protobuf::util::MessageDifferencer::Equals(report, again));
}

TEST(JsonReport, HasNoByteThatATerminalActsOn) {
    const auto json = render_json(report_full_of("a\x1b[2J\x7F\xC2\x9B\u202E<script>"));
    for (const char c : json) EXPECT_TRUE(c == '\n' || (c >= 0x20 && c < 0x7F) || (c & 0x80) != 0);
    EXPECT_THAT(json, Not(HasSubstr("\xC2\x9B")));
    EXPECT_THAT(json, Not(HasSubstr("<script")));
}

TEST(JsonReport, IsWrittenEvenWhenTextIsNoUtf8) {
    v1::Report again;
    const auto json =
        render_json(report_full_of("a\xFF"
                                   "b"));
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json, &again).ok());
    EXPECT_EQ(again.nodes(0).name(), "a\uFFFDb");
}

TEST(JsonReport, LeavesOutWhatLastsWhereThatIsAllOfIt) {
    const auto json = render_json(report_of(R"(
        verdicts { summary: "stale" lasting: "" evidence { what: "9 s" lasting: "" } }
        verdicts { summary: "stale for 3 h" lasting: "stale for a time" evidence { what: "" } })"));
    EXPECT_THAT(json, Not(HasSubstr(R"("lasting": "")")));
    EXPECT_THAT(json, HasSubstr(R"("lasting": "stale for a time")"));
    EXPECT_THAT(json, Not(HasSubstr("ofAnyNode")));
    EXPECT_THAT(json, HasSubstr(R"("what": "")")) << "what is always told is told empty as well";
}

TEST(JsonReport, LeavesOutATimeThatIsNone) {
    const auto json = render_json(report_of(R"(
        generated_at { seconds: 1793779200 nanos: 2000000000 }
        nodes { name: "rails-1" inspected_at { seconds: 9000000000000000000 } }
        verdicts { evidence { taken_at { seconds: 1793779200 } } })"));
    EXPECT_THAT(json, Not(HasSubstr("generatedAt")));
    EXPECT_THAT(json, Not(HasSubstr("inspectedAt")));
    EXPECT_THAT(json, HasSubstr(R"("takenAt": "2026-11-04T08:00:00Z")"));
}

}  // namespace
}  // namespace preflight::readiness
