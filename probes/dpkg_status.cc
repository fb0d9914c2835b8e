#include "probes/dpkg_status.h"

#include <algorithm>
#include <utility>

#include "probes/config_text.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t size_limit_bytes = 128UL * 1024 * 1024;
constexpr std::size_t piece_bytes = 256UL * 1024;
constexpr std::size_t line_limit_bytes =
    4096;  // what is kept fits; only descriptions and dependencies are longer
constexpr std::size_t package_limit = 16;

}  // namespace

bool is_gitlab_package(std::string_view name) {
    return std::ranges::find(gitlab_package_names, name) != gitlab_package_names.end();
}

// States as dpkg(1) names them.
bool DpkgPackage::present() const {
    return !state.empty() && state != "not-installed" && state != "config-files";
}

bool DpkgPackage::unfinished() const {
    return state == "half-configured" || state == "half-installed" || state == "unpacked" ||
           (present() && error == "reinstreq");
}

void DpkgStatusReader::feed(std::string_view piece) {
    while (!piece.empty()) {
        const auto end = piece.find('\n');
        const auto part = piece.substr(0, end);
        if (!skipping_)
            carry_ += part.substr(0, line_limit_bytes + 1 - std::min(carry_.size(), line_limit_bytes));
        skipping_ = skipping_ || carry_.size() > line_limit_bytes;
        if (end == std::string_view::npos) return;
        piece.remove_prefix(end + 1);
        line(skipping_ ? std::string_view(" ") : std::string_view(carry_));
        carry_.clear();
        skipping_ = false;
    }
}

void DpkgStatusReader::line(std::string_view text) {
    if (text.ends_with('\r')) text.remove_suffix(1);
    if (text.empty()) return end_stanza();
    if (text.front() == ' ' || text.front() == '\t') return;  // goes on with a field that is not kept
    const auto colon = text.find(':');
    if (colon != std::string_view::npos) field(text.substr(0, colon), trimmed(text.substr(colon + 1)));
}

void DpkgStatusReader::field(std::string_view name, std::string_view value) {
    if (name == "Package") {
        stanza_seen_ = true;
        stanza_.name = shown(value);
    } else if (name == "Version") {
        stanza_.version = shown(value);
    } else if (name == "Architecture") {
        stanza_.architecture = shown(value);
    } else if (name == "Status") {
        const auto words = split(value, " \t");
        if (words.size() != 3) return;
        stanza_.want = shown(words[0]);
        stanza_.error = shown(words[1]);
        stanza_.state = shown(words[2]);
    }
}

void DpkgStatusReader::end_stanza() {
    auto stanza = std::exchange(stanza_, {});
    // Where several architectures are installed, the first one of the C library counts: dpkg writes its own
    // first.
    if (stanza.name == "libc6" && stanza.present() && !found_.c_library) {
        found_.c_library = std::move(stanza);
    } else if (is_gitlab_package(stanza.name) && found_.gitlab.size() < package_limit) {
        found_.gitlab.push_back(std::move(stanza));
    }
}

Result<DpkgStatus> DpkgStatusReader::finish() {
    if (!carry_.empty() && !skipping_) line(carry_);
    end_stanza();
    if (!stanza_seen_) return malformed(std::string(DpkgStatus::path), "names no package");
    return std::move(found_);
}

Result<DpkgStatus> read_dpkg_status(const Node& node) {
    const auto file = node.open_file(DpkgStatus::path);
    if (!file) return file.error();
    DpkgStatusReader reader;
    for (std::uint64_t offset = 0; offset < size_limit_bytes;) {
        const auto piece = file->read_at(offset, piece_bytes);
        if (!piece) return piece.error();
        if (piece->empty()) return reader.finish();
        reader.feed(*piece);
        offset += piece->size();
    }
    return Problem{v1::Gap::TOO_LARGE, std::string(DpkgStatus::path), "larger than 128 MiB"};
}

}  // namespace preflight::probes
