#include "probes/os_release.h"

#include <array>
#include <utility>

#include "probes/config_text.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t size_limit_bytes = 64UL * 1024;

// A value as a shell would read it; what follows the closing quote is none of it.
std::string unquoted(std::string_view value) {
    std::string result;
    char quote = '\0';
    for (std::size_t at = 0; at < value.size(); ++at) {
        const char letter = value[at];
        if (letter == '\\' && quote != '\'' && at + 1 < value.size()) {
            result += value[++at];
        } else if (quote != '\0' && letter == quote) {
            break;
        } else if (quote == '\0' && (letter == '"' || letter == '\'')) {
            quote = letter;
        } else {
            result += letter;
        }
    }
    return shown(result);
}

// First words of /etc/redhat-release and the ID that later versions of the system have in os-release (general
// knowledge).
constexpr std::array<std::pair<std::string_view, std::string_view>, 4> redhat_family{
    {{"CentOS", "centos"}, {"Red Hat", "rhel"}, {"Scientific", "scientific"}, {"Oracle", "ol"}}};

}  // namespace

Result<OsRelease> parse_os_release(std::string_view text, std::string_view source) {
    if (!is_plain_text(text)) return malformed(std::string(source), "binary, or not UTF-8");
    OsRelease release{.path = std::string(source)};
    while (auto next = next_line(text)) {
        const auto line = trimmed(*next);
        const auto equals = line.find('=');
        if (line.starts_with('#') || equals == std::string_view::npos) continue;
        const auto key = line.substr(0, equals);
        const auto value = unquoted(line.substr(equals + 1));
        if (key == "ID") release.id = value;
        if (key == "VERSION_ID") release.version_id = value;
        if (key == "PRETTY_NAME") release.pretty_name = value;
        if (key != "ID_LIKE") continue;
        release.id_like.clear();
        for (const auto like : split(value, " \t")) release.id_like.emplace_back(like);
    }
    if (release.id.empty()) return malformed(std::string(source), "names no ID");
    return release;
}

Result<OsRelease> parse_redhat_release(std::string_view text, std::string_view source) {
    if (!is_plain_text(text)) return malformed(std::string(source), "binary, or not UTF-8");
    const auto line = first_line_shown(text);
    for (const auto& [name, id] : redhat_family) {
        if (!line.starts_with(name)) continue;
        constexpr std::string_view word = " release ";
        const auto release = line.find(word);
        if (release == std::string::npos) break;
        const auto version = split(std::string_view(line).substr(release + word.size()), " ");
        if (version.empty()) break;
        return OsRelease{.path = std::string(source),
                         .id = std::string(id),
                         .version_id = std::string(version.front()),
                         .pretty_name = line,
                         .id_like = {}};
    }
    return malformed(std::string(source), "names no system that is known");
}

Result<OsRelease> read_os_release(const Node& node) {
    constexpr std::array<std::string_view, 2> paths{"/etc/os-release", "/usr/lib/os-release"};
    constexpr std::string_view before_that = "/etc/redhat-release";
    for (const auto path : paths) {
        const auto text = node.read_file(path, size_limit_bytes);
        if (text) return parse_os_release(*text, path);
        if (text.error().cause != v1::Gap::ABSENT) return text.error();
    }
    const auto text = node.read_file(before_that, size_limit_bytes);
    if (text) return parse_redhat_release(*text, before_that);
    if (text.error().cause != v1::Gap::ABSENT) return text.error();
    return Problem{v1::Gap::ABSENT, std::string(paths.front()),
                   "neither this nor any other file names the system"};
}

}  // namespace preflight::probes
