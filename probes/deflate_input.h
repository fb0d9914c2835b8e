// DeflateInput: a compressed stream that comes in pieces, looked at as bytes for a format's headers and as
// bits for a block. Past its end come zeros, so that the hot loop need not ask at every bit.
#pragma once

#include <cstdint>
#include <cstring>
#include <functional>
#include <string_view>
#include <vector>

namespace preflight::probes {

// The next piece of input, good until the next call; empty at the end.
using PieceSource = std::function<std::string_view()>;

class DeflateInput {
  public:
    explicit DeflateInput(PieceSource next);

    // At least `length` bytes (up to look_ahead_bytes) lie at data(): real ones, or zeros past the end.
    void want(std::size_t length) {
        if (static_cast<std::size_t>(end_ - at_) < length) fill(length);
    }
    const unsigned char* data() const { return at_; }
    void move_to(const unsigned char* place) { at_ = place; }
    // Real bytes that are known to follow; 0 after want(1): the input has ended.
    std::size_t left() const { return at_ < real_end_ ? static_cast<std::size_t>(real_end_ - at_) : 0; }
    // More was taken than there was.
    bool overrun() const { return at_ > real_end_; }
    const unsigned char* end() const { return end_; }

    static constexpr std::size_t look_ahead_bytes = 1024;

  private:
    static constexpr std::size_t back_bytes = 8;

    void fill(std::size_t length);
    void zeros_again();

    PieceSource next_;
    std::vector<unsigned char> buffer_;
    const unsigned char* at_;
    const unsigned char* real_end_;
    const unsigned char* end_;  // with the zeros
    std::string_view piece_;    // what of the source's piece is not yet in the buffer
    bool ended_ = false;
};

// The next bits of the input, lowest first. After refill() there are 56 at least; those above `count` are
// what the next refill puts there again.
struct DeflateBits {
    explicit DeflateBits(DeflateInput& from) : input(from), place(from.data()) {}

    void refill() {
        std::uint64_t next = 0;
        std::memcpy(&next, place, sizeof next);
        word |= next << count;
        place += (63 - count) >> 3U;
        count |= 56U;
    }
    void drop(unsigned bits) {
        word >>= bits;
        count -= bits;
    }
    unsigned look(unsigned bits) const {
        return static_cast<unsigned>(word & ((std::uint64_t{1} << bits) - 1));
    }
    unsigned take(unsigned bits) {
        const auto value = look(bits);
        drop(bits);
        return value;
    }
    // Bytes that were looked at and not taken go back, so that the input stands where the bits do. What is
    // left of a byte that was begun stays.
    void give_back();
    // `length` bytes can be looked at from here.
    void want(std::size_t length) {
        input.move_to(place);
        input.want(length);
        place = input.data();
    }
    // More bits were taken than there were.
    bool overrun();
    // Nonsense that is met here may be the zeros behind a torn end: fewer bytes are left than one look takes.
    bool ends_here();

    DeflateInput& input;
    const unsigned char* place;
    std::uint64_t word = 0;
    unsigned count = 0;
};

}  // namespace preflight::probes
