// Times: when something was, as people read it: to the minute, UTC. A time that is none, or that no calendar
// has, is "time not known".
#pragma once

#include <google/protobuf/timestamp.pb.h>

#include <optional>
#include <string>

namespace preflight::readiness::render {

// False for what no calendar has.
bool in_range(const google::protobuf::Timestamp& timestamp);

// "2026-08-21 02:00 UTC"
std::string time_words(bool present, const google::protobuf::Timestamp& timestamp);
// The same where a heading says that it is UTC: "2026-08-21 02:00".
std::string minute_words(bool present, const google::protobuf::Timestamp& timestamp);

// The first and the last of several times. A value.
class TimeSpan {
  public:
    void add(bool present, const google::protobuf::Timestamp& timestamp);

    // "2026-08-21 02:00 UTC", "2026-08-21 02:00 to 02:10 UTC", or "as of 2026-08-21" where it is exactly
    // midnight: that is a day, as the knowledge has it, and nothing was looked at on a node then.
    std::string words() const;
    bool known() const { return first_.has_value(); }

  private:
    std::optional<google::protobuf::Timestamp> first_;
    std::optional<google::protobuf::Timestamp> last_;
    bool some_not_known_ = false;
};

}  // namespace preflight::readiness::render
