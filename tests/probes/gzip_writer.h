// GzipWriter: small gzip files in memory, whole ones and such as are to be found wanting.
#pragma once

#include <libdeflate.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "probes/inflate.h"

namespace preflight::probes {

// One member. Level 0 stores, 1 has fixed codes for what is small, 12 tries hardest.
inline std::string gzip_of(std::string_view content, int level = 6) {
    const std::unique_ptr<libdeflate_compressor, void (*)(libdeflate_compressor*)> compressor(
        libdeflate_alloc_compressor(level), &libdeflate_free_compressor);
    std::string bytes(libdeflate_gzip_compress_bound(compressor.get(), content.size()), '\0');
    bytes.resize(libdeflate_gzip_compress(compressor.get(), content.data(), content.size(), bytes.data(),
                                          bytes.size()));
    return bytes;
}

// What gzip's header, a deflate stream given by hand, and no trailer make.
inline std::string gzip_header() { return std::string("\x1F\x8B\x08\0\0\0\0\0\0\xFF", 10); }

// Bytes as a source that gives them in pieces of this length.
inline PieceSource pieces_of(std::string_view bytes, std::size_t length = 1000) {
    return [bytes, length]() mutable {
        const auto piece = bytes.substr(0, length);
        bytes.remove_prefix(piece.size());
        return piece;
    };
}

// Text that compresses as a dump does: lines that are alike, numbers that are not.
inline std::string lines_of_text(std::size_t bytes) {
    std::string text;
    std::uint64_t random = 88172645463325252ULL;
    while (text.size() < bytes) {
        random ^= random << 13U;
        random ^= random >> 7U;
        random ^= random << 17U;
        text += "42\tproject/" + std::to_string(random % 977) + "\t2026-08-12 02:00:00." +
                std::to_string(random % 1'000'000) + "\t\\N\tt\n";
        if (random % 50 == 0) text += std::string(random % 700, static_cast<char>('a' + random % 26));
    }
    text.resize(bytes);
    return text;
}

inline std::string dump_of(std::string_view rows) {
    return "--\n-- PostgreSQL database dump\n--\n" + std::string(rows) +
           "\n--\n-- PostgreSQL database dump complete\n--\n\n";
}

}  // namespace preflight::probes
