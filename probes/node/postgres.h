// Postgres: one session with a PostgreSQL server, that can only ask.
//
// Every question runs in a READ ONLY transaction of its own, whose limits are set for that transaction alone
// (SET LOCAL): behind PgBouncer the session belongs to GitLab as well, and nothing may stay set in it.
// libpqxx and libpq are used behind this door alone. Blocks; used by one thread.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "probes/node/postgres_connect.h"

namespace preflight::probes {

// One row of an answer.
class PostgresRow {
  public:
    explicit PostgresRow(std::vector<std::optional<std::string>> columns) : columns_(std::move(columns)) {}

    bool null(std::size_t column) const { return !columns_.at(column).has_value(); }
    // Empty for NULL.
    std::string text(std::size_t column) const { return columns_.at(column).value_or(""); }
    // 0 for NULL and for what is no number.
    std::int64_t number(std::size_t column) const;
    // 0 where it is negative.
    std::uint64_t size(std::size_t column) const;
    bool truth(std::size_t column) const { return text(column) == "t"; }
    // Moves the value out, for one that must not stay in memory. Not present for NULL.
    Secret take(std::size_t column) {
        return Secret(std::exchange(columns_.at(column), {}).value_or(std::string()));
    }

  private:
    std::vector<std::optional<std::string>> columns_;
};
using PostgresRows = std::vector<PostgresRow>;

class Postgres {
  public:
    // Nothing when a layer failed, which `reach` then says.
    static std::optional<Postgres> connect(const Node& node, const PostgresTarget& target, v1::Reach& reach,
                                           const PostgresLimits& limits = {});
    Postgres(Postgres&&) noexcept;
    Postgres& operator=(Postgres&&) noexcept;
    ~Postgres();

    // The rows of one SELECT or SHOW. DENIED: this login may not; ABSENT: no such table, column or function;
    // TIMED_OUT: the limit of a statement, of a lock or of the answer; FAILED: the connection broke or the
    // server could not. A question after the connection broke fails too.
    Result<PostgresRows> ask(const std::string& question, const std::vector<std::string>& values = {});

    // Something that pools connections stands between.
    bool pooled() const;
    const std::string& address() const;

  private:
    struct Session;
    explicit Postgres(std::unique_ptr<Session> session);
    std::unique_ptr<Session> session_;
};

}  // namespace preflight::probes
