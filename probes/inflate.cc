#include "probes/inflate.h"

#include <algorithm>
#include <cstring>

namespace preflight::probes {
namespace {

// A turn of the loop takes at most two refills of bits, each looking at eight bytes.
constexpr std::size_t turn_bytes = 24;

// Copies what was written `distance` bytes ago; words may go past the length, into the slack.
unsigned char* copy_match(unsigned char* out, std::size_t length, std::size_t distance) {
    auto* const end = out + length;
    const auto* from = out - distance;
    constexpr std::size_t word_bytes = sizeof(std::uint64_t);
    if (distance >= word_bytes) {
        for (; out < end; out += word_bytes, from += word_bytes) std::memcpy(out, from, word_bytes);
        return end;
    }
    if (distance == 1) {
        std::memset(out, *from, length);
        return end;
    }
    while (out < end) *out++ = *from++;
    return end;
}

// The hot loop's state, a copy that the compiler keeps in registers.
struct Run {
    enum class Turn { on, end, corrupt };

    // Up to three literals, or a literal or two and a match.
    Turn turn() {
        bits.refill();
        auto entry = literals[bits.look(LiteralCode::table_bits)];
        if ((entry & deflate_literal) != 0) {
            entry = put(entry);
            if ((entry & deflate_literal) != 0) {
                entry = put(entry);
                if ((entry & deflate_literal) != 0) {
                    put(entry);
                    return Turn::on;
                }
            }
            bits.refill();
        }
        if ((entry & deflate_special) != 0) {
            if ((entry & deflate_pointer) != 0) entry = second(literals, entry);
            if ((entry & deflate_literal) != 0) {
                put(entry);
                return Turn::on;
            }
            if ((entry & deflate_special) != 0) {
                bits.drop(deflate_bits(entry));
                return entry == deflate_no_code ? Turn::corrupt : Turn::end;
            }
        }
        return match(value_of(entry));
    }

    Turn match(std::size_t length) {
        auto entry = distances[bits.look(DistanceCode::table_bits)];
        if ((entry & deflate_pointer) != 0) entry = second(distances, entry);
        if ((entry & deflate_special) != 0) return Turn::corrupt;
        const auto distance = value_of(entry);
        if (distance > static_cast<std::size_t>(out - first)) return Turn::corrupt;
        out = copy_match(out, length, distance);
        return Turn::on;
    }

    // Writes the literal and looks at what follows.
    DeflateEntry put(DeflateEntry entry) {
        bits.drop(deflate_bits(entry));
        *out++ = static_cast<unsigned char>(deflate_value(entry));
        return literals[bits.look(LiteralCode::table_bits)];
    }

    DeflateEntry second(const DeflateEntry* table, DeflateEntry pointer) {
        bits.drop(deflate_bits(pointer));
        return table[deflate_value(pointer) + bits.look(deflate_code_bits(pointer))];
    }

    // The base of the entry and the extra bits behind its code.
    std::size_t value_of(DeflateEntry entry) {
        const std::size_t all = bits.look(deflate_bits(entry));
        bits.drop(deflate_bits(entry));
        return deflate_value(entry) + (all >> deflate_code_bits(entry));
    }

    DeflateBits bits;
    unsigned char* out;
    const unsigned char* first;  // of the window
    const DeflateEntry* literals;
    const DeflateEntry* distances;
};

}  // namespace

Inflate::Inflate()
    : output_(window_bytes + piece_bytes + slack_bytes),
      out_(output_.data()),
      delivered_(out_),
      full_(out_ + window_bytes + piece_bytes) {}

Inflate::Outcome Inflate::run(DeflateInput& input, const PieceSink& sink) {
    out_ = delivered_ = output_.data();
    last_block_ = false;
    DeflateBits bits(input);
    auto step = Step::on;
    while (step == Step::on && !last_block_) step = block(bits, sink);
    bits.give_back();
    if (step == Step::on && input.overrun()) step = Step::torn;
    // What came before the fault is the sink's all the same.
    if (step != Step::stopped && !deliver(sink)) step = Step::stopped;
    if (step == Step::stopped) return Outcome::stopped;
    if (step == Step::torn) return Outcome::torn;
    return step == Step::corrupt ? Outcome::corrupt : Outcome::whole;
}

Inflate::Step Inflate::block(DeflateBits& bits, const PieceSink& sink) {
    bits.want(turn_bytes);
    bits.refill();
    last_block_ = bits.take(1) != 0;
    const auto kind = bits.take(2);
    if (kind == 0) return stored_block(bits, sink);
    if (kind == 3) return bits.ends_here() ? Step::torn : Step::corrupt;
    if (kind == 1) fixed_codes();
    const auto codes = kind == 2 ? dynamic_codes(bits) : Step::on;
    return codes == Step::on ? coded_block(bits, sink) : codes;
}

Inflate::Step Inflate::stored_block(DeflateBits& bits, const PieceSink& sink) {
    bits.drop(bits.count % 8);
    bits.give_back();
    auto& input = bits.input;
    input.want(4);
    if (input.left() < 4) return Step::torn;
    const auto* header = input.data();
    std::size_t length = header[0] | static_cast<unsigned>(header[1]) << 8U;
    const std::size_t check = header[2] | static_cast<unsigned>(header[3]) << 8U;
    if (length != (~check & 0xFFFFU)) return Step::corrupt;
    input.move_to(header + 4);
    while (length > 0) {
        if (out_ >= full_ && !deliver(sink)) return Step::stopped;
        input.want(1);
        const auto count = std::min({length, input.left(), static_cast<std::size_t>(full_ - out_)});
        if (count == 0) return Step::torn;
        std::memcpy(out_, input.data(), count);
        out_ += count;
        length -= count;
        input.move_to(input.data() + count);
    }
    bits.place = input.data();
    bits.word = 0;
    bits.count = 0;
    return Step::on;
}

void Inflate::fixed_codes() {
    std::array<std::uint8_t, LiteralCode::symbols> lengths{};
    std::fill_n(lengths.begin(), 144, std::uint8_t{8});
    std::fill_n(lengths.begin() + 144, 112, std::uint8_t{9});
    std::fill_n(lengths.begin() + 256, 24, std::uint8_t{7});
    std::fill_n(lengths.begin() + 280, 8, std::uint8_t{8});
    build(*literals_, lengths);
    std::array<std::uint8_t, DistanceCode::symbols> five{};
    five.fill(5);
    build(*distances_, five);
}

Inflate::Step Inflate::dynamic_codes(DeflateBits& bits) {
    constexpr std::array<std::uint8_t, LengthCode::symbols> order{16, 17, 18, 0, 8,  7, 9,  6, 10, 5,
                                                                  11, 4,  12, 3, 13, 2, 14, 1, 15};
    // The longest header of a block is shorter than this: 320 lengths of 14 bits.
    bits.want(DeflateInput::look_ahead_bytes);
    bits.refill();
    const auto wrong = [&] { return bits.ends_here() ? Step::torn : Step::corrupt; };
    const std::size_t literal_count = 257 + bits.take(5);
    const std::size_t distance_count = 1 + bits.take(5);
    const std::size_t length_count = 4 + bits.take(4);
    if (literal_count > 286 || distance_count > 30) return wrong();
    std::array<std::uint8_t, LengthCode::symbols> code_lengths{};
    for (std::size_t at = 0; at < length_count; ++at) {
        bits.refill();
        code_lengths[order[at]] = static_cast<std::uint8_t>(bits.take(3));
    }
    LengthCode code;
    if (!build(code, code_lengths)) return wrong();
    std::array<std::uint8_t, LiteralCode::symbols + DistanceCode::symbols> lengths{};
    const auto all = literal_count + distance_count;
    for (std::size_t at = 0; at < all;) {
        bits.refill();
        const auto entry = code.table[bits.look(LengthCode::table_bits)];
        if (entry == deflate_no_code) return wrong();
        bits.drop(deflate_bits(entry));
        const auto symbol = deflate_value(entry);
        if (symbol < 16) {
            lengths[at++] = static_cast<std::uint8_t>(symbol);
            continue;
        }
        if (symbol == 16 && at == 0) return wrong();
        const auto repeated = symbol == 16 ? lengths[at - 1] : std::uint8_t{0};
        const std::size_t times = symbol == 16   ? 3 + bits.take(2)
                                  : symbol == 17 ? 3 + bits.take(3)
                                                 : 11 + bits.take(7);
        if (times > all - at) return wrong();
        std::fill_n(lengths.begin() + static_cast<std::ptrdiff_t>(at), times, repeated);
        at += times;
    }
    constexpr std::size_t end_of_block = 256;
    const std::span<const std::uint8_t> read(lengths);
    const bool built = lengths[end_of_block] != 0 && build(*literals_, read.first(literal_count)) &&
                       build(*distances_, read.subspan(literal_count, distance_count));
    return built ? Step::on : wrong();
}

Inflate::Step Inflate::coded_block(DeflateBits& bits, const PieceSink& sink) {
    for (;;) {
        if (out_ >= full_ && !deliver(sink)) return Step::stopped;
        bits.want(turn_bytes);
        if (bits.overrun()) return Step::torn;
        const auto step = run_of_symbols(bits);
        if (step == Step::end_of_block) return Step::on;
        if (step != Step::on) return bits.ends_here() ? Step::torn : step;
    }
}

// Symbols as long as input and room for output last.
Inflate::Step Inflate::run_of_symbols(DeflateBits& bits) {
    Run run{bits, out_, output_.data(), literals_->table.data(), distances_->table.data()};
    const auto* const input_end = bits.input.end() - turn_bytes;
    auto turn = Run::Turn::on;
    while (turn == Run::Turn::on && run.out < full_ && run.bits.place <= input_end) turn = run.turn();
    bits.place = run.bits.place;
    bits.word = run.bits.word;
    bits.count = run.bits.count;
    out_ = run.out;
    if (turn == Run::Turn::on) return Step::on;
    return turn == Run::Turn::end ? Step::end_of_block : Step::corrupt;
}

// Hands on what the sink does not have, and keeps the window before the next byte.
bool Inflate::deliver(const PieceSink& sink) {
    const auto count = static_cast<std::size_t>(out_ - delivered_);
    const bool more = count == 0 || sink(std::string_view(reinterpret_cast<const char*>(delivered_), count));
    if (out_ >= full_) {
        std::memmove(output_.data(), out_ - window_bytes, window_bytes);
        out_ = output_.data() + window_bytes;
    }
    delivered_ = out_;
    return more;
}

}  // namespace preflight::probes
