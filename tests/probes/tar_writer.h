// TarWriter: makes small tar archives in memory, whole ones and such as no tar would write.
#pragma once

#include <fmt/format.h>

#include <cstdint>
#include <string>
#include <string_view>

#include "model/result.h"

namespace preflight::probes {

class TarWriter {
  public:
    static constexpr std::size_t block_bytes = 512;

    TarWriter& file(std::string_view name, std::string_view content) { return entry(name, '0', content); }
    TarWriter& directory(std::string_view name) { return entry(name, '5', ""); }

    // A header as GNU tar writes it, and its content. Names over 100 bytes need gnu_file or pax_file.
    TarWriter& entry(std::string_view name, char type, std::string_view content) {
        bytes_ += header(name, type, octal(content.size()));
        return padded(content);
    }

    // The name in a member of its own before it ("././@LongLink").
    TarWriter& gnu_file(std::string_view name, std::string_view content) {
        return entry("././@LongLink", 'L', std::string(name) + '\0').file(name.substr(0, 100), content);
    }

    // The name in a pax record before it. `name` must be long enough for a length of three digits.
    TarWriter& pax_file(std::string_view name, std::string_view content) {
        const auto rest = fmt::format(" path={}\n", name);
        return entry("PaxHeaders/x", 'x', std::to_string(rest.size() + 3) + rest).file("cut", content);
    }

    // A header alone, whose size field is these twelve bytes.
    TarWriter& header_only(std::string_view name, std::string_view size_field, char type = '0') {
        bytes_ += header(name, type, size_field);
        return *this;
    }

    TarWriter& padded(std::string_view content) {
        bytes_ += content;
        bytes_.resize((bytes_.size() + block_bytes - 1) / block_bytes * block_bytes, '\0');
        return *this;
    }

    std::string without_end() const { return bytes_; }
    // With the two blocks of zeros.
    std::string finish() const { return bytes_ + std::string(2 * block_bytes, '\0'); }

    static std::string octal(std::uint64_t size) { return fmt::format("{:011o}", size) + '\0'; }

    // GNU's base-256 form, for sizes over 8 GiB.
    static std::string base256(std::uint64_t size) {
        std::string field(12, '\0');
        field[0] = static_cast<char>(0x80);
        for (std::size_t at = 11; at > 3; --at, size >>= 8U) field[at] = static_cast<char>(size & 0xFFU);
        return field;
    }

  private:
    static std::string header(std::string_view name, char type, std::string_view size_field) {
        std::string block(block_bytes, '\0');
        const auto put = [&](std::size_t at, std::string_view text) { block.replace(at, text.size(), text); };
        put(0, name.substr(0, 100));
        put(100, "0000600");
        put(124, size_field);
        put(136, "15000000000");
        put(148, "        ");
        block[156] = type;
        put(257, "ustar  ");
        unsigned sum = 0;
        for (const char byte : block) sum += static_cast<unsigned char>(byte);
        put(148, fmt::format("{:06o}", sum) + '\0');
        return block;
    }

    std::string bytes_;
};

// An archive in memory as a source of bytes for walk_tar.
inline auto tar_bytes(std::string archive) {
    return [archive = std::move(archive)](std::uint64_t offset, std::size_t length) -> Result<std::string> {
        return offset > archive.size() ? std::string() : archive.substr(offset, length);
    };
}

}  // namespace preflight::probes
