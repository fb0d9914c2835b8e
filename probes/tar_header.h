// TarHeader: one 512-byte block that opens a member of a tar archive. Pure; tar.h walks them.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace preflight::probes {

inline constexpr std::size_t tar_block_bytes = 512;

struct TarHeader {
    std::string name;  // with the prefix of ustar before it
    char type = '0';
    std::uint64_t size_bytes = 0;
    bool sparse_continues = false;  // GNU sparse map goes on in the next block
};

// Nothing when the block is no header: wrong checksum, or numbers that are none. `block` is tar_block_bytes
// long.
std::optional<TarHeader> parse_tar_header(std::string_view block);

bool is_zero_block(std::string_view block);

// What pax records ("21 path=db/dump.gz\n" …) say of the next member.
struct PaxRecords {
    std::optional<std::string> path;
    std::optional<std::uint64_t> size_bytes;
};

std::optional<PaxRecords> parse_pax_records(std::string_view text);

}  // namespace preflight::probes
