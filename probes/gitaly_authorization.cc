#include "probes/gitaly_authorization.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <span>
#include <stdexcept>
#include <string>

namespace preflight::probes {

Secret gitaly_authorization(const Secret& token, std::int64_t unix_seconds) {
    const auto time = std::to_string(unix_seconds);
    const auto key = token.reveal();
    std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
    unsigned int length = 0;
    if (HMAC(EVP_sha256(), key.data(), static_cast<int>(key.size()),
             reinterpret_cast<const unsigned char*>(time.data()), time.size(), digest.data(),
             &length) == nullptr)
        throw std::runtime_error("HMAC-SHA-256 is not to be had");
    return Secret(fmt::format("Bearer v2.{:02x}.{}", fmt::join(std::span(digest).first(length), ""), time));
}

}  // namespace preflight::probes
