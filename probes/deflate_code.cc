#include "probes/deflate_code.h"

#include <algorithm>

namespace preflight::probes {
namespace {

constexpr unsigned end_of_block = 256;

using Counts = std::array<std::uint16_t, deflate_longest_code + 1>;

struct Extra {
    std::uint16_t base;
    std::uint8_t bits;
};

// RFC 1951, 3.2.5: symbols 257 to 285.
constexpr std::array<Extra, 29> lengths_from_257{
    {{3, 0},  {4, 0},  {5, 0},  {6, 0},   {7, 0},   {8, 0},   {9, 0},   {10, 0},  {11, 1}, {13, 1},
     {15, 1}, {17, 1}, {19, 2}, {23, 2},  {27, 2},  {31, 2},  {35, 3},  {43, 3},  {51, 3}, {59, 3},
     {67, 4}, {83, 4}, {99, 4}, {115, 4}, {131, 5}, {163, 5}, {195, 5}, {227, 5}, {258, 0}}};

constexpr std::array<Extra, 30> distances{
    {{1, 0},     {2, 0},     {3, 0},     {4, 0},      {5, 1},      {7, 1},     {9, 2},     {13, 2},
     {17, 3},    {25, 3},    {33, 4},    {49, 4},     {65, 5},     {97, 5},    {129, 6},   {193, 6},
     {257, 7},   {385, 7},   {513, 8},   {769, 8},    {1025, 9},   {1537, 9},  {2049, 10}, {3073, 10},
     {4097, 11}, {6145, 11}, {8193, 12}, {12289, 12}, {16385, 13}, {24577, 13}}};

DeflateEntry entry_of(unsigned value, unsigned extra_bits) { return (value << 16U) | extra_bits; }

DeflateEntry literal_meaning(unsigned symbol) {
    if (symbol < end_of_block) return entry_of(symbol, 0) | deflate_literal;
    // A value that is not 0 tells the end from a code that is none.
    if (symbol == end_of_block) return entry_of(1, 0) | deflate_special;
    const auto at = symbol - end_of_block - 1;
    if (at >= lengths_from_257.size()) return deflate_no_code;
    return entry_of(lengths_from_257[at].base, lengths_from_257[at].bits);
}

DeflateEntry distance_meaning(unsigned symbol) {
    if (symbol >= distances.size()) return deflate_no_code;
    return entry_of(distances[symbol].base, distances[symbol].bits);
}

DeflateEntry length_meaning(unsigned symbol) { return entry_of(symbol, 0); }

// The code of `bits` bits as it comes in the stream: its first bit lowest.
unsigned reversed(unsigned code, unsigned bits) {
    unsigned result = 0;
    for (; bits > 0; --bits, code >>= 1U) result = (result << 1U) | (code & 1U);
    return result;
}

bool is_prefix_code(const Counts& counts, unsigned longest) {
    int left = 1;
    for (unsigned bits = 1; bits <= deflate_longest_code; ++bits) {
        left = left * 2 - counts[bits];
        if (left < 0) return false;
    }
    return left == 0 || longest <= 1;
}

void set_every(std::span<DeflateEntry> table, unsigned first, unsigned step_bits, DeflateEntry entry) {
    for (std::size_t at = first; at < table.size(); at += std::size_t{1} << step_bits) table[at] = entry;
}

// Codes are given out in order of length and symbol.
template <typename Code>
bool fill(Code& code, std::span<const std::uint8_t> lengths, DeflateEntry (*meaning)(unsigned symbol)) {
    constexpr unsigned table_bits = Code::table_bits;
    Counts counts{};
    for (const auto bits : lengths) ++counts[bits];
    counts[0] = 0;
    unsigned longest = deflate_longest_code;
    while (longest > 0 && counts[longest] == 0) --longest;
    if (!is_prefix_code(counts, longest)) return false;
    std::array<std::uint16_t, deflate_longest_code + 2> next{};
    for (unsigned bits = 1; bits <= deflate_longest_code; ++bits) {
        next[bits + 1] = static_cast<std::uint16_t>((next[bits] + counts[bits]) * 2);
    }
    const std::span<DeflateEntry> all(code.table);
    const auto main = all.first(std::size_t{1} << table_bits);
    std::ranges::fill(main, deflate_no_code);
    const unsigned second_bits = longest > table_bits ? longest - table_bits : 0;
    std::size_t used = main.size();
    for (unsigned symbol = 0; symbol < lengths.size(); ++symbol) {
        const unsigned bits = lengths[symbol];
        if (bits == 0) continue;
        const auto place = reversed(next[bits]++, bits);
        if (bits <= table_bits) {
            const auto entry = meaning(symbol);
            set_every(main, place, bits, entry == deflate_no_code ? entry : entry + bits + (bits << 8U));
            continue;
        }
        auto& pointer = main[place & (main.size() - 1)];
        if ((pointer & deflate_pointer) == 0) {
            pointer = entry_of(static_cast<unsigned>(used), table_bits) | (second_bits << 8U) |
                      deflate_special | deflate_pointer;
            std::ranges::fill(all.subspan(used, std::size_t{1} << second_bits), deflate_no_code);
            used += std::size_t{1} << second_bits;
        }
        const auto second = all.subspan(deflate_value(pointer), std::size_t{1} << second_bits);
        const unsigned rest = bits - table_bits;
        const auto entry = meaning(symbol);
        set_every(second, place >> table_bits, rest,
                  entry == deflate_no_code ? entry : entry + rest + (rest << 8U));
    }
    return true;
}

}  // namespace

bool build(LiteralCode& code, std::span<const std::uint8_t> lengths) {
    return fill(code, lengths, literal_meaning);
}

bool build(DistanceCode& code, std::span<const std::uint8_t> lengths) {
    return fill(code, lengths, distance_meaning);
}

bool build(LengthCode& code, std::span<const std::uint8_t> lengths) {
    return fill(code, lengths, length_meaning);
}

}  // namespace preflight::probes
