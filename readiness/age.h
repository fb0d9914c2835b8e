// Age: how long before the report's now something happened. Times come from nodes, so nonsense is expected.
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <cstdint>
#include <optional>
#include <string>

namespace preflight::readiness {

// Clocks of two machines may differ by this much before a time "in the future" counts as wrong.
constexpr std::int64_t clock_tolerance_seconds = 600;

// Between 1970 and 9999: all that a clock can honestly say and JSON can carry.
bool sensible(const google::protobuf::Timestamp& time);

// Seconds from `then` to `at`, negative when it lies ahead; nothing for a time that is not sensible or not
// set.
std::optional<std::int64_t> age_seconds(const google::protobuf::Timestamp& at,
                                        const google::protobuf::Timestamp& then);

// "40 min", "31 h", "12 days".
std::string span_text(std::int64_t seconds);

}  // namespace preflight::readiness
