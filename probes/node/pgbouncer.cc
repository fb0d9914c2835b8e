#include "probes/node/pgbouncer.h"

#include <libpq-fe.h>

#include <algorithm>

#include "probes/node/dial.h"

namespace preflight::probes {

PgbouncerConsole::PgbouncerConsole(PostgresHandle handle, std::string address, const PostgresLimits& limits,
                                   std::shared_ptr<Tally> tally)
    : handle_(std::move(handle)),
      watchdog_(std::make_unique<Watchdog>(PQsocket(handle_.get()))),
      address_(std::move(address)),
      limits_(limits),
      tally_(std::move(tally)) {}

std::optional<PgbouncerConsole> PgbouncerConsole::connect(const Node& node, const PostgresTarget& target,
                                                          v1::Reach& reach, const PostgresLimits& limits) {
    auto connected = connect_postgres(node, target, limits, reach);
    if (!connected.handle) return std::nullopt;
    PgbouncerConsole console(std::move(connected.handle), target.address(), limits, node.tally());
    const auto begun = std::chrono::steady_clock::now();
    if (const auto version = console.show("VERSION"); !version) {
        const bool denied = version.error().cause == v1::Gap::DENIED;
        fail_by(reach, denied ? v1::Reach::DATABASE : v1::Reach::PROTOCOL,
                {version.error().cause, target.address(), "its console: " + version.error().detail},
                limits.until);
        return std::nullopt;
    }
    set_round_trip(reach, std::chrono::steady_clock::now() - begun);
    reach.set_reached(true);
    return console;
}

Result<std::vector<ConsoleRow>> PgbouncerConsole::show(const std::string& what) {
    const auto begun = std::chrono::steady_clock::now();
    if (begun >= limits_.until) return Problem{v1::Gap::TIMED_OUT, address_, "no time was left to ask"};
    watchdog_->expect_within(
        std::min(limits_.answer, std::chrono::ceil<std::chrono::milliseconds>(limits_.until - begun)));
    const std::unique_ptr<PGresult, decltype(&PQclear)> answer(
        PQexec(handle_.get(), ("SHOW " + what).c_str()), PQclear);
    tally_->asked(std::chrono::steady_clock::now() - begun);
    if (!watchdog_->answered()) return Problem{v1::Gap::TIMED_OUT, address_, "no answer within the limit"};
    if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) {
        const auto* code = PQresultErrorField(answer.get(), PG_DIAG_SQLSTATE);
        const bool denied = code != nullptr && std::string_view(code) == "42501";
        return Problem{denied ? v1::Gap::DENIED : v1::Gap::FAILED, address_,
                       denied ? "this login may not see it" : "it does not answer SHOW " + what};
    }
    std::vector<ConsoleRow> rows;
    for (int row = 0; row < PQntuples(answer.get()); ++row) {
        ConsoleRow columns;
        for (int column = 0; column < PQnfields(answer.get()); ++column)
            columns.emplace(PQfname(answer.get(), column), PQgetvalue(answer.get(), row, column));
        rows.push_back(std::move(columns));
    }
    return rows;
}

}  // namespace preflight::probes
