#include "readiness/render/times.h"

#include <google/protobuf/util/time_util.h>

#include <cstddef>

#include "model/clock.h"

namespace preflight::readiness::render {
namespace {

using google::protobuf::Timestamp;
using google::protobuf::util::TimeUtil;

constexpr std::size_t day_length = 10;  // "2026-08-21"

std::string minute_of(const Timestamp& timestamp) {
    constexpr std::size_t time_start = 11;
    constexpr std::size_t time_length = 5;  // "02:00"
    const auto text = to_iso8601(timestamp);
    return text.substr(0, day_length) + ' ' + text.substr(time_start, time_length);
}

bool is_a_day(const Timestamp& timestamp) {
    constexpr std::int64_t day_seconds = 86400;
    return timestamp.seconds() % day_seconds == 0 && timestamp.nanos() == 0;
}

// From `first` to `last`; what both have in common is said once.
std::string range(const std::string& first, const std::string& last) {
    if (first == last) return first;
    const bool same_day = first.compare(0, day_length, last, 0, day_length) == 0;
    return first + " to " + (same_day ? last.substr(day_length + 1) : last);
}

}  // namespace

bool in_range(const Timestamp& timestamp) {
    return timestamp.seconds() >= TimeUtil::kTimestampMinSeconds &&
           timestamp.seconds() <= TimeUtil::kTimestampMaxSeconds;
}

std::string time_words(bool present, const Timestamp& timestamp) {
    return present && in_range(timestamp) ? minute_of(timestamp) + " UTC" : "time not known";
}

std::string minute_words(bool present, const Timestamp& timestamp) {
    return present && in_range(timestamp) ? minute_of(timestamp) : "not known";
}

void TimeSpan::add(bool present, const Timestamp& timestamp) {
    if (!present || !in_range(timestamp)) {
        some_not_known_ = true;
        return;
    }
    const auto before = [](const Timestamp& a, const Timestamp& b) {
        return a.seconds() != b.seconds() ? a.seconds() < b.seconds() : a.nanos() < b.nanos();
    };
    if (!first_ || before(timestamp, *first_)) first_ = timestamp;
    if (!last_ || before(*last_, timestamp)) last_ = timestamp;
}

std::string TimeSpan::words() const {
    if (!first_ || !last_) return "time not known";
    std::string text;
    if (is_a_day(*first_) && is_a_day(*last_)) {
        const auto first = to_iso8601(*first_).substr(0, day_length);
        const auto last = to_iso8601(*last_).substr(0, day_length);
        text = "as of " + (first == last ? first : first + " to " + last);
    } else {
        text = range(minute_of(*first_), minute_of(*last_)) + " UTC";
    }
    return some_not_known_ ? text + ", some at a time not known" : text;
}

}  // namespace preflight::readiness::render
