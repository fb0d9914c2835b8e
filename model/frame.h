// Frame: one message on a byte stream between our own processes: length (4 bytes, little endian), then the
// bytes.
//
// For pipes and socket pairs; files use agent/spool.h (checksums), the network uses gRPC. Not thread-safe.
#pragma once

#include <google/protobuf/message_lite.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace preflight {

// No message between our processes is larger; a longer length is nonsense from a child gone wild.
constexpr std::size_t frame_limit_bytes = 1024 * 1024;

// The message as one frame. A message past the limit is a bug: throws std::length_error.
std::string frame(const google::protobuf::MessageLite& message);

// Cuts frames out of a stream that arrives in pieces.
class FrameReader {
  public:
    // Appends bytes as they came.
    void feed(std::string_view bytes);
    // The next whole frame's payload, nothing if more bytes are needed, TOO_LARGE when the length passes the
    // limit (the stream cannot be used further).
    Result<std::optional<std::string>> next();
    // True when the stream ended within a frame.
    bool torn() const { return start_ != buffer_.size(); }

  private:
    std::string buffer_;
    std::size_t start_ = 0;
};

}  // namespace preflight
