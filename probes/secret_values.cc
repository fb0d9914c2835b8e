#include "probes/secret_values.h"

#include <algorithm>

#include "probes/address.h"
#include "probes/fingerprint.h"
#include "probes/json.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

namespace json = boost::json;

constexpr std::size_t value_limit = 500;

// The recursion is as deep as the document, which its parser has bounded.
void take(const std::string& key, const json::value& value, std::string_view source,
          Parsed<SecretValue>& found) {
    if (const auto* object = value.if_object()) {
        for (const auto& member : *object) {
            const std::string name(member.key());
            // What is no name may be a value in the wrong place.
            if (!is_name(name)) {
                found.unclear(source, "a key in it is no plain name");
                continue;
            }
            take(key.empty() ? name : key + "." + name, member.value(), source, found);
        }
        return;
    }
    auto form = canonical(value);
    if (!form.present()) return;
    if (found.items.size() < value_limit) {
        found.items.push_back({key, std::move(form), {}});
    } else if (!past_limit(found)) {
        found.problems.push_back({v1::Gap::TOO_LARGE, std::string(source), "more secrets than are compared"});
    }
}

json::value json_of(const YAML::Node& node) {
    if (node.IsMap()) {
        json::object object;
        for (const auto& entry : node) object[text_of(entry.first)] = json_of(entry.second);
        return object;
    }
    if (node.IsSequence()) {
        json::array list;
        for (const auto& item : node) list.push_back(json_of(item));
        return list;
    }
    return node.IsScalar() ? json::value(json::string(text_of(node))) : json::value();
}

}  // namespace

bool past_limit(const Parsed<SecretValue>& found) {
    return std::ranges::any_of(found.problems,
                               [](const auto& problem) { return problem.cause == v1::Gap::TOO_LARGE; });
}

Parsed<SecretValue> secret_values_of_json(std::string_view text, std::string_view source) {
    const auto document = parse_json(text, source);
    if (!document) return Parsed<SecretValue>::of(document.error());
    if (!document->is_object()) {
        return Parsed<SecretValue>::of(malformed(std::string(source), "JSON, but not an object of sections"));
    }
    Parsed<SecretValue> found;
    take("", *document, source, found);
    return found;
}

Parsed<SecretValue> secret_values_of_yml(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return Parsed<SecretValue>::of(document.error());
    const auto production = member(*document, "production");
    if (!production.IsMap()) {
        return Parsed<SecretValue>::of(
            malformed(std::string(source), "YAML, but without a production section"));
    }
    Parsed<SecretValue> found;
    take("gitlab_rails", json_of(production), source, found);
    return found;
}

}  // namespace preflight::probes
