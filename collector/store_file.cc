#include "collector/store_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdint>

namespace preflight::collector {
namespace {

using sqlite::Database;
using sqlite::Transaction;

constexpr std::int64_t our_application = 0x47504631;  // "GPF1"
constexpr std::int64_t our_schema = 1;

// started_at is in microseconds and never after the arrival; last_sequence counts without a hole.
constexpr auto schema = R"sql(
CREATE TABLE nodes(
    id TEXT PRIMARY KEY, name TEXT NOT NULL, last_heard INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE inspections(
    serial INTEGER PRIMARY KEY, node_id TEXT NOT NULL, id TEXT NOT NULL, started_at INTEGER NOT NULL,
    last_sequence INTEGER NOT NULL, bytes INTEGER NOT NULL, finished INTEGER NOT NULL,
    UNIQUE(node_id, id)) STRICT;
CREATE INDEX inspections_by_age ON inspections(node_id, started_at, serial);
CREATE TABLE records(
    node_id TEXT NOT NULL, inspection_id TEXT NOT NULL, sequence INTEGER NOT NULL, body BLOB NOT NULL,
    PRIMARY KEY(node_id, inspection_id, sequence)) STRICT, WITHOUT ROWID;
PRAGMA application_id = 0x47504631;
PRAGMA user_version = 1;
)sql";

// True: ours; false: an empty file that may become ours.
Result<bool> identify(const Database& database) {
    const auto application = database.integer("PRAGMA application_id");
    if (!application) return application.error();
    const auto version = database.integer("PRAGMA user_version");
    if (!version) return version.error();
    const auto objects = database.integer("SELECT count(*) FROM sqlite_schema");
    if (!objects) return objects.error();
    if (*application == our_application && *version == our_schema) return true;
    if (*application == our_application && *version > our_schema) {
        return Problem{v1::Gap::REFUSED, database.source(), "it was written by a newer release"};
    }
    if (*application == 0 && *version == 0 && *objects == 0) return false;
    return Problem{v1::Gap::REFUSED, database.source(), "it is not a store of gitlab-preflight-collector"};
}

// Findings name hosts, paths and versions: the file is its owner's alone. SQLite gives its other files the
// same mode.
Result<void> create_file(const std::filesystem::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (descriptor < 0) {
        if (errno == ENOENT) return Problem{v1::Gap::ABSENT, file.string(), "its directory does not exist"};
        return problem_from_errno(errno, file.string());
    }
    ::close(descriptor);
    return {};
}

Result<void> create_schema(const Database& database) {
    auto transaction = Transaction::begin(database, Transaction::Kind::write);
    if (!transaction) return transaction.error();
    const auto ours = identify(database);  // another process may have been faster
    if (!ours) return ours.error();
    if (!*ours) {
        if (auto created = database.run(schema); !created) return created;
    }
    return transaction->commit();
}

}  // namespace

Result<Database> open_store_file(const std::filesystem::path& file, Database::Mode mode) {
    const bool writes = mode == Database::Mode::read_write;
    if (writes) {
        if (auto created = create_file(file); !created) return created.error();
    }
    auto database = Database::open(file, mode);
    if (!database) return database;
    const auto ours = identify(*database);
    if (!ours) return ours.error();
    if (!writes) {
        if (!*ours)
            return Problem{v1::Gap::ABSENT, file.string(), "it is empty: no collector has written to it"};
        return database;
    }
    if (auto set = database->run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                 "PRAGMA journal_size_limit = 67108864");
        !set) {
        return set.error();
    }
    if (auto created = create_schema(*database); !created) return created.error();
    return database;
}

}  // namespace preflight::collector
