#include "probes/tar_stream.h"

#include <algorithm>
#include <limits>

namespace preflight::probes {
namespace {

constexpr std::uint64_t extension_limit_bytes = 64 * 1024;  // of one long name or set of pax records
constexpr std::size_t sparse_continues_at = 504;

// Content takes whole blocks.
std::uint64_t padded(std::uint64_t size_bytes) {
    return (size_bytes + tar_block_bytes - 1) / tar_block_bytes * tar_block_bytes;
}

}  // namespace

bool TarStream::feed(std::string_view piece) {
    while (!piece.empty() && state_ != State::ended && state_ != State::corrupt) {
        if (state_ == State::content) {
            const auto count = std::min<std::uint64_t>(skip_bytes_, piece.size());
            piece.remove_prefix(static_cast<std::size_t>(count));
            skip_bytes_ -= count;
            if (skip_bytes_ == 0) state_ = State::header;
            continue;
        }
        const auto part = piece.substr(0, wanted_ - block_.size());
        block_ += part;
        piece.remove_prefix(part.size());
        if (block_.size() == wanted_) take_block();
    }
    return state_ != State::corrupt;
}

void TarStream::take_block() {
    switch (state_) {
        case State::header:
            take_header();
            break;
        case State::second_zero_block:
            state_ = is_zero_block(block_) ? State::ended : State::corrupt;
            break;
        case State::sparse_map:
            if (block_[sparse_continues_at] == '\0') begin_content(header_.size_bytes);
            break;
        case State::extension:
            take_extension();
            break;
        default:
            break;
    }
    block_.clear();
    if (state_ != State::extension) wanted_ = tar_block_bytes;
}

void TarStream::take_header() {
    if (is_zero_block(block_)) {
        state_ = State::second_zero_block;
        return;
    }
    const auto header = parse_tar_header(block_);
    if (!header || header->size_bytes > std::numeric_limits<std::uint64_t>::max() / 2) {
        state_ = State::corrupt;
        return;
    }
    header_ = *header;
    const bool extends =
        header_.type == 'L' || header_.type == 'K' || header_.type == 'x' || header_.type == 'g';
    if (extends) {
        begin_extension();
        return;
    }
    ++members_;
    if (header_.sparse_continues) {
        state_ = State::sparse_map;
        return;
    }
    begin_content(header_.size_bytes);
}

// Past the limit, what says nothing of the next member's length is passed over like content.
void TarStream::begin_extension() {
    const bool passed_over = header_.type == 'K' || header_.type == 'g';
    if (header_.size_bytes == 0) {
        state_ = State::header;
    } else if (header_.size_bytes <= extension_limit_bytes) {
        state_ = State::extension;
        wanted_ = static_cast<std::size_t>(padded(header_.size_bytes));
    } else if (passed_over) {
        state_ = State::content;
        skip_bytes_ = padded(header_.size_bytes);
    } else {
        state_ = State::corrupt;
        past_limit_ = true;
    }
}

// Only what says how long the next member is matters here.
void TarStream::take_extension() {
    state_ = State::header;
    if (header_.type != 'x') return;
    const auto content = std::string_view(block_).substr(0, static_cast<std::size_t>(header_.size_bytes));
    const auto records = parse_pax_records(content);
    if (!records) {
        state_ = State::corrupt;
        return;
    }
    if (records->size_bytes) next_size_bytes_ = records->size_bytes;
}

void TarStream::begin_content(std::uint64_t size_bytes) {
    skip_bytes_ = padded(next_size_bytes_.value_or(size_bytes));
    next_size_bytes_.reset();
    state_ = skip_bytes_ == 0 ? State::header : State::content;
}

}  // namespace preflight::probes
