#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "probes/dpkg_status.h"

// The first byte says how long the pieces are in which the file arrives.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    if (text.empty()) return 0;
    const std::size_t piece_bytes = std::max<std::size_t>(1, data[0]);
    text.remove_prefix(1);
    preflight::probes::DpkgStatusReader reader;
    for (std::size_t at = 0; at < text.size(); at += piece_bytes) reader.feed(text.substr(at, piece_bytes));
    (void)reader.finish();
    return 0;
}
