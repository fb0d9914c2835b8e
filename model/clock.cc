#include "model/clock.h"

#include <google/protobuf/util/time_util.h>

namespace preflight {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

Timestamp to_timestamp(TimePoint time) {
    const auto nanoseconds =
        std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
    return TimeUtil::NanosecondsToTimestamp(nanoseconds);
}

Timestamp timestamp_from_seconds(std::int64_t unix_seconds) {
    Timestamp timestamp;
    timestamp.set_seconds(unix_seconds);
    return timestamp;
}

TimePoint to_time_point(const Timestamp& timestamp) {
    return TimePoint(std::chrono::duration_cast<TimePoint::duration>(
        std::chrono::nanoseconds(TimeUtil::TimestampToNanoseconds(timestamp))));
}

Timestamp now() { return to_timestamp(std::chrono::system_clock::now()); }

std::string to_iso8601(const Timestamp& timestamp) {
    auto whole = timestamp;
    whole.set_nanos(0);
    return TimeUtil::ToString(whole);
}

std::optional<Timestamp> from_iso8601(std::string_view text) {
    Timestamp timestamp;
    std::string whole(text);
    if (whole.size() == 10) whole += "T00:00:00Z";
    if (!TimeUtil::FromString(whole, &timestamp)) return std::nullopt;
    return timestamp;
}

std::optional<Timestamp> from_rfc3339(std::string_view text) {
    constexpr std::size_t date_length = 10;
    if (text.size() <= date_length || text[date_length] != 'T') return std::nullopt;
    const auto zone = text.find_first_of("Z+-", date_length);
    if (zone == std::string_view::npos) return std::nullopt;
    const bool whole_zone =
        text[zone] == 'Z' ? text.size() == zone + 1 : text.size() == zone + 6 && text[zone + 3] == ':';
    return whole_zone ? from_iso8601(text) : std::nullopt;
}

}  // namespace preflight
