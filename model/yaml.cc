#include "model/yaml.h"

#include <yaml-cpp/depthguard.h>

#include <algorithm>
#include <cstddef>
#include <string>
#include <utility>

#include "model/utf8.h"

namespace preflight {
namespace {

// GitLab's largest, gitlab.yml, has some tens of kilobytes.
constexpr std::size_t text_limit_bytes = std::size_t{1024} * 1024;
constexpr int depth_limit = 64;
// Nodes as a reader would meet them, those behind an alias as often as they are named.
constexpr int node_limit = 100'000;

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
    return is_valid_utf8(text) && std::ranges::none_of(text, is_control);
}

std::string place_of(const YAML::Mark& mark) {
    if (mark.is_null()) return "not YAML";
    return "not YAML at line " + std::to_string(mark.line + 1) + ", column " +
           std::to_string(mark.column + 1);
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

}  // namespace preflight
