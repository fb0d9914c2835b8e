// Sqlite: a connection, its statements and transactions as values that close themselves; failures are
// Problems.
//
// For the store alone. One thread at a time. The causes: DENIED cannot be opened or written, TIMED_OUT
// another process holds it, TOO_LARGE a value past SQLite's limit, FAILED everything else (disk full,
// damage); never MALFORMED, which is the store's word for what an agent sent.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "model/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace preflight::collector::sqlite {

struct Closer {
    void operator()(sqlite3* connection) const noexcept;
    void operator()(sqlite3_stmt* statement) const noexcept;
};

using Statement = std::unique_ptr<sqlite3_stmt, Closer>;

class Database {
  public:
    enum class Mode { read_write, read_only };

    // Opens an existing file.
    static Result<Database> open(const std::filesystem::path& file, Mode mode);

    Result<void> run(const char* sql) const;
    Result<Statement> prepare(std::string_view sql) const;
    // The first column of the first row.
    Result<std::int64_t> integer(std::string_view sql) const;

    bool in_transaction() const;
    Problem problem(int code) const;
    const std::string& source() const { return source_; }

  private:
    Database(sqlite3* connection, std::string source) : connection_(connection), source_(std::move(source)) {}

    std::unique_ptr<sqlite3, Closer> connection_;
    std::string source_;
};

struct Blob {
    std::string_view bytes;
};

// One run of a prepared statement: binds the values, steps, and makes the statement ready again at its end.
class Cursor {
  public:
    template <typename... Values>
    Cursor(const Database& database, const Statement& statement, const Values&... values)
        : database_(database), statement_(statement.get()) {
        int index = 0;
        (bind(++index, values), ...);
    }
    Cursor(const Cursor&) = delete;
    Cursor& operator=(const Cursor&) = delete;
    ~Cursor();

    // True when there is a (further) row.
    Result<bool> step();
    // Runs a statement that gives no rows.
    Result<void> run();

    std::int64_t integer(int column) const;
    std::string text(int column) const;
    // Valid until the next step.
    std::string_view blob(int column) const;

  private:
    void bind(int index, std::int64_t value);
    void bind(int index, std::string_view value);
    void bind(int index, Blob value);

    const Database& database_;
    sqlite3_stmt* statement_;
    int bound_ = 0;  // the first code of a bind that failed
};

// Rolls back at its end unless it was committed.
class Transaction {
  public:
    enum class Kind { read, write };

    static Result<Transaction> begin(const Database& database, Kind kind);
    Transaction(Transaction&& other) noexcept : database_(std::exchange(other.database_, nullptr)) {}
    Transaction& operator=(Transaction&&) = delete;
    ~Transaction();

    Result<void> commit();

  private:
    explicit Transaction(const Database& database) : database_(&database) {}

    const Database* database_;
};

}  // namespace preflight::collector::sqlite
