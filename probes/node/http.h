// Http: one GET of an HTTP/1.1 server, over a connection of its own.
//
// No redirects, no cookies, no compression: for the small REST interfaces of a node's own services.
#pragma once

#include <string>
#include <string_view>

#include "preflight/v1/server.pb.h"
#include "probes/node/dial.h"

namespace preflight::probes {

inline constexpr std::size_t http_body_limit_bytes = 1024UL * 1024;
inline constexpr std::size_t http_header_limit_bytes = 16UL * 1024;

struct HttpAnswer {
    unsigned status = 0;
    std::string body;
};

// `target` begins with a slash. How the server was reached is in `reach`, with the time from the request to
// the end of the answer; an answer of whatever status is one. A Problem otherwise: MALFORMED for what is no
// HTTP, TOO_LARGE past a limit, TIMED_OUT when the whole answer is late.
Result<HttpAnswer> http_get(const Node& node, const Place& place, const TlsSettings* tls,
                            std::string_view target, const DialLimits& limits, v1::Reach& reach);

}  // namespace preflight::probes
