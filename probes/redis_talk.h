// RedisTalk: a conversation with one Redis server or Sentinel, from the login on.
//
// Only commands that read, but for the name of its own connection; which ones are asked is the callers'
// matter. Used by one thread.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string_view>

#include "preflight/v1/server.pb.h"
#include "probes/node/dial.h"
#include "probes/redis_login.h"
#include "probes/redis_reply.h"

namespace preflight::probes {

class RedisTalk {
  public:
    RedisTalk(const Node& node, Stream stream, const DialLimits& limits)
        : tally_(node.tally()), stream_(std::move(stream)), limits_(limits) {}

    // The answer, which may be an error of the server's. A Problem when none came, or nonsense: it is over
    // then.
    Result<RedisReply> ask(std::initializer_list<std::string_view> words);
    bool failed_in_tls() const { return stream_.failed_in_tls(); }
    Stream::Clock::time_point until() const { return limits_.until; }

  private:
    Result<RedisReply> read(Stream::Clock::time_point deadline);

    std::shared_ptr<Tally> tally_;
    Stream stream_;
    DialLimits limits_;
    RedisReplyReader replies_;
};

// Dials, logs in, names itself, selects the database and asks for a sign of life. `reach` says how it went.
// The talk is there when the server answers at all, be it that it serves nobody yet (LOADING): it may still
// say why.
std::optional<RedisTalk> open_redis(const Node& node, const Place& place, const TlsSettings* tls,
                                    const RedisLogin& login, std::uint32_t database, const DialLimits& limits,
                                    v1::Reach& reach);

}  // namespace preflight::probes
