// Frames, in pieces as long as the first byte says: cut the same way as from one piece.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "model/frame.h"

namespace {

struct Cut {
    std::vector<std::string> payloads;
    bool broken = false;
    bool torn = false;

    friend bool operator==(const Cut&, const Cut&) = default;
};

Cut cut(std::string_view stream, std::size_t piece_bytes) {
    preflight::FrameReader frames;
    Cut result;
    for (std::size_t at = 0; at < stream.size() && !result.broken; at += piece_bytes) {
        frames.feed(stream.substr(at, piece_bytes));
        while (true) {
            auto payload = frames.next();
            result.broken = !payload;
            if (!payload || !payload.value()) break;
            result.payloads.push_back(*payload.value());
        }
    }
    result.torn = !result.broken && frames.torn();
    return result;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::string_view stream(reinterpret_cast<const char*>(data) + 1, size - 1);
    const auto whole = cut(stream, std::max<std::size_t>(1, stream.size()));
    if (!(cut(stream, std::max<std::size_t>(1, data[0])) == whole)) std::abort();
    for (const auto& payload : whole.payloads) {
        if (payload.size() > preflight::frame_limit_bytes) std::abort();
    }
    return 0;
}
