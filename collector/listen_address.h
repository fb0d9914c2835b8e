// Listen address: "127.0.0.1:8473" or "[::1]:8473". This release speaks plaintext, so only loopback addresses
// pass.
#pragma once

#include <string>
#include <string_view>

#include "model/result.h"

namespace preflight::collector {

// The address as gRPC takes it ("localhost" becomes 127.0.0.1), on the default port where none is named.
// MALFORMED for what is no address, REFUSED for one that is not loopback; the detail says how it is right.
Result<std::string> loopback_address(std::string_view text);

}  // namespace preflight::collector
