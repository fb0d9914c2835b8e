// RedisReply: what a Redis server answers, and the reader that makes it of bytes.
//
// RESP2 by hiredis' codec, within limits: a hostile server costs neither memory nor stack.
#pragma once

#include <cstddef>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace preflight::probes {

struct RedisReply {
    enum class Kind { nothing, text, status, error, number, list };
    Kind kind = Kind::nothing;
    std::string text;  // of text, status and error
    long long number = 0;
    std::vector<RedisReply> items;

    bool is_error() const { return kind == Kind::error; }
    // The word in capitals that an error begins with: "NOAUTH". The rest of an error is never shown, for a
    // server repeats there what it was sent, a password among it.
    std::string_view code() const;
    bool says(std::string_view status) const { return kind == Kind::status && text == status; }
};

class RedisReplyReader {
  public:
    static constexpr std::size_t bytes_limit = 4UL * 1024 * 1024;  // of one reply
    static constexpr std::size_t items_limit = 20'000;             // of one reply, at all depths

    RedisReplyReader();
    RedisReplyReader(RedisReplyReader&&) noexcept;
    RedisReplyReader& operator=(RedisReplyReader&&) noexcept;
    ~RedisReplyReader();

    // What the server sent. A Problem, whose source the caller knows, when it is no RESP or past a limit;
    // nothing more is to be read then.
    Result<void> feed(std::string_view bytes);
    // The next whole reply, if there is one.
    Result<std::optional<RedisReply>> next();

  private:
    struct Codec;
    std::unique_ptr<Codec> codec_;
};

// The bytes of a command.
std::string redis_command(std::initializer_list<std::string_view> words);

}  // namespace preflight::probes
