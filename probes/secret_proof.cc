#include "probes/secret_proof.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <vector>

#include "model/secret.h"
#include "probes/database_secret.h"
#include "probes/json.h"
#include "probes/paths.h"
#include "probes/redis_uses.h"
#include "probes/table_columns.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t secrets_limit_bytes = 1024 * 1024;
constexpr std::string_view affects = "whether db_key_base opens what the database holds";

struct DatabaseKeys {
    std::string path;
    // While a key is being replaced there are several: rows are read with any of them.
    std::vector<Secret> keys;
};

std::vector<Secret> keys_in(const boost::json::value* value) {
    std::vector<Secret> keys;
    if (value == nullptr) return keys;
    if (const auto* list = value->if_array()) {
        for (const auto& item : *list) keys.emplace_back(text_of(&item));
    } else {
        keys.emplace_back(text_of(value));
    }
    return keys;
}

std::vector<Secret> keys_in(const YAML::Node& value) {
    std::vector<Secret> keys;
    if (value.IsScalar()) keys.emplace_back(text_of(value));
    if (value.IsSequence()) {
        for (const auto& item : value) keys.emplace_back(text_of(item));
    }
    return keys;
}

Result<std::vector<Secret>> keys_of_json(const Secret& content, std::string_view path) {
    const auto document = parse_json(content.reveal(), path);
    if (!document) return document.error();
    return keys_in(find(*document, {"gitlab_rails", "db_key_base"}));
}

Result<std::vector<Secret>> keys_of_yml(const Secret& content, std::string_view path) {
    const auto document = parse_yaml(content.reveal(), path);
    if (!document) return document.error();
    return keys_in(member(member(*document, "production"), "db_key_base"));
}

// The file that a backup of the configuration keeps; where there is no package, that of Rails itself.
Result<DatabaseKeys> read_keys(const Node& node) {
    std::string path(paths::secrets_json);
    auto text = node.read_file(path, secrets_limit_bytes);
    const bool json = text || text.error().cause != v1::Gap::ABSENT;
    if (!json) {
        path = rails_configuration(node) + "/secrets.yml";
        text = node.read_file(path, secrets_limit_bytes);
    }
    if (!text) return text.error();
    const Secret content(std::move(*text));
    auto keys = json ? keys_of_json(content, path) : keys_of_yml(content, path);
    if (!keys) return keys.error();
    std::erase_if(*keys, [](const Secret& key) { return key.reveal().size() < database_key_bytes; });
    if (keys->empty()) return malformed(path, "holds no db_key_base of the length that rows need");
    return DatabaseKeys{std::move(path), std::move(*keys)};
}

struct EncryptedColumn {
    std::string_view table;
    std::string_view name;
    unsigned rows;       // that are tried: the newest
    bool bytes = false;  // not base64 already
};

// All by AES-256-GCM with a nonce in a column of its own: app/models/application_setting.rb, geo_node.rb,
// concerns/web_hooks/hook.rb and concerns/integrations/base/integration.rb. Rails reads the last settings
// alone.
constexpr std::array<EncryptedColumn, 4> encrypted_columns{
    {{"geo_nodes", "encrypted_secret_access_key", 5},
     {"application_settings", "encrypted_ci_jwt_signing_key", 1},
     {"web_hooks", "encrypted_url", 5},
     {"integrations", "encrypted_properties", 5, true}}};

// Nothing longer than a row of these needs is brought into memory.
std::string question_of(const EncryptedColumn& column) {
    const auto as_base64 = [&](const std::string& name) {
        return column.bytes ? "encode(" + name + ", 'base64')" : name;
    };
    const std::string name(column.name);
    return fmt::format(
        "SELECT {}, {} FROM public.{} WHERE octet_length({}) BETWEEN 1 AND 65536"
        " AND octet_length({}_iv) BETWEEN 1 AND 256 ORDER BY id DESC LIMIT {}",
        as_base64(name), as_base64(name + "_iv"), column.table, name, name, column.rows);
}

DatabaseSecret try_row(const DatabaseKeys& keys, const Secret& encrypted, const Secret& nonce) {
    auto found = DatabaseSecret::malformed;
    for (const auto& key : keys.keys) {
        found = try_database_secret(key, encrypted.reveal(), nonce.reveal());
        if (found != DatabaseSecret::does_not_open) break;
    }
    return found;
}

Result<v1::SecretProof> prove(Postgres& server, const EncryptedColumn& column, const DatabaseKeys& keys) {
    auto rows = server.ask(question_of(column));
    if (!rows) return rows.error();
    std::uint32_t tried = 0;
    std::uint32_t opened = 0;
    for (auto& row : *rows) {
        const auto encrypted = row.take(0);
        const auto nonce = row.take(1);
        const auto outcome = try_row(keys, encrypted, nonce);
        tried += outcome == DatabaseSecret::malformed ? 0 : 1;
        opened += outcome == DatabaseSecret::opens ? 1 : 0;
    }
    const auto name = fmt::format("{}.{}", column.table, column.name);
    if (tried == 0 && !rows->empty())
        return malformed(server.address(), name + " holds nothing of a form that is known");
    v1::SecretProof proof;
    proof.set_key("gitlab_rails.db_key_base");
    proof.set_column(name);
    proof.set_rows_tried(tried);
    proof.set_rows_opened(opened);
    proof.set_outcome(tried == 0        ? v1::SecretProof::NOTHING_TO_TRY
                      : opened == tried ? v1::SecretProof::OPENS
                                        : v1::SecretProof::DOES_NOT_OPEN);
    return proof;
}

}  // namespace

void look_at_secret_proof(const Node& node, Postgres& server, std::string_view database, Findings& out) {
    const auto keys = read_keys(node);
    if (!keys && keys.error().cause == v1::Gap::ABSENT) return;
    if (!keys) return out.gap(keys.error(), affects);
    bool any = false;
    for (const auto& column : encrypted_columns) {
        const auto columns = columns_of(server, std::string(column.table));
        const bool absent = !columns && columns.error().cause == v1::Gap::ABSENT;
        if (!columns && !absent) return out.gap(columns.error(), affects);
        if (absent || !columns->contains(std::string(column.name))) continue;
        any = true;
        auto proof = prove(server, column, *keys);
        if (!proof) {
            out.gap(proof.error(), affects);
            continue;
        }
        proof->set_path(keys->path);
        proof->set_database(std::string(database));
        *out.add(server.address()).mutable_secret_proof() = std::move(*proof);
    }
    if (any) return;
    out.gap({v1::Gap::ABSENT, server.address(), "no column is there that db_key_base is known to encrypt"},
            affects);
}

}  // namespace preflight::probes
