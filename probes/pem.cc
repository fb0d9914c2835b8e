#include "probes/pem.h"

#include <algorithm>

namespace preflight::probes {
namespace {

constexpr std::string_view begin_mark = "-----BEGIN ";
constexpr std::string_view end_mark = "-----END ";
constexpr std::string_view tail_mark = "-----";
constexpr std::size_t frames_limit = 10'000;

// The label of a line that has the mark in front; empty for any other line.
std::string_view label_of(std::string_view line, std::string_view mark) {
    constexpr std::size_t longest = 64;
    const bool framed =
        line.starts_with(mark) && line.ends_with(tail_mark) && line.size() > mark.size() + tail_mark.size();
    if (!framed) return {};
    const auto label = line.substr(mark.size(), line.size() - mark.size() - tail_mark.size());
    return label.size() > longest ? std::string_view() : label;
}

std::string_view without_blanks_behind(std::string_view line) {
    const auto last = line.find_last_not_of(" \t\r");
    return last == std::string_view::npos ? std::string_view() : line.substr(0, last + 1);
}

}  // namespace

bool PemFrames::has_private_key() const {
    return std::ranges::any_of(labels, [](std::string_view label) { return label.ends_with("PRIVATE KEY"); });
}

bool PemFrames::has_certificate() const {
    return std::ranges::any_of(labels, [](std::string_view label) { return label.ends_with("CERTIFICATE"); });
}

PemFrames parse_pem_frames(std::string_view text) {
    PemFrames frames;
    std::string open;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        const auto line = without_blanks_behind(text.substr(0, end));
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto begun = label_of(line, begin_mark);
        const auto ended = label_of(line, end_mark);
        if (begun.empty() && ended.empty()) continue;
        const bool in_order = ended.empty() ? open.empty() : ended == open;
        if (!in_order || frames.labels.size() == frames_limit) return frames;
        if (!ended.empty()) frames.labels.push_back(std::move(open));
        open = begun;
    }
    frames.whole = open.empty() && !frames.labels.empty();
    return frames;
}

}  // namespace preflight::probes
