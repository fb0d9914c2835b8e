// A host and port: what was read is written so that it is read as the same.

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "model/address.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    const auto address = preflight::parse_address(text, 8473);
    if (!address) return 0;
    (void)address->loopback();
    if (preflight::parse_address(address->text(), 1) != address) std::abort();
    return 0;
}
