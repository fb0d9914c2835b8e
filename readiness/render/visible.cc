#include "readiness/render/visible.h"

#include <fmt/format.h>

#include <cstddef>
#include <cstdint>

namespace preflight::readiness::render {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";  // U+FFFD

struct CodePoint {
    char32_t value = 0;
    std::size_t length_bytes = 1;
    bool valid = false;
};

unsigned byte_at(std::string_view text, std::size_t at) { return static_cast<unsigned char>(text[at]); }

CodePoint lead(unsigned byte) {
    if (byte < 0x80) return {byte, 1, true};
    if (byte >= 0xC2 && byte <= 0xDF) return {byte & 0x1FU, 2, true};
    if (byte >= 0xE0 && byte <= 0xEF) return {byte & 0x0FU, 3, true};
    if (byte >= 0xF0 && byte <= 0xF4) return {byte & 0x07U, 4, true};
    return {};
}

// The code point at `at`. Overlong forms, surrogates and values past U+10FFFF are not valid; one byte is
// passed over then.
CodePoint decode(std::string_view text, std::size_t at) {
    CodePoint point = lead(byte_at(text, at));
    if (!point.valid || at + point.length_bytes > text.size()) return {};
    for (std::size_t i = 1; i < point.length_bytes; ++i) {
        const unsigned next = byte_at(text, at + i);
        if ((next & 0xC0U) != 0x80U) return {};
        point.value = (point.value << 6U) | (next & 0x3FU);
    }
    const bool overlong = (point.length_bytes == 3 && point.value < 0x800) ||
                          (point.length_bytes == 4 && point.value < 0x10000);
    const bool surrogate = point.value >= 0xD800 && point.value <= 0xDFFF;
    if (overlong || surrogate || point.value > 0x10FFFF) return {};
    return point;
}

bool within(char32_t value, char32_t first, char32_t last) { return value >= first && value <= last; }

bool breaks_line(char32_t value) {
    return within(value, 0x09, 0x0D) || value == 0x85 || value == 0x2028 || value == 0x2029;
}

// Characters that act on the text around them or take no room: they could hide or reorder what a report says.
bool acts(char32_t value) {
    return value < 0x20 || within(value, 0x7F, 0x9F) || value == 0xAD || value == 0x061C ||
           within(value, 0x200B, 0x200F) || within(value, 0x202A, 0x202E) || within(value, 0x2060, 0x206F) ||
           value == 0xFEFF || within(value, 0xFFF9, 0xFFFB) || within(value, 0xE0000, 0xE007F);
}

}  // namespace

std::string valid_utf8(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto point = decode(text, at);
        out += point.valid ? text.substr(at, point.length_bytes) : replacement;
        at += point.length_bytes;
    }
    return out;
}

std::string visible(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (std::size_t at = 0; at < text.size();) {
        const auto point = decode(text, at);
        if (!point.valid) {
            out += replacement;
        } else if (breaks_line(point.value)) {
            out += ' ';
        } else if (acts(point.value)) {
            out += fmt::format("\\u{:04x}", static_cast<std::uint32_t>(point.value));
        } else {
            out += text.substr(at, point.length_bytes);
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
