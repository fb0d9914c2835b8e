#include "probes/json.h"

#include <algorithm>
#include <boost/json/parser.hpp>

#include "probes/config_text.h"

namespace preflight::probes {
namespace {

constexpr std::size_t depth_limit = 64;

std::string place_of(std::string_view text, std::size_t offset) {
    const auto line = 1 + std::ranges::count(text.substr(0, offset), '\n');
    return "not JSON at line " + std::to_string(line);
}

}  // namespace

Result<boost::json::value> parse_json(std::string_view text, std::string_view source) {
    boost::json::parse_options options;
    options.max_depth = depth_limit;
    boost::json::parser parser({}, options);
    boost::json::error_code error;
    const auto used = parser.write_some(text.data(), text.size(), error);
    if (error == boost::json::error::too_deep) {
        return Problem{v1::Gap::TOO_LARGE, std::string(source), "nested too deep"};
    }
    if (text.empty()) return malformed(std::string(source), "empty");
    if (error) return malformed(std::string(source), place_of(text, used));
    if (!trimmed(text.substr(used)).empty()) return malformed(std::string(source), place_of(text, used));
    return parser.release();
}

const boost::json::value* find(const boost::json::value& document,
                               std::initializer_list<std::string_view> keys) {
    const auto* value = &document;
    for (const auto key : keys) {
        const auto* object = value->if_object();
        value = object == nullptr ? nullptr : object->if_contains(key);
        if (value == nullptr) return nullptr;
    }
    return value;
}

std::string text_of(const boost::json::value* value) {
    if (value == nullptr) return {};
    if (const auto* text = value->if_string()) return {text->data(), text->size()};
    if (const auto* number = value->if_int64()) return std::to_string(*number);
    if (const auto* number = value->if_uint64()) return std::to_string(*number);
    return {};
}

}  // namespace preflight::probes
