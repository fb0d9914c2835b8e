#include "probes/plain_text.h"

#include <algorithm>
#include <cstddef>

namespace preflight::probes {
namespace {

// Bytes of the sequence that `first` opens; 0 when it can open none (also overlong forms and beyond
// U+10FFFF).
std::size_t sequence_length(unsigned char first) {
    if (first < 0x80) return 1;
    if (first >= 0xC2 && first <= 0xDF) return 2;
    if (first >= 0xE0 && first <= 0xEF) return 3;
    if (first >= 0xF0 && first <= 0xF4) return 4;
    return 0;
}

// What the second byte may be is narrower after some first bytes: no overlong forms, no surrogates, no end
// beyond.
bool second_byte_fits(unsigned char first, unsigned char second) {
    if (first == 0xE0) return second >= 0xA0 && second <= 0xBF;
    if (first == 0xED) return second >= 0x80 && second <= 0x9F;
    if (first == 0xF0) return second >= 0x90 && second <= 0xBF;
    if (first == 0xF4) return second >= 0x80 && second <= 0x8F;
    return second >= 0x80 && second <= 0xBF;
}

}  // namespace

bool is_plain_text(std::string_view bytes) {
    const auto byte = [&](std::size_t at) { return static_cast<unsigned char>(bytes[at]); };
    for (std::size_t at = 0; at < bytes.size();) {
        const auto length = sequence_length(byte(at));
        if (length == 0 || byte(at) == 0 || length > bytes.size() - at) return false;
        if (length > 1 && !second_byte_fits(byte(at), byte(at + 1))) return false;
        for (std::size_t next = 2; next < length; ++next) {
            if (byte(at + next) < 0x80 || byte(at + next) > 0xBF) return false;
        }
        at += length;
    }
    return true;
}

bool is_plain_line(std::string_view bytes) {
    const auto is_control = [](char c) {
        return static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) == 0x7F;
    };
    return is_plain_text(bytes) && std::ranges::none_of(bytes, is_control);
}

}  // namespace preflight::probes
