// PgbouncerConsole: PgBouncer's own console: answers SHOW, and nothing else is ever said to it.
//
// It speaks PostgreSQL's protocol, but is no PostgreSQL: it knows no transactions and gives itself a version
// that libpqxx takes for too old. So it is asked through libpq alone.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "probes/node/postgres_connect.h"
#include "probes/node/watchdog.h"

namespace preflight::probes {

// A row by the names of its columns: they differ between releases.
using ConsoleRow = std::map<std::string, std::string, std::less<>>;

class PgbouncerConsole {
  public:
    // Nothing when a layer failed, which `reach` then says.
    static std::optional<PgbouncerConsole> connect(const Node& node, const PostgresTarget& target,
                                                   v1::Reach& reach, const PostgresLimits& limits = {});

    // "VERSION", "POOLS", … DENIED, TIMED_OUT or FAILED as the other door says it.
    Result<std::vector<ConsoleRow>> show(const std::string& what);

  private:
    PgbouncerConsole(PostgresHandle handle, std::string address, const PostgresLimits& limits,
                     std::shared_ptr<Tally> tally);

    PostgresHandle handle_;
    std::unique_ptr<Watchdog> watchdog_;  // declared after the socket that it watches
    std::string address_;
    PostgresLimits limits_;
    std::shared_ptr<Tally> tally_;
};

}  // namespace preflight::probes
