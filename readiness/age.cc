#include "readiness/age.h"

namespace preflight::readiness {

bool sensible(const google::protobuf::Timestamp& time) {
    constexpr std::int64_t end_of_9999 = 253402300799;
    constexpr std::int32_t nanos_per_second = 1'000'000'000;
    return time.seconds() > 0 && time.seconds() <= end_of_9999 && time.nanos() >= 0 &&
           time.nanos() < nanos_per_second;
}

std::optional<std::int64_t> age_seconds(const google::protobuf::Timestamp& at,
                                        const google::protobuf::Timestamp& then) {
    if (!sensible(at) || !sensible(then)) return {};
    return at.seconds() - then.seconds();
}

std::string span_text(std::int64_t seconds) {
    constexpr std::int64_t minute = 60;
    constexpr std::int64_t hour = 60 * minute;
    constexpr std::int64_t day = 24 * hour;
    if (seconds < 2 * hour) return std::to_string(seconds / minute) + " min";
    if (seconds < 3 * day) return std::to_string(seconds / hour) + " h";
    return std::to_string(seconds / day) + " days";
}

}  // namespace preflight::readiness
