#include "probes/rotated_logs.h"

#include <algorithm>
#include <array>
#include <tuple>
#include <utility>

#include "probes/gzip.h"
#include "probes/text.h"

namespace preflight::probes {
namespace {

constexpr std::size_t piece_bytes = 128UL * 1024;

struct Rotated {
    LogFile file;
    bool dated = false;
    std::string number;  // its digits, without zeros in front; none: nothing was rotated
};

// `rest`: what stands behind the log's name. ".2.gz", "-20240501", "-20240501-1714521601.xz".
std::optional<Rotated> rotated(std::string_view rest) {
    Rotated found;
    constexpr std::array<std::string_view, 5> packings{".gz", ".xz", ".bz2", ".zst", ".Z"};
    const auto packing = std::ranges::find_if(packings, [&](auto end) { return rest.ends_with(end); });
    if (packing != packings.end()) {
        found.file.packing = *packing == ".gz" ? LogFile::Packing::gzip : LogFile::Packing::other;
        rest.remove_suffix(packing->size());
    }
    if (rest.empty()) return found;
    found.dated = rest.front() == '-';
    if (!found.dated && rest.front() != '.') return std::nullopt;
    for (const char letter : rest.substr(1)) {
        if (!is_digit(letter) && (!found.dated || letter != '-')) return std::nullopt;
        if (is_digit(letter)) found.number += letter;
    }
    if (found.number.empty()) return std::nullopt;
    found.number.erase(0, std::min(found.number.find_first_not_of('0'), found.number.size() - 1));
    return found;
}

// Of two numbers of any length, without zeros in front.
bool less(const std::string& one, const std::string& other) {
    return std::tuple(one.size(), std::string_view(one)) < std::tuple(other.size(), std::string_view(other));
}

bool newer(const Rotated& one, const Rotated& other) {
    if (one.number.empty() || other.number.empty()) return one.number.empty() && !other.number.empty();
    if (one.dated != other.dated) return one.dated;
    return one.dated ? less(other.number, one.number) : less(one.number, other.number);
}

// Cuts the lines out of pieces.
class Lines {
  public:
    explicit Lines(const LineSink& take) : take_(take) {}

    void feed(std::string_view piece) {
        for (auto end = piece.find('\n'); end != std::string_view::npos; end = piece.find('\n')) {
            finish(piece.substr(0, end));
            piece.remove_prefix(end + 1);
        }
        keep(piece);
    }
    // The last one may have no end.
    void end() { finish({}); }

  private:
    void keep(std::string_view part) {
        constexpr std::size_t line_limit_bytes = 4096;
        begun_ += part.substr(0, line_limit_bytes - begun_.size());
    }
    void finish(std::string_view rest) {
        keep(rest);
        if (!begun_.empty()) take_(begun_);
        begun_.clear();
    }

    const LineSink& take_;
    std::string begun_;
};

Problem older_left_out(const std::string& path) {
    return {v1::Gap::TOO_LARGE, path, "the log is larger than what is read of it: older lines are left out"};
}

// The end of the file, where the newest lines are.
std::optional<Problem> read_plain(const File& file, const std::string& path, std::uint64_t& left_bytes,
                                  Lines& lines) {
    const auto begin = file.size_bytes() - std::min(file.size_bytes(), left_bytes);
    auto at = begin;
    while (left_bytes > 0) {
        const auto piece = file.read_at(at, std::min<std::uint64_t>(piece_bytes, left_bytes));
        if (!piece) return piece.error();
        if (piece->empty()) break;
        at += piece->size();
        left_bytes -= piece->size();
        lines.feed(*piece);
    }
    return begin > 0 ? std::optional(older_left_out(path)) : std::nullopt;
}

// From the beginning, for there is no other way in.
std::optional<Problem> read_packed(const File& file, const std::string& path, std::uint64_t& left_bytes,
                                   Lines& lines) {
    if (file.size_bytes() > LogReader::packed_limit_bytes) return older_left_out(path);
    std::uint64_t at = 0;
    std::string piece;
    std::optional<Problem> failed;
    const auto next = [&]() -> std::string_view {
        // It may have grown since.
        const auto left = std::min<std::uint64_t>(piece_bytes, LogReader::packed_limit_bytes - at);
        auto read = file.read_at(at, left);
        if (!read) {
            failed = read.error();
            return {};
        }
        piece = std::move(*read);
        at += piece.size();
        return piece;
    };
    const auto unpacked = read_gzip(next, [&](std::string_view bytes) {
        const auto wanted = bytes.substr(0, left_bytes);
        left_bytes -= wanted.size();
        lines.feed(wanted);
        return wanted.size() == bytes.size();
    });
    if (failed || unpacked.outcome == GzipRead::Outcome::whole) return failed;
    if (unpacked.outcome == GzipRead::Outcome::stopped) return older_left_out(path);
    return malformed(path, "the packed log is not whole: what is behind the fault is not read");
}

}  // namespace

std::vector<LogFile> files_of_log(const std::vector<DirectoryEntry>& entries, std::string_view name) {
    std::vector<Rotated> found;
    for (const auto& entry : entries) {
        if (entry.type == FileType::directory || !entry.name.starts_with(name)) continue;
        auto one = rotated(std::string_view(entry.name).substr(name.size()));
        if (!one) continue;
        one->file.name = entry.name;
        found.push_back(std::move(*one));
    }
    std::ranges::stable_sort(found, newer);
    std::vector<LogFile> files;
    files.reserve(found.size());
    for (auto& one : found) files.push_back(std::move(one.file));
    return files;
}

std::optional<Problem> LogReader::read(const std::string& path, LogFile::Packing packing,
                                       const LineSink& take) {
    if (packing == LogFile::Packing::other)
        return Problem{v1::Gap::REFUSED, path, "the log is packed in a way that is not read"};
    const auto file = node_.open_file(path);
    if (!file) return file.error();
    Lines lines(take);
    const auto read = packing == LogFile::Packing::gzip ? read_packed : read_plain;
    auto problem = read(*file, path, left_bytes_, lines);
    lines.end();
    return problem;
}

}  // namespace preflight::probes
