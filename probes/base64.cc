#include "probes/base64.h"

#include <openssl/evp.h>

#include <algorithm>
#include <iterator>

namespace preflight::probes {

std::optional<std::string> from_base64(std::string_view text) {
    std::string packed;
    std::ranges::copy_if(text, std::back_inserter(packed), [](char letter) {
        return letter != ' ' && letter != '\t' && letter != '\r' && letter != '\n';
    });
    const auto padding = packed.size() - std::min(packed.find('='), packed.size());
    const bool at_end = packed.find_first_not_of('=', packed.size() - padding) == std::string::npos;
    // OpenSSL stops quietly where it meets a '-', and takes a '=' anywhere.
    if (packed.empty() || packed.size() % 4 != 0 || padding > 2 || !at_end ||
        packed.find('-') != std::string::npos)
        return std::nullopt;
    std::string bytes(packed.size() / 4 * 3, '\0');
    const auto written = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(bytes.data()),
                                         reinterpret_cast<const unsigned char*>(packed.data()),
                                         static_cast<int>(packed.size()));
    if (written < 0 || static_cast<std::size_t>(written) < padding) return std::nullopt;
    bytes.resize(static_cast<std::size_t>(written) - padding);
    return bytes;
}

std::string to_base64(std::string_view bytes) {
    std::string text((bytes.size() + 2) / 3 * 4 + 1, '\0');  // and the NUL that OpenSSL writes
    const auto length =
        EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()),
                        reinterpret_cast<const unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(length));
    return text;
}

}  // namespace preflight::probes
