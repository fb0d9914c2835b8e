#include "probes/deflate_input.h"

#include <algorithm>
#include <bit>

namespace preflight::probes {
namespace {

static_assert(std::endian::native == std::endian::little, "bits are taken from words as they lie in memory");

constexpr std::size_t input_bytes = 64 * 1024;

}  // namespace

DeflateInput::DeflateInput(PieceSource next)
    : next_(std::move(next)),
      buffer_(back_bytes + input_bytes + 3 * look_ahead_bytes),
      at_(buffer_.data() + back_bytes),
      real_end_(at_),
      end_(at_) {}

void DeflateInput::fill(std::size_t length) {
    if (ended_) return zeros_again();
    auto* const start = buffer_.data() + back_bytes;
    // The bytes just before stay as well: bits that were looked at may be given back.
    const auto before = std::min(back_bytes, static_cast<std::size_t>(at_ - buffer_.data()));
    const auto kept = static_cast<std::size_t>(real_end_ - at_);
    std::memmove(start - before, at_ - before, before + kept);
    at_ = start;
    auto* to = start + kept;
    while (static_cast<std::size_t>(to - start) < length) {
        if (piece_.empty()) piece_ = next_();
        if (piece_.empty()) {
            ended_ = true;
            break;
        }
        const auto room = input_bytes - static_cast<std::size_t>(to - start);
        const auto count = std::min(piece_.size(), room);
        std::memcpy(to, piece_.data(), count);
        piece_.remove_prefix(count);
        to += count;
    }
    real_end_ = end_ = to;
    if (!ended_) return;
    std::memset(to, 0, look_ahead_bytes);
    end_ = to + look_ahead_bytes;
}

// The zeros past the end were used up: whoever takes more of them sees overrun().
void DeflateInput::zeros_again() {
    const auto past = std::min(static_cast<std::size_t>(at_ - real_end_), look_ahead_bytes);
    std::ranges::fill(buffer_, std::uint8_t{0});
    real_end_ = buffer_.data() + back_bytes;
    at_ = real_end_ + past;
    end_ = buffer_.data() + buffer_.size();
}

void DeflateBits::give_back() {
    place -= count / 8;
    count %= 8;
    word &= (std::uint64_t{1} << count) - 1;
    input.move_to(place);
}

bool DeflateBits::ends_here() {
    constexpr std::size_t look_bytes = 8;
    want(2 * look_bytes);
    input.move_to(place - count / 8);
    const bool ends = input.left() < look_bytes;
    input.move_to(place);
    return ends;
}

bool DeflateBits::overrun() {
    input.move_to(place - count / 8);
    const bool past = input.overrun();
    input.move_to(place);
    return past;
}

}  // namespace preflight::probes
