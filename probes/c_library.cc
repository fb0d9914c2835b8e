#include "probes/c_library.h"

#include <array>

#include "probes/text.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t library_limit_bytes = 16UL * 1024 * 1024;

constexpr std::array<std::string_view, 8> library_paths{"/lib64/libc.so.6",
                                                        "/usr/lib64/libc.so.6",
                                                        "/lib/x86_64-linux-gnu/libc.so.6",
                                                        "/usr/lib/x86_64-linux-gnu/libc.so.6",
                                                        "/lib/aarch64-linux-gnu/libc.so.6",
                                                        "/usr/lib/aarch64-linux-gnu/libc.so.6",
                                                        "/lib/arm-linux-gnueabihf/libc.so.6",
                                                        "/usr/lib/arm-linux-gnueabihf/libc.so.6"};

// "2.36" at the start of the text: digits and dots, begun and ended by a digit.
std::string leading_version(std::string_view text) {
    std::size_t length = 0;
    while (length < text.size() && length < 16 && (is_digit(text[length]) || text[length] == '.')) ++length;
    while (length > 0 && text[length - 1] == '.') --length;
    const auto version = text.substr(0, length);
    return version.find('.') == std::string_view::npos || version.starts_with('.') ? std::string()
                                                                                   : std::string(version);
}

Result<CLibrary> from_file(const Node& node, std::string_view path) {
    const auto target = node.read_link(path);
    if (target) {
        const auto version = version_in_file_name(std::string_view(*target).substr(target->rfind('/') + 1));
        if (version) return CLibrary{std::string(path), *version};
    }
    const auto bytes = node.read_file(path, library_limit_bytes);
    if (!bytes) return bytes.error();
    const auto version = version_in_library(*bytes);
    if (!version) return malformed(std::string(path), "does not tell its version");
    return CLibrary{std::string(path), *version};
}

}  // namespace

std::string upstream_version(std::string_view package_version) {
    const auto epoch = package_version.find(':');
    if (epoch != std::string_view::npos) package_version.remove_prefix(epoch + 1);
    return leading_version(package_version);
}

std::optional<std::string> version_in_file_name(std::string_view name) {
    constexpr std::string_view prefix = "libc-";
    if (!name.starts_with(prefix) || !name.ends_with(".so")) return std::nullopt;
    auto version = leading_version(name.substr(prefix.size()));
    return version.empty() ? std::nullopt : std::optional(std::move(version));
}

std::optional<std::string> version_in_library(std::string_view bytes) {
    constexpr std::string_view product = "GNU C Library";
    constexpr std::string_view phrase = "release version ";
    constexpr std::size_t sentence_limit = 200;
    for (auto at = bytes.find(product); at != std::string_view::npos; at = bytes.find(product, at + 1)) {
        const auto sentence = bytes.substr(at, sentence_limit);
        const auto found = sentence.find(phrase);
        if (found == std::string_view::npos) continue;
        auto version = leading_version(sentence.substr(found + phrase.size()));
        if (!version.empty()) return version;
    }
    return std::nullopt;
}

Result<CLibrary> read_c_library(const Node& node, const std::optional<DpkgPackage>& package) {
    if (package) {
        auto version = upstream_version(package->version);
        if (!version.empty()) return CLibrary{std::string(DpkgStatus::path), std::move(version)};
    }
    Problem first{v1::Gap::ABSENT, std::string(library_paths.front()), "no C library was found"};
    for (const auto path : library_paths) {
        auto found = from_file(node, path);
        if (found) return found;
        if (first.cause == v1::Gap::ABSENT && found.error().cause != v1::Gap::ABSENT) first = found.error();
    }
    return first;
}

}  // namespace preflight::probes
