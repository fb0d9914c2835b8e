// DeflateCode: the prefix codes of one DEFLATE block (RFC 1951, 3.2) as tables that tell a symbol by one
// look, or by two where its code is long.
#pragma once

#include <array>
#include <cstdint>
#include <span>

namespace preflight::probes {

// What the next bits mean, in one word, so that a look costs one load:
//   bits 0-5   how many bits it takes: the code and the extra bits behind it
//   bits 8-11  how many of these are the code; of a pointer, how many bits choose within the second table
//   bits 12-14 kind
//   bits 16-31 literal, base of a length or of a distance, or the place of the second table
using DeflateEntry = std::uint32_t;

inline constexpr DeflateEntry deflate_literal = 1U << 12U;
inline constexpr DeflateEntry deflate_special = 1U << 13U;  // end of the block, pointer, or no code at all
inline constexpr DeflateEntry deflate_pointer = 1U << 14U;
inline constexpr unsigned deflate_longest_code = 15;

inline unsigned deflate_bits(DeflateEntry entry) { return entry & 0x3FU; }
inline unsigned deflate_code_bits(DeflateEntry entry) { return (entry >> 8U) & 0xFU; }
inline unsigned deflate_value(DeflateEntry entry) { return entry >> 16U; }
// A special entry that is neither pointer nor end: the stream is corrupt.
inline constexpr DeflateEntry deflate_no_code = deflate_special;

// Second tables are all of one size, that of the longest code: simple, and these are bounds that no set of
// lengths passes (each second table serves two symbols at least).
struct LiteralCode {
    static constexpr unsigned table_bits = 11;
    static constexpr std::size_t symbols = 288;
    std::array<DeflateEntry, (1U << table_bits) + (symbols / 2 << (deflate_longest_code - table_bits))>
        table{};
};

struct DistanceCode {
    static constexpr unsigned table_bits = 9;
    static constexpr std::size_t symbols = 32;
    std::array<DeflateEntry, (1U << table_bits) + (symbols / 2 << (deflate_longest_code - table_bits))>
        table{};
};

// The code that the lengths of a dynamic block are written in.
struct LengthCode {
    static constexpr unsigned table_bits = 7;
    static constexpr std::size_t symbols = 19;
    std::array<DeflateEntry, 1U << table_bits> table{};
};

// `lengths` are bits per symbol, 0 for one that does not occur. False for a set that is no prefix code: more
// codes than there are bits for, or fewer, unless it is one code of one bit (zlib takes these as well).
bool build(LiteralCode& code, std::span<const std::uint8_t> lengths);
bool build(DistanceCode& code, std::span<const std::uint8_t> lengths);
bool build(LengthCode& code, std::span<const std::uint8_t> lengths);

}  // namespace preflight::probes
