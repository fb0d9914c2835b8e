#include "probes/gitaly_server_info.h"

#include <array>
#include <optional>
#include <utility>

#include "probes/config_text.h"
#include "probes/paths.h"
#include "probes/shown.h"
#include "probes/version_manifest.h"

namespace preflight::probes {
namespace {

using Minor = std::pair<std::uint64_t, std::uint64_t>;

constexpr Minor first_sure{18, 3};

std::optional<Minor> release_of(std::string_view version) {
    for (const std::string_view edition : {"-ee", "-ce", "-jh"}) {
        if (version.ends_with(edition)) version.remove_suffix(edition.size());
    }
    const auto numbers = split(version, ".");
    if (numbers.size() != 3) return std::nullopt;
    const auto major = number_in(numbers[0]);
    const auto minor = number_in(numbers[1]);
    if (!major || !minor || !number_in(numbers[2])) return std::nullopt;
    return Minor{*major, *minor};
}

std::string installed_version(const Node& node) {
    constexpr std::uint64_t size_limit_bytes = 4096;
    if (const auto manifest = read_version_manifest(node)) return manifest->version;
    for (const auto root : std::array{paths::cloud_native_root, paths::self_compiled_root}) {
        const auto text = node.read_file(std::string(root) + "/VERSION", size_limit_bytes);
        if (text) return first_line_shown(*text);
    }
    return {};
}

}  // namespace

ServerInfoRule server_info_rule(std::string_view version) {
    constexpr std::string_view refused =
        "not asked for its version, because a Gitaly before 18 answers by writing into its storages: ";
    const auto release = release_of(version);
    if (!release) return {false, std::string(refused) + "this node's own release is not known for sure"};
    const auto shown_version = shown(version);
    if (*release < first_sure) {
        return {false,
                std::string(refused) + "beside " + shown_version + " of this node such a one may be in use"};
    }
    return {true, "asked for its version, because beside " + shown_version +
                      " of this node, which only follows 18.2, no Gitaly before 18 is left"};
}

ServerInfoRule server_info_rule(const Node& node) { return server_info_rule(installed_version(node)); }

}  // namespace preflight::probes
