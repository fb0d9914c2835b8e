#include "probes/edition_changes.h"

#include <array>
#include <iterator>
#include <string>

#include "probes/config_text.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

constexpr std::size_t changes_limit = 10;
constexpr std::array<std::string_view, 2> logs{"/var/log/dpkg.log.1", "/var/log/dpkg.log"};

}  // namespace

std::vector<v1::EditionChange> parse_dpkg_log(std::string_view text, std::string_view path,
                                              std::string& before) {
    std::vector<v1::EditionChange> changes;
    while (const auto line = next_line(text)) {
        // 2024-05-06 10:11:12 install gitlab-ce:amd64 <none> 16.11.2-ce.0
        const auto fields = split(*line, " ");
        if (fields.size() < 6 || (fields[2] != "install" && fields[2] != "upgrade")) continue;
        const auto package = fields[3].substr(0, fields[3].find(':'));
        if (package != "gitlab-ee" && package != "gitlab-ce") continue;
        if (!before.empty() && before != package && changes.size() < changes_limit) {
            auto& change = changes.emplace_back();
            change.set_log(std::string(path));
            change.set_day(shown(fields[0]));
            change.set_from(before);
            change.set_to(std::string(package));
        }
        before = package;
    }
    return changes;
}

std::vector<v1::EditionChange> read_edition_changes(const Node& node) {
    std::vector<v1::EditionChange> changes;
    std::string before;
    for (const auto log : logs) {
        const auto text = node.read_file(log);
        if (!text) continue;
        auto found = parse_dpkg_log(*text, log, before);
        changes.insert(changes.end(), std::make_move_iterator(found.begin()),
                       std::make_move_iterator(found.end()));
    }
    return changes;
}

}  // namespace preflight::probes
