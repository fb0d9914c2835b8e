#include "collector/store_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdint>

namespace preflight::collector {
namespace {

using sqlite::Database;
using sqlite::Transaction;

constexpr std::int64_t our_application = 0x47504631;  // "GPF1"

// started_at is in microseconds and never after the arrival; last_sequence counts without a hole.
constexpr auto first_schema = R"sql(
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

// One row at the most: the instance's key for fingerprints of secrets.
constexpr auto second_schema = R"sql(
CREATE TABLE fingerprint_key(number INTEGER PRIMARY KEY CHECK(number = 1), key BLOB NOT NULL) STRICT;
PRAGMA user_version = 2;
)sql";

// Each makes a schema of the one before it.
constexpr std::array schemas{first_schema, second_schema};
constexpr std::int64_t our_schema = schemas.size();

// The number of its schema, this release's or an older one's; 0: an empty file that may become ours.
Result<std::int64_t> identify(const Database& database) {
    const auto application = database.integer("PRAGMA application_id");
    if (!application) return application.error();
    const auto version = database.integer("PRAGMA user_version");
    if (!version) return version.error();
    const auto objects = database.integer("SELECT count(*) FROM sqlite_schema");
    if (!objects) return objects.error();
    if (*application == our_application && *version >= 1 && *version <= our_schema) return *version;
    if (*application == our_application && *version > our_schema) {
        return Problem{v1::Gap::REFUSED, database.source(), "it was written by a newer release"};
    }
    if (*application == 0 && *version == 0 && *objects == 0) return 0L;
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

Result<void> bring_up_to_date(const Database& database) {
    auto transaction = Transaction::begin(database, Transaction::Kind::write);
    if (!transaction) return transaction.error();
    const auto ours = identify(database);  // another process may have been faster
    if (!ours) return ours.error();
    for (auto number = *ours; number < our_schema; ++number) {
        if (auto made = database.run(schemas.at(static_cast<std::size_t>(number))); !made) return made;
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
        if (*ours == 0)
            return Problem{v1::Gap::ABSENT, file.string(), "it is empty: no collector has written to it"};
        return database;
    }
    if (auto set = database->run("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                                 "PRAGMA journal_size_limit = 67108864");
        !set) {
        return set.error();
    }
    if (auto made = bring_up_to_date(*database); !made) return made.error();
    return database;
}

}  // namespace preflight::collector
