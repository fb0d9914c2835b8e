#include "probes/tar_header.h"

#include <algorithm>
#include <charconv>
#include <limits>

namespace preflight::probes {
namespace {

// Places in the block (POSIX ustar; GNU differs only behind the magic).
constexpr std::size_t name_bytes = 100;
constexpr std::size_t size_at = 124;
constexpr std::size_t size_length = 12;
constexpr std::size_t checksum_at = 148;
constexpr std::size_t checksum_length = 8;
constexpr std::size_t type_at = 156;
constexpr std::size_t magic_at = 257;
constexpr std::size_t prefix_at = 345;
constexpr std::size_t prefix_bytes = 155;
constexpr std::size_t sparse_continues_at = 482;

std::string_view text_field(std::string_view block, std::size_t at, std::size_t length) {
    const auto field = block.substr(at, length);
    return field.substr(0, field.find('\0'));
}

// GNU's form for what octal digits cannot hold (sizes over 8 GiB): big-endian bytes behind a set first bit.
std::optional<std::uint64_t> binary_number(std::string_view field) {
    std::uint64_t value = static_cast<unsigned char>(field.front()) & 0x7FU;
    for (const char digit : field.substr(1)) {
        if (value > (std::numeric_limits<std::uint64_t>::max() >> 8U)) return std::nullopt;
        value = (value << 8U) | static_cast<unsigned char>(digit);
    }
    // A set 64th bit is a negative number or nonsense: no archive is that large.
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) return std::nullopt;
    return value;
}

std::optional<std::uint64_t> number_field(std::string_view block, std::size_t at, std::size_t length) {
    auto field = block.substr(at, length);
    if ((static_cast<unsigned char>(field.front()) & 0x80U) != 0) return binary_number(field);
    field.remove_prefix(std::min(field.find_first_not_of(' '), field.size()));
    const auto digits = field.substr(0, std::min(field.find_first_not_of("01234567"), field.size()));
    const auto rest = field.substr(digits.size());
    if (rest.find_first_not_of(std::string_view(" \0", 2)) != std::string_view::npos) return std::nullopt;
    std::uint64_t value = 0;
    for (const char digit : digits) value = value * 8 + static_cast<std::uint64_t>(digit - '0');
    return value;
}

// The sum of all bytes, with the checksum's own field taken as spaces. Some old writers summed signed bytes.
bool checksum_holds(std::string_view block) {
    const auto expected = number_field(block, checksum_at, checksum_length);
    if (!expected) return false;
    std::uint64_t unsigned_sum = 0;
    std::int64_t signed_sum = 0;
    for (std::size_t at = 0; at < block.size(); ++at) {
        const bool own = at >= checksum_at && at < checksum_at + checksum_length;
        const char byte = own ? ' ' : block[at];
        unsigned_sum += static_cast<unsigned char>(byte);
        signed_sum += static_cast<signed char>(byte);
    }
    return *expected == unsigned_sum ||
           (signed_sum >= 0 && *expected == static_cast<std::uint64_t>(signed_sum));
}

}  // namespace

std::optional<TarHeader> parse_tar_header(std::string_view block) {
    if (block.size() != tar_block_bytes || !checksum_holds(block)) return std::nullopt;
    const auto size = number_field(block, size_at, size_length);
    if (!size) return std::nullopt;
    TarHeader header{.name = std::string(text_field(block, 0, name_bytes)),
                     .type = block[type_at],
                     .size_bytes = *size,
                     .sparse_continues = false};
    // A hard link has no content, whatever its size field repeats from the file that it names.
    if (header.type == '1') header.size_bytes = 0;
    header.sparse_continues = header.type == 'S' && block[sparse_continues_at] != '\0';
    // Only POSIX has the prefix there; GNU ("ustar  ") keeps times in its place.
    if (block.substr(magic_at, 6) == std::string_view("ustar\0", 6)) {
        const auto prefix = text_field(block, prefix_at, prefix_bytes);
        if (!prefix.empty()) header.name = std::string(prefix) + "/" + header.name;
    }
    return header;
}

bool is_zero_block(std::string_view block) {
    return block.size() == tar_block_bytes && block.find_first_not_of('\0') == std::string_view::npos;
}

std::optional<PaxRecords> parse_pax_records(std::string_view text) {
    PaxRecords records;
    while (!text.empty()) {
        std::size_t length = 0;
        const auto parsed = std::from_chars(text.data(), text.data() + text.size(), length);
        const auto digits = static_cast<std::size_t>(parsed.ptr - text.data());
        if (parsed.ec != std::errc() || length > text.size() || length < digits + 3) return std::nullopt;
        if (text[digits] != ' ' || text[length - 1] != '\n') return std::nullopt;
        const auto record = text.substr(digits + 1, length - digits - 2);
        text.remove_prefix(length);
        const auto equals = record.find('=');
        if (equals == std::string_view::npos) return std::nullopt;
        const auto value = record.substr(equals + 1);
        if (record.substr(0, equals) == "path") records.path = std::string(value);
        if (record.substr(0, equals) != "size") continue;
        std::int64_t size = 0;
        const auto number = std::from_chars(value.data(), value.data() + value.size(), size);
        if (number.ec != std::errc() || number.ptr != value.data() + value.size() || size < 0) {
            return std::nullopt;
        }
        records.size_bytes = static_cast<std::uint64_t>(size);
    }
    return records;
}

}  // namespace preflight::probes
