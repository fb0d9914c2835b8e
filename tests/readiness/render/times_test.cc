#include "readiness/render/times.h"

#include <gtest/gtest.h>

#include "model/clock.h"

namespace preflight::readiness::render {
namespace {

std::string span_of(const std::vector<std::string>& times) {
    TimeSpan span;
    for (const auto& time : times) {
        const auto parsed = from_iso8601(time);
        span.add(parsed.has_value(), parsed.value_or(google::protobuf::Timestamp()));
    }
    return span.words();
}

TEST(TimeSpan, TellsTheMinute) { EXPECT_EQ(span_of({"2026-11-22T22:10:26Z"}), "2026-11-22 22:10 UTC"); }

TEST(TimeSpan, IsARangeOnlyWhereTheMinutesDiffer) {
    EXPECT_EQ(span_of({"2026-11-22T22:10:26Z", "2026-11-22T22:10:25Z"}), "2026-11-22 22:10 UTC");
    EXPECT_EQ(span_of({"2026-11-22T22:12:00Z", "2026-11-22T22:10:59Z"}), "2026-11-22 22:10 to 22:12 UTC");
    EXPECT_EQ(span_of({"2026-11-22T23:59:59Z", "2026-11-23T00:00:01Z"}),
              "2026-11-22 23:59 to 2026-11-23 00:00 UTC");
}

TEST(TimeSpan, OfMidnightIsADay) {
    EXPECT_EQ(span_of({"2026-08-21"}), "as of 2026-08-21");
    EXPECT_EQ(span_of({"2026-08-21", "2026-08-23"}), "as of 2026-08-21 to 2026-08-23");
    EXPECT_EQ(span_of({"2026-08-21", "2026-08-21T00:01:00Z"}), "2026-08-21 00:00 to 00:01 UTC");
    EXPECT_EQ(span_of({"2026-08-21T00:00:01Z"}), "2026-08-21 00:00 UTC");
}

TEST(TimeSpan, HidesNoTimeThatIsNotKnown) {
    EXPECT_EQ(span_of({}), "time not known");
    EXPECT_EQ(span_of({"never"}), "time not known");
    EXPECT_EQ(span_of({"never", "2026-11-22T22:10:26Z"}), "2026-11-22 22:10 UTC, some at a time not known");
}

TEST(TimeWords, TakeATimeThatNoCalendarHasForNotKnown) {
    google::protobuf::Timestamp timestamp;
    timestamp.set_seconds(9000000000000000000);
    EXPECT_EQ(time_words(true, timestamp), "time not known");
    EXPECT_EQ(minute_words(true, timestamp), "not known");
    timestamp.set_seconds(0);
    EXPECT_EQ(time_words(true, timestamp), "1970-01-01 00:00 UTC");
    EXPECT_EQ(minute_words(false, timestamp), "not known");
}

}  // namespace
}  // namespace preflight::readiness::render
