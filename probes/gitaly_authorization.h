// GitalyAuthorization: what Gitaly and Praefect want to see in the metadata `authorization` of every call.
//
// The token itself is never sent: the header holds the time and its keyed digest, and a server takes it for
// as long as its own clock is within 30 seconds of that time.
#pragma once

#include <cstdint>

#include "model/secret.h"

namespace preflight::probes {

// "Bearer v2.<HMAC-SHA-256 of the time in hex>.<time in seconds>". `token` must be present.
Secret gitaly_authorization(const Secret& token, std::int64_t unix_seconds);

}  // namespace preflight::probes
