// Digest: SHA-256 of bytes, in lower-case hex.
#pragma once

#include <string>
#include <string_view>

namespace preflight {

// 64 digits; empty where OpenSSL gives no SHA-256.
std::string sha256_hex(std::string_view bytes);

}  // namespace preflight
