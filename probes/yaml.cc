#include "probes/yaml.h"

#include <yaml-cpp/depthguard.h>

#include <algorithm>

#include "probes/config_text.h"
#include "probes/plain_text.h"

namespace preflight::probes {
namespace {

// GitLab's largest, gitlab.yml, has some tens of kilobytes.
constexpr std::size_t text_limit_bytes = std::size_t{1024} * 1024;
constexpr int depth_limit = 64;
// Nodes as a reader would meet them, those behind an alias as often as they are named.
constexpr int node_limit = 100'000;
// Maps that one look for a key goes through because of merge keys.
constexpr int merge_limit = 256;

// A Node can be made of anything, so that Result must be told that this is a problem.
Result<YAML::Node> refused(Problem problem) { return {boost::system::in_place_error, std::move(problem)}; }

Result<YAML::Node> too_large(std::string_view source, std::string detail) {
    return refused({v1::Gap::TOO_LARGE, std::string(source), std::move(detail)});
}

// yaml-cpp lets aliases share their node, so that nothing explodes until somebody walks it, and a node may
// hold itself.
class Limits {
  public:
    bool hold(const YAML::Node& node, int depth = 0) {
        if (depth > depth_limit || --left_ < 0) return false;
        if (node.IsMap()) {
            for (const auto& entry : node) {
                if (!hold(entry.first, depth + 1) || !hold(entry.second, depth + 1)) return false;
            }
        } else if (node.IsSequence()) {
            for (const auto& entry : node) {
                if (!hold(entry, depth + 1)) return false;
            }
        }
        return true;
    }

  private:
    int left_ = node_limit;
};

// YAML knows no control characters but tab and line ends.
bool is_yaml_text(std::string_view text) {
    const auto is_control = [](char c) {
        return (static_cast<unsigned char>(c) < 0x20 && c != '\t' && c != '\n' && c != '\r') || c == 0x7F;
    };
    return is_plain_text(text) && std::ranges::none_of(text, is_control);
}

std::string place_of(const YAML::Mark& mark) {
    if (mark.is_null()) return "not YAML";
    return "not YAML at line " + std::to_string(mark.line + 1) + ", column " +
           std::to_string(mark.column + 1);
}

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

Result<YAML::Node> parse_yaml(std::string_view text, std::string_view source) {
    if (text.size() > text_limit_bytes) return too_large(source, "YAML of more than 1 MiB");
    if (!is_yaml_text(text)) return refused(malformed(std::string(source), "binary, or not UTF-8"));
    try {
        auto document = YAML::Load(std::string(text));
        if (!Limits().hold(document))
            return too_large(source, "nested too deep, or too many nodes behind aliases");
        return {boost::system::in_place_value, document};
    } catch (const YAML::DeepRecursion&) {
        return too_large(source, "nested too deep");
    } catch (const YAML::Exception& problem) {
        return refused(malformed(std::string(source), place_of(problem.mark)));
    }
}

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
