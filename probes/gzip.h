// Gzip: a file in gzip's form (RFC 1952) read to its end: every member inflated, its checksum and its length
// compared.
#pragma once

#include <cstdint>

#include "probes/inflate.h"

namespace preflight::probes {

struct GzipRead {
    enum class Outcome {
        whole,
        empty,             // no byte at all
        not_gzip,          // it does not begin as such
        torn,              // it ends within a member
        corrupt,           // what is compressed makes no sense
        wrong_checksum,    // inflated, but other bytes than were compressed
        trailing_garbage,  // all is whole, and something follows that is neither a member nor zeros
        stopped,           // the sink wanted no more
    };
    Outcome outcome = Outcome::whole;
    std::uint64_t bytes = 0;  // inflated
};

// Zeros behind the last member are padding, as for gzip itself.
GzipRead read_gzip(const PieceSource& next, const PieceSink& sink);

}  // namespace preflight::probes
