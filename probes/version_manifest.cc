#include "probes/version_manifest.h"

#include "probes/config_text.h"
#include "probes/json.h"
#include "probes/paths.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

bool starts_with_digit(std::string_view text) { return !text.empty() && is_digit(text.front()); }

}  // namespace

Result<VersionManifest> parse_version_manifest_text(std::string_view text, std::string_view source) {
    const auto line = first_line_shown(text);
    const auto words = split(line, " \t");
    if (words.size() != 2 || !words[0].starts_with("gitlab") || !starts_with_digit(words[1])) {
        return malformed(std::string(source), "its first line is not a package and a version");
    }
    return VersionManifest{std::string(source), std::string(words[0]), std::string(words[1])};
}

Result<VersionManifest> parse_version_manifest_json(std::string_view text, std::string_view source) {
    const auto document = parse_json(text, source);
    if (!document) return document.error();
    auto version = shown(text_of(find(*document, {"build_version"})));
    if (!starts_with_digit(version)) return malformed(std::string(source), "names no build_version");
    return VersionManifest{std::string(source), {}, std::move(version)};
}

Result<VersionManifest> read_version_manifest(const Node& node) {
    const auto text = node.read_file(paths::manifest_text);
    auto found = text ? parse_version_manifest_text(*text, paths::manifest_text) : text.error();
    if (found) return found;
    const auto json = node.read_file(paths::manifest_json);
    if (!json) return found;  // the text form's problem says more
    auto from_json = parse_version_manifest_json(*json, paths::manifest_json);
    return from_json ? from_json : found;
}

}  // namespace preflight::probes
