#include "collector/stored_key.h"

#include <openssl/rand.h>

#include <optional>
#include <stdexcept>

#include "model/fingerprint_key.h"

namespace preflight::collector {
namespace {

using sqlite::Blob;
using sqlite::Cursor;
using sqlite::Database;

Result<std::optional<Secret>> find_key(const Database& database) {
    const auto statement = database.prepare("SELECT key FROM fingerprint_key");
    if (!statement) return statement.error();
    Cursor cursor(database, *statement);
    const auto row = cursor.step();
    if (!row) return row.error();
    if (!*row) return std::optional<Secret>();
    Secret key{std::string(cursor.blob(0))};
    if (key.reveal().size() != fingerprint_key_bytes) {
        return Problem{v1::Gap::FAILED, database.source(),
                       "it is damaged: its key for fingerprints does not read"};
    }
    return std::optional(std::move(key));
}

Secret new_key() {
    std::string bytes(fingerprint_key_bytes, '\0');
    if (RAND_bytes(reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size())) != 1)
        throw std::runtime_error("no random numbers");
    return Secret(std::move(bytes));
}

}  // namespace

Result<Secret> stored_fingerprint_key(const Database& database) {
    auto known = find_key(database);
    if (!known) return known.error();
    if (*known) return std::move(**known);
    const auto key = new_key();
    const auto statement = database.prepare("INSERT OR IGNORE INTO fingerprint_key VALUES(1, ?1)");
    if (!statement) return statement.error();
    if (auto kept = Cursor(database, *statement, Blob{key.reveal()}).run(); !kept) return kept.error();
    // Another process may have been faster: what is in the file counts.
    auto kept = find_key(database);
    if (!kept) return kept.error();
    if (!*kept) return Problem{v1::Gap::FAILED, database.source(), "its key for fingerprints is not kept"};
    return std::move(**kept);
}

}  // namespace preflight::collector
