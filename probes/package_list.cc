#include "probes/package_list.h"

#include <algorithm>
#include <string>

#include "probes/config_text.h"
#include "probes/dpkg_status.h"
#include "probes/package_database.h"

namespace preflight::probes {
namespace {

constexpr std::size_t md5_length = 32;  // in hex
constexpr std::size_t sha256_length = 64;
constexpr std::size_t path_limit_bytes = 4096;

bool is_digest(std::string_view text) {
    return (text.size() == md5_length || text.size() == sha256_length) &&
           text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

bool is_path_below_root(std::string_view path) {
    if (path.empty() || path.size() > path_limit_bytes || !is_plain_line(path)) return false;
    for (std::string_view left = path;;) {
        const auto component = left.substr(0, left.find('/'));
        if (component.empty() || component == "." || component == "..") return false;
        if (component.size() == left.size()) return true;
        left.remove_prefix(component.size() + 1);
    }
}

}  // namespace

std::optional<ListedFile> parse_dpkg_file(std::string_view line) {
    const auto digest = line.substr(0, md5_length);
    const auto rest = line.substr(digest.size());
    // dpkg's own tools write two blanks.
    const auto path = rest.substr(std::min(rest.size(), rest.find_first_not_of(' ')));
    const bool separated = path.size() < rest.size() && rest.size() - path.size() <= 2;
    if (!is_digest(digest) || !separated || !is_path_below_root(path)) return std::nullopt;
    return ListedFile{digest, path};
}

Command rpm_files_command(std::uint64_t output_limit_bytes, std::chrono::milliseconds limit) {
    Command command{
        .argv = {std::string(rpm_program), "-qa", "--qf", "[%{FILEDIGESTS} %{FILEMTIMES} %{FILENAMES}\\n]"},
        .limit = limit,
        .output_limit_bytes = output_limit_bytes};
    for (const auto name : gitlab_package_names) command.argv.emplace_back(name);
    return command;
}

std::optional<ListedFile> parse_rpm_file(std::string_view line) {
    const auto digest = line.substr(0, line.find(' '));
    auto rest = line.substr(std::min(line.size(), digest.size() + 1));
    const auto time = rest.substr(0, rest.find(' '));
    rest.remove_prefix(std::min(rest.size(), time.size() + 1));
    const auto seconds = number_in(time);
    // rpm has 32 bits for it.
    if (!seconds || *seconds > UINT32_MAX || !rest.starts_with('/')) return std::nullopt;
    if (!digest.empty() && !is_digest(digest)) return std::nullopt;
    const auto path = rest.substr(1);
    if (!is_path_below_root(path)) return std::nullopt;
    return ListedFile{digest, path, TimePoint(std::chrono::seconds(*seconds))};
}

}  // namespace preflight::probes
