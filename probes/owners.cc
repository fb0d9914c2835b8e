#include "probes/owners.h"

#include <algorithm>
#include <charconv>

#include "probes/plain_text.h"

namespace preflight::probes {
namespace {

constexpr std::size_t longest_name = 64;

NamesById read_names(const Node& node, std::string_view path) {
    const auto text = node.read_file(path);
    return text ? parse_names(*text) : NamesById();
}

std::string name_or_number(const NamesById& names, std::uint32_t id, std::string_view kind) {
    const auto found = names.find(id);
    return found == names.end() ? std::string(kind) + " " + std::to_string(id) : found->second;
}

}  // namespace

NamesById parse_names(std::string_view text) {
    NamesById names;
    while (!text.empty()) {
        const auto end = std::min(text.find('\n'), text.size());
        auto line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        const auto name = line.substr(0, line.find(':'));
        // name, password, id: the id stands between the second and the third colon.
        for (int colon = 0; colon < 2; ++colon) {
            line.remove_prefix(std::min(line.find(':'), line.size()));
            if (!line.empty()) line.remove_prefix(1);
        }
        const auto digits = line.substr(0, line.find(':'));
        std::uint32_t id = 0;
        const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), id);
        const bool whole = parsed.ec == std::errc() && parsed.ptr == digits.data() + digits.size();
        if (!whole || name.empty() || name.size() > longest_name || !is_plain_line(name)) continue;
        names.try_emplace(id, name);
    }
    return names;
}

Owners::Owners(const Node& node)
    : users_(read_names(node, "/etc/passwd")), groups_(read_names(node, "/etc/group")) {}

std::string Owners::user(std::uint32_t id) const { return name_or_number(users_, id, "uid"); }

std::string Owners::group(std::uint32_t id) const { return name_or_number(groups_, id, "gid"); }

}  // namespace preflight::probes
