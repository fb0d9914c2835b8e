// Tar: the members of a tar archive (ustar, GNU, pax), learned from its headers alone: content is passed over
// by seeking, so that an archive of terabytes costs its headers.
//
// Bounded: members, header bytes and the length of a name have limits, and every checksum is verified.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "model/result.h"

namespace preflight::probes {

struct TarMember {
    std::string name;  // as the archive spells it: "./db/database.sql.gz", "/etc/gitlab/gitlab.rb"
    char type = '0';   // typeflag: '0' file, '5' directory, …
    std::uint64_t size_bytes = 0;
    std::uint64_t offset = 0;  // of the content

    bool is_file() const { return type == '0' || type == '\0' || type == '7' || type == 'S'; }
};

struct TarWalk {
    static constexpr std::uint64_t header_limit = 2'000'000;

    std::uint64_t members = 0;
    bool complete_end = false;  // both blocks of zeros stand after the last member
    bool stopped = false;       // the visitor wanted no more
    std::optional<Problem>
        problem;  // MALFORMED: truncated or corrupt; TOO_LARGE: past a limit; or of the reader
};

// Up to `length` bytes from `offset`, fewer only at the end: File::read_at, or a buffer in tests.
using TarBytes = std::function<Result<std::string>(std::uint64_t offset, std::size_t length)>;
// Called for each member in order; false ends the walk.
using TarVisitor = std::function<bool(const TarMember& member)>;

TarWalk walk_tar(const TarBytes& read, std::uint64_t size_bytes, std::string_view source,
                 const TarVisitor& visit);

}  // namespace preflight::probes
