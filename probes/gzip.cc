#include "probes/gzip.h"

#include <libdeflate.h>

#include <algorithm>
#include <cstring>

namespace preflight::probes {
namespace {

using Outcome = GzipRead::Outcome;

enum Flag : unsigned { header_checksum = 2, extra_field = 4, file_name = 8, comment = 16, reserved = 0xE0 };

std::uint32_t number_at(const unsigned char* place) {
    std::uint32_t number = 0;
    for (int at = 3; at >= 0; --at) number = (number << 8U) | place[at];
    return number;
}

class Reader {
  public:
    Reader(const PieceSource& next, const PieceSink& sink) : input_(next), sink_(sink) {}

    GzipRead read() {
        input_.want(1);
        if (input_.left() == 0) return {Outcome::empty, 0};
        if (!at_member()) return {Outcome::not_gzip, 0};
        auto outcome = Outcome::whole;
        while (outcome == Outcome::whole && at_member()) outcome = member();
        if (outcome == Outcome::whole && !only_zeros_left()) outcome = Outcome::trailing_garbage;
        return {outcome, bytes_};
    }

  private:
    // The magic and the one method that there is.
    bool at_member() {
        input_.want(3);
        const auto* place = input_.data();
        return input_.left() >= 3 && place[0] == 0x1F && place[1] == 0x8B && place[2] == 8;
    }

    Outcome member() {
        const auto header = this->header();
        if (header != Outcome::whole) return header;
        std::uint32_t checksum = 0;
        std::uint64_t length = 0;
        const auto inflated = inflate_.run(input_, [&](std::string_view piece) {
            checksum = libdeflate_crc32(checksum, piece.data(), piece.size());
            length += piece.size();
            return sink_(piece);
        });
        bytes_ += length;
        if (inflated == Inflate::Outcome::stopped) return Outcome::stopped;
        if (inflated == Inflate::Outcome::torn) return Outcome::torn;
        if (inflated == Inflate::Outcome::corrupt) return Outcome::corrupt;
        constexpr std::size_t trailer_bytes = 8;
        if (!take(trailer_bytes)) return Outcome::torn;
        const bool same =
            number_at(taken_) == checksum && number_at(taken_ + 4) == static_cast<std::uint32_t>(length);
        return same ? Outcome::whole : Outcome::wrong_checksum;
    }

    Outcome header() {
        constexpr std::size_t fixed_bytes = 10;
        if (!take(fixed_bytes)) return Outcome::torn;
        const unsigned flags = taken_[3];
        if ((flags & reserved) != 0) return Outcome::corrupt;
        if ((flags & extra_field) != 0) {
            if (!take(2)) return Outcome::torn;
            if (!pass(taken_[0] | static_cast<unsigned>(taken_[1]) << 8U)) return Outcome::torn;
        }
        if ((flags & file_name) != 0 && !pass_text()) return Outcome::torn;
        if ((flags & comment) != 0 && !pass_text()) return Outcome::torn;
        if ((flags & header_checksum) != 0 && !pass(2)) return Outcome::torn;
        return Outcome::whole;
    }

    // The next few bytes into taken_; false when there are not so many.
    bool take(std::size_t length) {
        input_.want(length);
        if (input_.left() < length) return false;
        std::memcpy(taken_, input_.data(), length);
        input_.move_to(input_.data() + length);
        return true;
    }

    bool pass(std::size_t length) {
        while (length > 0) {
            input_.want(1);
            const auto count = std::min(length, input_.left());
            if (count == 0) return false;
            input_.move_to(input_.data() + count);
            length -= count;
        }
        return true;
    }

    bool pass_text() {
        while (take(1)) {
            if (taken_[0] == 0) return true;
        }
        return false;
    }

    bool only_zeros_left() {
        for (;;) {
            input_.want(1);
            const auto left = input_.left();
            if (left == 0) return true;
            const auto* const begin = input_.data();
            if (std::any_of(begin, begin + left, [](unsigned char byte) { return byte != 0; })) return false;
            input_.move_to(begin + left);
        }
    }

    DeflateInput input_;
    const PieceSink& sink_;
    Inflate inflate_;
    std::uint64_t bytes_ = 0;
    unsigned char taken_[16] = {};
};

}  // namespace

GzipRead read_gzip(const PieceSource& next, const PieceSink& sink) { return Reader(next, sink).read(); }

}  // namespace preflight::probes
