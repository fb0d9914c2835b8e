#include "probes/secret_keys.h"

#include <algorithm>
#include <array>

#include "probes/json.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

struct CriticalKey {
    std::string_view section;
    std::string_view name;
};

constexpr std::string_view rails = "gitlab_rails";
constexpr std::array<CriticalKey, 10> critical_keys = {{
    {rails, "db_key_base"},
    {rails, "secret_key_base"},
    {rails, "otp_key_base"},
    {rails, "encrypted_settings_key_base"},
    {rails, "openid_connect_signing_key"},
    {rails, "active_record_encryption_primary_key"},
    {rails, "active_record_encryption_deterministic_key"},
    {rails, "active_record_encryption_key_derivation_salt"},
    {"gitlab_shell", "secret_token"},
    {"gitlab_workhorse", "secret_token"},
}};

// A text, or a list of texts (a key and those before it), that is not empty.
bool holds_something(const boost::json::value* value) {
    if (value == nullptr) return false;
    if (const auto* text = value->if_string()) return !text->empty();
    const auto* list = value->if_array();
    return list != nullptr && !list->empty() &&
           std::ranges::all_of(*list, [](const boost::json::value& item) {
               return item.is_string() && !item.get_string().empty();
           });
}

bool holds_something(const YAML::Node& value) {
    if (value.IsScalar()) return !text_of(value).empty();
    if (!value.IsSequence() || value.size() == 0) return false;
    return std::all_of(value.begin(), value.end(),
                       [](const YAML::Node& item) { return !text_of(item).empty(); });
}

void sort_in(SecretKeys& keys, const CriticalKey& key, bool present) {
    (present ? keys.present : keys.missing).push_back(std::string(key.section) + "." + std::string(key.name));
}

}  // namespace

Result<SecretKeys> parse_secrets_json(std::string_view text, std::string_view source) {
    const auto document = parse_json(text, source);
    if (!document) return document.error();
    if (!document->is_object()) return malformed(std::string(source), "JSON, but not an object of sections");
    SecretKeys keys;
    for (const auto& key : critical_keys) {
        sort_in(keys, key, holds_something(find(*document, {key.section, key.name})));
    }
    return keys;
}

Result<SecretKeys> parse_secrets_yml(std::string_view text, std::string_view source) {
    const auto document = parse_yaml(text, source);
    if (!document) return document.error();
    const auto production = member(*document, "production");
    if (!production.IsMap()) return malformed(std::string(source), "YAML, but without a production section");
    SecretKeys keys;
    for (const auto& key : critical_keys) {
        if (key.section != rails) continue;
        sort_in(keys, key, holds_something(member(production, std::string(key.name))));
    }
    return keys;
}

}  // namespace preflight::probes
