#include "collector/sqlite.h"

#include <sqlite3.h>

#include <cerrno>

namespace preflight::collector::sqlite {
namespace {

// A reader never waits for a writer (WAL), and the writer for another only while that commits.
constexpr int busy_milliseconds = 5000;

}  // namespace

void Closer::operator()(sqlite3* connection) const noexcept { sqlite3_close_v2(connection); }
void Closer::operator()(sqlite3_stmt* statement) const noexcept { sqlite3_finalize(statement); }

Result<Database> Database::open(const std::filesystem::path& file, Mode mode) {
    sqlite3* connection = nullptr;
    const int flags = (mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE) |
                      SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
    const int code = sqlite3_open_v2(file.c_str(), &connection, flags, nullptr);
    Database database(connection, file.string());
    if (code != SQLITE_OK) return database.problem(code);
    sqlite3_busy_timeout(connection, busy_milliseconds);
    return database;
}

Result<void> Database::run(const char* sql) const {
    const int code = sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr);
    if (code != SQLITE_OK) return problem(code);
    return {};
}

Result<Statement> Database::prepare(std::string_view sql) const {
    sqlite3_stmt* statement = nullptr;
    const int code = sqlite3_prepare_v3(connection_.get(), sql.data(), static_cast<int>(sql.size()),
                                        SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) return problem(code);
    return Statement(statement);
}

Result<std::int64_t> Database::integer(std::string_view sql) const {
    const auto statement = prepare(sql);
    if (!statement) return statement.error();
    Cursor cursor(*this, *statement);
    const auto row = cursor.step();
    if (!row) return row.error();
    return *row ? cursor.integer(0) : 0;
}

bool Database::in_transaction() const { return sqlite3_get_autocommit(connection_.get()) == 0; }

Problem Database::problem(int code) const {
    const int error = connection_ ? sqlite3_system_errno(connection_.get()) : 0;
    switch (code & 0xff) {
        case SQLITE_CANTOPEN:
            if (error == ENOENT) return {v1::Gap::ABSENT, source_, "there is no such file"};
            return {v1::Gap::DENIED, source_, "it cannot be opened"};
        case SQLITE_READONLY:
        case SQLITE_PERM:
        case SQLITE_AUTH:
            return {v1::Gap::DENIED, source_, "it cannot be written"};
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return {v1::Gap::TIMED_OUT, source_, "another process holds it"};
        case SQLITE_FULL:
            return {v1::Gap::FAILED, source_, "no space is left for it"};
        case SQLITE_TOOBIG:
            return {v1::Gap::TOO_LARGE, source_, "a record is too large for it"};
        case SQLITE_NOTADB:
            return {v1::Gap::FAILED, source_, "it is not an SQLite database"};
        case SQLITE_CORRUPT:
            return {v1::Gap::FAILED, source_, "it is damaged"};
        case SQLITE_IOERR:
            if (error != 0) return {v1::Gap::FAILED, source_, problem_from_errno(error, source_).detail};
            return {v1::Gap::FAILED, source_, "input/output error"};
        default:
            return {v1::Gap::FAILED, source_, sqlite3_errstr(code)};
    }
}

Cursor::~Cursor() {
    sqlite3_reset(statement_);
    sqlite3_clear_bindings(statement_);
}

Result<bool> Cursor::step() {
    if (bound_ != SQLITE_OK) return database_.problem(bound_);
    const int code = sqlite3_step(statement_);
    if (code == SQLITE_ROW) return true;
    if (code == SQLITE_DONE) return false;
    return database_.problem(code);
}

Result<void> Cursor::run() {
    const auto row = step();
    if (!row) return row.error();
    return {};
}

std::int64_t Cursor::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string Cursor::text(int column) const { return std::string(blob(column)); }

std::string_view Cursor::blob(int column) const {
    const auto* bytes = static_cast<const char*>(sqlite3_column_blob(statement_, column));
    const int size = sqlite3_column_bytes(statement_, column);
    return bytes == nullptr ? std::string_view() : std::string_view(bytes, static_cast<std::size_t>(size));
}

void Cursor::bind(int index, std::int64_t value) {
    const int code = sqlite3_bind_int64(statement_, index, value);
    if (bound_ == SQLITE_OK) bound_ = code;
}

void Cursor::bind(int index, std::string_view value) {
    const int code =
        sqlite3_bind_text64(statement_, index, value.data(), value.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    if (bound_ == SQLITE_OK) bound_ = code;
}

void Cursor::bind(int index, Blob value) {
    const int code =
        sqlite3_bind_blob64(statement_, index, value.bytes.data(), value.bytes.size(), SQLITE_TRANSIENT);
    if (bound_ == SQLITE_OK) bound_ = code;
}

Result<Transaction> Transaction::begin(const Database& database, Kind kind) {
    if (auto begun = database.run(kind == Kind::write ? "BEGIN IMMEDIATE" : "BEGIN"); !begun)
        return begun.error();
    return Transaction(database);
}

Transaction::~Transaction() {
    // SQLite has already rolled back by itself after some errors (disk full).
    if (database_ != nullptr && database_->in_transaction()) static_cast<void>(database_->run("ROLLBACK"));
}

Result<void> Transaction::commit() {
    auto committed = database_->run("COMMIT");
    if (committed) database_ = nullptr;
    return committed;
}

}  // namespace preflight::collector::sqlite
