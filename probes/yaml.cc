#include "probes/yaml.h"

#include "probes/config_text.h"

namespace preflight::probes {
namespace {

// Maps that one look for a key goes through because of merge keys.
constexpr int merge_limit = 256;

bool names(const YAML::Node& node, const std::string& key) {
    if (!node.IsScalar()) return false;
    const auto& text = node.Scalar();
    // Ruby's symbols are written with a colon: ":url:".
    return text == key || (text.size() == key.size() + 1 && text.front() == ':' && text.ends_with(key));
}

std::optional<YAML::Node> search(const YAML::Node& map, const std::string& key, int& left) {
    if (!map.IsDefined() || !map.IsMap() || --left < 0) return std::nullopt;
    std::optional<YAML::Node> found;
    std::optional<YAML::Node> merged;
    for (const auto& entry : map) {
        // As Ruby reads it: of equal keys the last counts.
        if (names(entry.first, key)) found.emplace(entry.second);
        if (names(entry.first, "<<")) merged.emplace(entry.second);
    }
    if (found || !merged) return found;
    if (merged->IsMap()) return search(*merged, key, left);
    if (!merged->IsSequence()) return std::nullopt;
    for (const auto& entry : *merged) {
        if (left < 0) break;
        if (auto value = search(entry, key, left)) return value;
    }
    return std::nullopt;
}

}  // namespace

YAML::Node member(const YAML::Node& map, const std::string& key) {
    int left = merge_limit;
    const auto found = search(map, key, left);
    return found ? *found : YAML::Node();
}

std::string text_of(const YAML::Node& scalar) {
    return scalar.IsDefined() && scalar.IsScalar() ? scalar.Scalar() : std::string();
}

std::optional<std::uint64_t> number_of(const YAML::Node& scalar) { return number_in(text_of(scalar)); }

std::optional<bool> truth_of(const YAML::Node& scalar) {
    const auto text = in_lower_case(text_of(scalar));
    if (text == "true" || text == "yes" || text == "on") return true;
    if (text == "false" || text == "no" || text == "off") return false;
    return std::nullopt;
}

}  // namespace preflight::probes
