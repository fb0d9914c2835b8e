#include "readiness/render/visible.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>

namespace preflight::readiness::render {
namespace {

struct CodePoint {
    char32_t value = 0;
    std::size_t length_bytes = 1;
};

unsigned byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

// The code point at `at` of valid UTF-8.
CodePoint decode(std::string_view text, std::size_t at) {
    const auto first = byte_at(text, at);
    if (first < 0x80) return {first, 1};
    const std::size_t length_bytes = first < 0xE0 ? 2 : first < 0xF0 ? 3 : 4;
    CodePoint point{first & (0x7FU >> length_bytes), length_bytes};
    for (std::size_t i = 1; i < length_bytes; ++i)
        point.value = (point.value << 6U) | (byte_at(text, at + i) & 0x3FU);
    return point;
}

bool within(char32_t value, char32_t first, char32_t last) { return value >= first && value <= last; }

bool breaks_line(char32_t value) {
    return within(value, 0x09, 0x0D) || value == 0x85 || value == 0x2028 || value == 0x2029;
}

struct Range {
    char32_t first;
    char32_t last;
};

// Characters that act on the text around them or take no room: they could hide or reorder what a report says.
// Controls, and what Unicode calls ignorable by default (DerivedCoreProperties.txt).
constexpr std::array acting{
    Range{0x00, 0x1F},       Range{0x7F, 0x9F},       Range{0xAD, 0xAD},      Range{0x034F, 0x034F},
    Range{0x061C, 0x061C},   Range{0x115F, 0x1160},   Range{0x17B4, 0x17B5},  Range{0x180B, 0x180F},
    Range{0x200B, 0x200F},   Range{0x202A, 0x202E},   Range{0x2060, 0x206F},  Range{0x3164, 0x3164},
    Range{0xFE00, 0xFE0F},   Range{0xFEFF, 0xFEFF},   Range{0xFFA0, 0xFFA0},  Range{0xFFF0, 0xFFFB},
    Range{0x1BCA0, 0x1BCA3}, Range{0x1D173, 0x1D17A}, Range{0xE0000, 0xE0FFF}};

bool acts(char32_t value) {
    if (within(value, 0x20, 0x7E)) return false;  // nearly all there is
    return std::ranges::any_of(acting, [=](Range range) { return within(value, range.first, range.last); });
}

}  // namespace

std::string visible(std::string_view text) {
    const auto valid = valid_utf8(text);
    std::string out;
    out.reserve(valid.size());
    for (std::size_t at = 0; at < valid.size();) {
        const auto point = decode(valid, at);
        if (breaks_line(point.value)) {
            out += ' ';
        } else if (acts(point.value)) {
            out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point.value));
        } else {
            out.append(valid, at, point.length_bytes);
        }
        at += point.length_bytes;
    }
    return out;
}

int columns(std::string_view text) {
    int count = 0;
    for (const char byte : text) count += (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U ? 1 : 0;
    return count;
}

std::string_view first_columns(std::string_view text, int count) {
    std::size_t at = 0;
    while (at < text.size() && count > 0) {
        ++at;
        while (at < text.size() && (byte_at(text, at) & 0xC0U) == 0x80U) ++at;
        --count;
    }
    return text.substr(0, at);
}

}  // namespace preflight::readiness::render
