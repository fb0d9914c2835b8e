#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "probes/gzip.h"
#include "probes/tar_stream.h"

namespace {

// As one gzip, as a stream behind a whole header (a mutation rarely makes one), and as an archive.
void read_as_gzip(std::string_view bytes, std::size_t piece_bytes) {
    preflight::probes::TarStream archive;
    preflight::probes::read_gzip(
        [&] {
            const auto piece = bytes.substr(0, piece_bytes);
            bytes.remove_prefix(piece.size());
            return piece;
        },
        [&](std::string_view piece) { return archive.feed(piece); });
}

void read_as_archive(std::string_view bytes, std::size_t piece_bytes) {
    preflight::probes::TarStream archive;
    while (!bytes.empty() && archive.feed(bytes.substr(0, piece_bytes))) {
        bytes.remove_prefix(std::min(piece_bytes, bytes.size()));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    if (size == 0) return 0;
    const std::size_t piece_bytes = 1 + data[0];
    const std::string bytes(reinterpret_cast<const char*>(data + 1), size - 1);
    read_as_gzip(bytes, piece_bytes);
    read_as_gzip(std::string("\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10) + bytes, piece_bytes);
    read_as_archive(bytes, piece_bytes);
    return 0;
}
