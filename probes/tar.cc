#include "probes/tar.h"

#include <algorithm>

#include "probes/tar_header.h"

namespace preflight::probes {
namespace {

constexpr std::size_t window_bytes = 16 * 1024;                // read at once: small members share a read
constexpr std::uint64_t extension_limit_bytes = 64 * 1024;     // of one long name or set of pax records
constexpr std::uint64_t extensions_limit_bytes = 1024 * 1024;  // of all between two members

class Walker {
  public:
    Walker(const TarBytes& read, std::uint64_t size_bytes, std::string_view source, const TarVisitor& visit)
        : read_(read), size_bytes_(size_bytes), source_(source), visit_(visit) {}

    TarWalk walk() {
        while (!finished_) step();
        return std::move(walk_);
    }

  private:
    // One header and what belongs to it.
    void step() {
        count_header();
        if (finished_) return;
        if (at_ == size_bytes_) return fail(v1::Gap::MALFORMED, "truncated: it stops without an end mark");
        const auto block = bytes(at_, tar_block_bytes);
        if (finished_) return;
        if (is_zero_block(block)) return end();
        const auto header = parse_tar_header(block);
        if (!header) return fail(v1::Gap::MALFORMED, "corrupt: a header's checksum or numbers do not hold");
        at_ += tar_block_bytes;
        if (header->sparse_continues) pass_sparse_map();
        if (finished_) return;
        if (header->type == 'L' || header->type == 'K' || header->type == 'x' || header->type == 'g') {
            return extension(*header);
        }
        member(*header);
    }

    void count_header() {
        if (++headers_ > TarWalk::header_limit) fail(v1::Gap::TOO_LARGE, "more members than are walked");
    }

    void end() {
        const auto second = bytes(at_ + tar_block_bytes, tar_block_bytes);
        if (finished_) return;
        if (!is_zero_block(second)) {
            return fail(v1::Gap::MALFORMED, "corrupt: data follows the first block of the end mark");
        }
        walk_.complete_end = true;
        finished_ = true;
    }

    // A header that says something of the next one: GNU long name or link, pax records of the next or of all.
    void extension(const TarHeader& header) {
        extension_bytes_ += tar_block_bytes + header.size_bytes;
        if (header.size_bytes > extension_limit_bytes || extension_bytes_ > extensions_limit_bytes) {
            return fail(v1::Gap::TOO_LARGE, "a member's name is longer than is read");
        }
        const auto content = bytes(at_, static_cast<std::size_t>(header.size_bytes));
        if (finished_) return;
        if (header.type == 'L') next_name_ = content.substr(0, content.find('\0'));
        if (header.type == 'x') {
            auto records = parse_pax_records(content);
            if (!records) return fail(v1::Gap::MALFORMED, "corrupt: pax records do not parse");
            if (records->path) next_name_ = std::move(*records->path);
            if (records->size_bytes) next_size_bytes_ = records->size_bytes;
        }
        skip(header.size_bytes);
    }

    void member(const TarHeader& header) {
        const auto size = next_size_bytes_.value_or(header.size_bytes);
        const TarMember member{
            .name = next_name_.value_or(header.name), .type = header.type, .size_bytes = size, .offset = at_};
        next_name_.reset();
        next_size_bytes_.reset();
        extension_bytes_ = 0;
        // A member whose content is cut off is not there; skip() says so.
        skip(size);
        if (finished_) return;
        ++walk_.members;
        if (!visit_(member)) {
            walk_.stopped = true;
            finished_ = true;
        }
    }

    void pass_sparse_map() {
        constexpr std::size_t continues_at = 504;
        bool more = true;
        while (more) {
            count_header();
            if (finished_) return;
            const auto block = bytes(at_, tar_block_bytes);
            if (finished_) return;
            more = block[continues_at] != '\0';
            at_ += tar_block_bytes;
        }
    }

    // Content takes whole blocks.
    void skip(std::uint64_t length) {
        const auto left = size_bytes_ - at_;
        const auto padding = (tar_block_bytes - length % tar_block_bytes) % tar_block_bytes;
        if (length > left || padding > left - length) {
            return fail(v1::Gap::MALFORMED, "truncated: it stops within a member");
        }
        at_ += length + padding;
    }

    // Exactly `length` bytes, or the walk has failed. A view into the window, good until the next call.
    std::string_view bytes(std::uint64_t offset, std::size_t length) {
        if (offset > size_bytes_ || length > size_bytes_ - offset) {
            fail(v1::Gap::MALFORMED, "truncated: it stops within a header");
            return {};
        }
        const bool inside = offset >= window_at_ && offset - window_at_ <= window_.size() &&
                            length <= window_.size() - (offset - window_at_);
        if (!inside) {
            auto piece = read_(offset, std::max(length, window_bytes));
            if (!piece) {
                walk_.problem = piece.error();
                finished_ = true;
                return {};
            }
            window_ = std::move(*piece);
            window_at_ = offset;
        }
        const auto view =
            std::string_view(window_).substr(static_cast<std::size_t>(offset - window_at_), length);
        if (view.size() != length) {
            // It was longer when it was opened.
            fail(v1::Gap::MALFORMED, "truncated: it became shorter while it was read");
            return {};
        }
        return view;
    }

    void fail(Problem::Cause cause, std::string_view detail) {
        walk_.problem = Problem{cause, source_, std::string(detail)};
        finished_ = true;
    }

    const TarBytes& read_;
    const std::uint64_t size_bytes_;
    const std::string source_;
    const TarVisitor& visit_;

    TarWalk walk_;
    bool finished_ = false;
    std::uint64_t at_ = 0;
    std::uint64_t headers_ = 0;
    std::uint64_t extension_bytes_ = 0;
    std::optional<std::string> next_name_;
    std::optional<std::uint64_t> next_size_bytes_;
    std::string window_;
    std::uint64_t window_at_ = 0;
};

}  // namespace

TarWalk walk_tar(const TarBytes& read, std::uint64_t size_bytes, std::string_view source,
                 const TarVisitor& visit) {
    return Walker(read, size_bytes, source, visit).walk();
}

}  // namespace preflight::probes
