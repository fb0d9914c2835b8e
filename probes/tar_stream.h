// TarStream: a tar archive that comes in pieces, as out of a gzip: headers are verified and content is
// counted past. tar.h walks one that can be read at any place.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "probes/tar_header.h"

namespace preflight::probes {

class TarStream {
  public:
    // False: it is no archive from here on; feed no more.
    bool feed(std::string_view piece);

    std::uint64_t members() const { return members_; }
    // Both blocks of zeros came; what follows them is no matter.
    bool complete() const { return state_ == State::ended; }
    bool corrupt() const { return state_ == State::corrupt; }
    // It goes no further for a limit of ours: what follows may be as good as any.
    bool past_limit() const { return past_limit_; }

  private:
    enum class State { header, second_zero_block, sparse_map, extension, content, ended, corrupt };

    void take_block();
    void take_header();
    void take_extension();
    void begin_content(std::uint64_t size_bytes);
    void begin_extension();

    State state_ = State::header;
    std::string block_;  // what is gathered of a block, or of an extension's content
    std::size_t wanted_ = tar_block_bytes;
    std::uint64_t skip_bytes_ = 0;
    TarHeader header_;
    std::optional<std::uint64_t> next_size_bytes_;
    std::uint64_t members_ = 0;
    bool past_limit_ = false;
};

}  // namespace preflight::probes
