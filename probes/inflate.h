// Inflate: DEFLATE (RFC 1951) undone from a stream of pieces into a stream of pieces, in constant memory.
//
// Our own, because nothing in Debian that links statically is both: libdeflate wants whole members in memory,
// zlib streams at half the speed. Hostile input ends as an outcome; it never reads or writes past a buffer.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

#include "probes/deflate_code.h"
#include "probes/deflate_input.h"

namespace preflight::probes {

// Takes a piece of output; false: no more is wanted.
using PieceSink = std::function<bool(std::string_view piece)>;

class Inflate {
  public:
    enum class Outcome { whole, torn, corrupt, stopped };

    Inflate();

    // From the input's place to the end of the stream; the input then stands behind it.
    Outcome run(DeflateInput& input, const PieceSink& sink);

  private:
    static constexpr std::size_t window_bytes = 32 * 1024;
    static constexpr std::size_t piece_bytes = 128 * 1024;
    static constexpr std::size_t slack_bytes = 512;  // longest match, and what a copy by words writes past it

    enum class Step { on, end_of_block, torn, corrupt, stopped };

    Step block(DeflateBits& bits, const PieceSink& sink);
    Step stored_block(DeflateBits& bits, const PieceSink& sink);
    Step dynamic_codes(DeflateBits& bits);
    Step coded_block(DeflateBits& bits, const PieceSink& sink);
    Step run_of_symbols(DeflateBits& bits);
    void fixed_codes();
    bool deliver(const PieceSink& sink);

    std::unique_ptr<LiteralCode> literals_ = std::make_unique<LiteralCode>();
    std::unique_ptr<DistanceCode> distances_ = std::make_unique<DistanceCode>();
    std::vector<unsigned char> output_;
    unsigned char* out_;        // next byte
    unsigned char* delivered_;  // up to here the sink has it
    unsigned char* full_;       // from here on it must be delivered first
    bool last_block_ = false;
};

}  // namespace preflight::probes
