#include "probes/gitaly_tokens.h"

#include <string>

#include "probes/address.h"
#include "probes/fingerprint.h"
#include "probes/toml.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

void take(std::string_view token, std::string_view storage, std::vector<SecretValue>& tokens) {
    auto value = canonical_text(token);
    if (value.present() && is_name(storage))
        tokens.push_back({"gitaly.token", std::move(value), std::string(storage)});
}

std::string text_in(const toml::table& table, std::string_view key) {
    return table[key].value_or(std::string());
}

template <typename Take>
void each_table(const toml::table& table, std::string_view key, Take take_table) {
    const auto* list = table[key].as_array();
    if (list == nullptr) return;
    for (const auto& entry : *list) {
        if (const auto* item = entry.as_table()) take_table(*item);
    }
}

}  // namespace

std::vector<SecretValue> tokens_of_rails(const YAML::Node& production) {
    std::vector<SecretValue> tokens;
    const auto common = text_of(member(member(production, "gitaly"), "token"));
    const auto storages = member(member(production, "repositories"), "storages");
    if (!storages.IsMap()) return tokens;
    for (const auto& entry : storages) {
        const auto own = text_of(member(entry.second, "gitaly_token"));
        take(own.empty() ? common : own, text_of(entry.first), tokens);
    }
    return tokens;
}

Parsed<SecretValue> tokens_of_gitaly(std::string_view config_toml, std::string_view source) {
    const auto document = parse_toml(config_toml, source);
    if (!document) return Parsed<SecretValue>::of(document.error());
    Parsed<SecretValue> found;
    const auto token = document->at_path("auth.token").value_or(std::string());
    each_table(*document, "storage",
               [&](const toml::table& storage) { take(token, text_in(storage, "name"), found.items); });
    return found;
}

Parsed<SecretValue> tokens_of_praefect(std::string_view config_toml, std::string_view source) {
    const auto document = parse_toml(config_toml, source);
    if (!document) return Parsed<SecretValue>::of(document.error());
    Parsed<SecretValue> found;
    const auto own = document->at_path("auth.token").value_or(std::string());
    each_table(*document, "virtual_storage", [&](const toml::table& virtual_storage) {
        take(own, text_in(virtual_storage, "name"), found.items);
        each_table(virtual_storage, "node", [&](const toml::table& behind) {
            take(text_in(behind, "token"), text_in(behind, "storage"), found.items);
        });
    });
    return found;
}

}  // namespace preflight::probes
