#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string_view>

#include "probes/dpkg_status.h"
#include "probes/plain_text.h"

namespace {

bool same(const preflight::probes::DpkgPackage& one, const preflight::probes::DpkgPackage& other) {
    return one.name == other.name && one.version == other.version && one.architecture == other.architecture &&
           one.want == other.want && one.error == other.error && one.state == other.state;
}

auto read_in_pieces(std::string_view text, std::size_t piece_bytes) {
    preflight::probes::DpkgStatusReader reader;
    for (std::size_t at = 0; at < text.size(); at += piece_bytes) reader.feed(text.substr(at, piece_bytes));
    return reader.finish();
}

}  // namespace

// The first byte says how long the pieces are in which the file arrives: they change nothing of what is read.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    std::string_view text(reinterpret_cast<const char*>(data), size);
    if (text.empty()) return 0;
    const std::size_t piece_bytes = std::max<std::size_t>(1, data[0]);
    text.remove_prefix(1);
    const auto whole = read_in_pieces(text, std::max<std::size_t>(1, text.size()));
    const auto pieces = read_in_pieces(text, piece_bytes);
    if (whole.has_value() != pieces.has_value()) std::abort();
    if (!whole) return 0;
    if (!std::ranges::equal(whole->gitlab, pieces->gitlab, same)) std::abort();
    if (whole->c_library.has_value() != pieces->c_library.has_value()) std::abort();
    if (whole->c_library && !same(*whole->c_library, *pieces->c_library)) std::abort();
    for (const auto& package : whole->gitlab) {
        if (!preflight::probes::is_plain_line(package.version + package.state)) std::abort();
    }
    return 0;
}
