#include "probes/node/postgres.h"

#include <fmt/format.h>

#include <charconv>
#include <pqxx/pqxx>

#include "probes/node/dial.h"
#include "probes/node/watchdog.h"

namespace preflight::probes {
namespace {

using Clock = std::chrono::steady_clock;

// Hands a connection that is made already to libpqxx, which owns it from then on.
class Adopted final : public pqxx::connectionpolicy {
  public:
    explicit Adopted(PostgresHandle handle) : connectionpolicy(""), handle_(std::move(handle)) {}
    handle do_startconnect(handle orig) override { return orig == nullptr ? handle_.release() : orig; }
    // Never anew: without our limits and without a word in the report.
    handle do_completeconnect(handle orig) override { return orig == nullptr ? handle_.release() : orig; }

  private:
    PostgresHandle handle_;
};

class Connection final : public pqxx::connection_base {
  public:
    explicit Connection(pqxx::connectionpolicy& policy) : connection_base(policy) { init(); }
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;
    ~Connection() noexcept { close(); }
};

template <typename Kind>
bool is(const pqxx::sql_error& error) {
    return dynamic_cast<const Kind*>(&error) != nullptr;
}

// SQLSTATE classes: https://www.postgresql.org/docs/current/errcodes-appendix.html. An exception of a kind of
// its own has lost its code in libpqxx 6.
v1::Gap::Cause cause_of(const pqxx::sql_error& error) {
    const auto& code = error.sqlstate();
    if (code == "42501" || is<pqxx::insufficient_privilege>(error)) return v1::Gap::DENIED;
    if (is<pqxx::undefined_table>(error) || is<pqxx::undefined_column>(error) ||
        is<pqxx::undefined_function>(error))
        return v1::Gap::ABSENT;
    if (code == "42P01" || code == "42703" || code == "42883" || code == "42704" || code == "3F000")
        return v1::Gap::ABSENT;
    if (code == "57014" || code == "55P03" || code == "25P03") return v1::Gap::TIMED_OUT;
    if (code == "25006") return v1::Gap::REFUSED;
    return v1::Gap::FAILED;
}

std::string words_of(v1::Gap::Cause cause, const std::string& code) {
    switch (cause) {
        case v1::Gap::DENIED:
            return "this login may not see it";
        case v1::Gap::ABSENT:
            return "the server has no such table, column or function";
        case v1::Gap::TIMED_OUT:
            return "not answered within the limit";
        default:
            return code.empty() ? "the server could not answer"
                                : "the server could not answer (code " + code + ")";
    }
}

}  // namespace

std::int64_t PostgresRow::number(std::size_t column) const {
    const auto digits = text(column);
    std::int64_t value = 0;
    std::from_chars(digits.data(), digits.data() + digits.size(), value);
    return value;
}

std::uint64_t PostgresRow::size(std::size_t column) const {
    return static_cast<std::uint64_t>(std::max<std::int64_t>(0, number(column)));
}

struct Postgres::Session {
    Session(PostgresHandle handle, std::string at, const PostgresLimits& with, std::shared_ptr<Tally> counts)
        : policy(std::move(handle)),
          connection(policy),
          watchdog(connection.sock()),
          address(std::move(at)),
          limits(with),
          tally(std::move(counts)) {}

    Result<PostgresRows> run(const std::string& question, const std::vector<std::string>& values);
    Problem failed(v1::Gap::Cause cause, std::string detail) const {
        return {cause, address, std::move(detail)};
    }

    Adopted policy;
    Connection connection;
    Watchdog watchdog;
    std::string address;
    PostgresLimits limits;
    std::shared_ptr<Tally> tally;
    bool pooled = false;
    bool broken = false;
};

Result<PostgresRows> Postgres::Session::run(const std::string& question,
                                            const std::vector<std::string>& values) {
    pqxx::transaction<pqxx::read_committed, pqxx::readwrite_policy::read_only> transaction(connection);
    transaction.exec0(
        fmt::format("SET LOCAL statement_timeout = {}; SET LOCAL lock_timeout = 1000;"
                    " SET LOCAL search_path = pg_catalog, public",
                    limits.statement.count()));
    const auto answer = values.empty()
                            ? transaction.exec(question)
                            : transaction.exec_params(question, pqxx::prepare::make_dynamic_params(values));
    PostgresRows rows;
    rows.reserve(answer.size());
    for (const auto& row : answer) {
        std::vector<std::optional<std::string>> columns;
        columns.reserve(row.size());
        for (const auto& field : row) {
            columns.push_back(field.is_null() ? std::nullopt
                                              : std::optional(std::string(field.c_str(), field.size())));
        }
        rows.emplace_back(std::move(columns));
    }
    transaction.commit();
    return rows;
}

Postgres::Postgres(std::unique_ptr<Session> session) : session_(std::move(session)) {}
Postgres::Postgres(Postgres&&) noexcept = default;
Postgres& Postgres::operator=(Postgres&&) noexcept = default;
Postgres::~Postgres() = default;

std::optional<Postgres> Postgres::connect(const Node& node, const PostgresTarget& target, v1::Reach& reach,
                                          const PostgresLimits& limits) {
    auto connected = connect_postgres(node, target, limits, reach);
    if (!connected.handle) return std::nullopt;
    Postgres postgres(
        std::make_unique<Session>(std::move(connected.handle), target.address(), limits, node.tally()));
    const auto begun = Clock::now();
    // The port that the server listens on is another one than we dialled where a pooler stands between.
    const auto answer = postgres.ask("SELECT inet_server_port()");
    if (!answer) {
        fail(reach, v1::Reach::PROTOCOL, "the first question after the login: " + answer.error().detail);
        return std::nullopt;
    }
    set_round_trip(reach, (Clock::now() - begun) / 4);  // begin, set, ask, commit
    reach.set_reached(true);
    const bool other_port = !target.host.starts_with('/') && answer->at(0).size(0) != target.port;
    postgres.session_->pooled = !connected.session_limits || other_port;
    return postgres;
}

Result<PostgresRows> Postgres::ask(const std::string& question, const std::vector<std::string>& values) {
    auto& session = *session_;
    if (session.broken) return session.failed(v1::Gap::FAILED, "the connection broke at an earlier question");
    const auto begun = Clock::now();
    if (begun >= session.limits.until) return session.failed(v1::Gap::TIMED_OUT, "no time was left to ask");
    session.watchdog.expect_within(std::min(
        session.limits.answer, std::chrono::ceil<std::chrono::milliseconds>(session.limits.until - begun)));
    Result<PostgresRows> result = session.failed(v1::Gap::FAILED, "not asked");
    try {
        result = session.run(question, values);
    } catch (const pqxx::broken_connection&) {
        session.broken = true;
        result = session.failed(v1::Gap::FAILED, "the connection broke");
    } catch (const pqxx::sql_error& error) {
        const auto cause = cause_of(error);
        result = session.failed(cause, words_of(cause, error.sqlstate()));
    } catch (const pqxx::failure&) {
        session.broken = true;
        result = session.failed(v1::Gap::FAILED, "the connection broke");
    }
    if (!session.watchdog.answered()) {
        session.broken = true;
        result = session.failed(v1::Gap::TIMED_OUT, "no answer within the limit");
    }
    session.tally->asked(Clock::now() - begun);
    return result;
}

bool Postgres::pooled() const { return session_->pooled; }
const std::string& Postgres::address() const { return session_->address; }

}  // namespace preflight::probes
