// Clock: wall time as the messages carry it. Functions that need time take it as a value; only programs'
// edges call now().
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace preflight {

using TimePoint = std::chrono::system_clock::time_point;

google::protobuf::Timestamp to_timestamp(TimePoint time);
google::protobuf::Timestamp timestamp_from_seconds(std::int64_t unix_seconds);
TimePoint to_time_point(const google::protobuf::Timestamp& timestamp);
google::protobuf::Timestamp now();

// "2026-08-21T02:00:00Z", UTC, whole seconds.
std::string to_iso8601(const google::protobuf::Timestamp& timestamp);
// The reverse; fractions and "Z" or a numeric offset are understood, a bare date is its midnight.
std::optional<google::protobuf::Timestamp> from_iso8601(std::string_view text);
// Only a date and a time with its zone, as RFC 3339 has it: what a person means must not depend on where.
std::optional<google::protobuf::Timestamp> from_rfc3339(std::string_view text);

}  // namespace preflight
