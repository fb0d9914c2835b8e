#include "probes/node/postgres_connect.h"

#include <fmt/format.h>
#include <libpq-fe.h>
#include <openssl/ssl.h>
#include <poll.h>

#include <algorithm>
#include <optional>
#include <vector>

#include "probes/certificate.h"
#include "probes/node/dial.h"
#include "probes/node/memory_file.h"
#include "probes/node/names.h"
#include "probes/node/postgres_failure.h"

namespace preflight::probes {
namespace {

using Clock = std::chrono::steady_clock;

// Else libpq looks in the home of whoever runs this.
constexpr const char* not_there = "/nonexistent";

// Certificates and keys as libpq wants them: by path. They live as long as the connecting takes.
class HeldFiles {
  public:
    // The path for libpq; empty where none is configured.
    Result<std::string> hold(const Node& node, const std::string& path) {
        if (path.empty()) return std::string();
        const Result<std::string> content = node.read_file(path, memory_file_limit_bytes);
        if (!content) return content.error();
        auto file = MemoryFile::hold(*content);
        if (!file) return file.error();
        held_.push_back(std::move(*file));
        return held_.back().path();
    }

  private:
    std::vector<MemoryFile> held_;
};

// What libpq is told, as pairs of keyword and value.
class Parameters {
  public:
    void set(const char* keyword, std::string value) {
        if (value.empty()) return;
        keywords_.push_back(keyword);
        values_.push_back(std::move(value));
    }
    PGconn* start() const {
        std::vector<const char*> keywords(keywords_);
        std::vector<const char*> values;
        values.reserve(values_.size() + 1);
        for (const auto& value : values_) values.push_back(value.c_str());
        keywords.push_back(nullptr);
        values.push_back(nullptr);
        return PQconnectStartParams(keywords.data(), values.data(), 0);
    }
    Parameters() = default;
    Parameters(const Parameters&) = delete;
    Parameters& operator=(const Parameters&) = delete;
    ~Parameters() {
        for (auto& value : values_) OPENSSL_cleanse(value.data(), value.size());
    }

  private:
    std::vector<const char*> keywords_;
    std::vector<std::string> values_;
};

// True when the socket is ready for what libpq waits for, before the deadline.
bool wait_for(const PGconn& connection, PostgresPollingStatusType wanted, Clock::time_point deadline) {
    for (;;) {
        const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - Clock::now()).count();
        if (left <= 0) return false;
        pollfd entry{PQsocket(&connection), wanted == PGRES_POLLING_READING ? short{POLLIN} : short{POLLOUT},
                     0};
        const int ready = ::poll(&entry, 1, static_cast<int>(left));
        if (ready > 0) return true;
        if (ready < 0 && errno != EINTR) return false;
    }
}

// Nothing when the connection is there.
std::optional<PostgresFailure> drive(PGconn& connection, PGVerbosity verbosity, Clock::time_point deadline,
                                     std::chrono::milliseconds limit) {
    PQsetErrorVerbosity(&connection, verbosity);
    auto furthest = PQstatus(&connection);
    if (furthest == CONNECTION_BAD) return failure_of(connection, CONNECTION_STARTED);
    auto wanted = PGRES_POLLING_WRITING;
    while (wanted == PGRES_POLLING_WRITING || wanted == PGRES_POLLING_READING) {
        if (!wait_for(connection, wanted, deadline)) return failure_of_time(PQstatus(&connection), limit);
        wanted = PQconnectPoll(&connection);
        if (PQstatus(&connection) != CONNECTION_BAD) furthest = PQstatus(&connection);
    }
    if (wanted != PGRES_POLLING_OK) return failure_of(connection, furthest);
    PQsetErrorVerbosity(&connection, PQERRORS_DEFAULT);
    return std::nullopt;
}

void describe_tls(const PGconn& connection, v1::Reach& reach) {
    if (PQsslInUse(const_cast<PGconn*>(&connection)) == 0) return;
    reach.set_tls(true);
    if (const auto* version = PQsslAttribute(const_cast<PGconn*>(&connection), "protocol"))
        reach.set_tls_version(version);
    auto* session = static_cast<SSL*>(PQsslStruct(const_cast<PGconn*>(&connection), "OpenSSL"));
    if (session == nullptr) return;
    const std::unique_ptr<X509, decltype(&X509_free)> shown(SSL_get1_peer_certificate(session), X509_free);
    if (shown) *reach.mutable_certificate() = describe(*shown);
}

std::string session_options(const PostgresLimits& limits) {
    return fmt::format(
        "-c default_transaction_read_only=on -c statement_timeout={} -c lock_timeout=1000 "
        "-c idle_in_transaction_session_timeout=30000",
        limits.statement.count());
}

// One try at one address ("" for a socket).
class Attempt {
  public:
    Attempt(const PostgresTarget& target, const PostgresLimits& limits) : target_(target), limits_(limits) {}

    std::optional<PostgresFailure> prepare(const Node& node) {
        for (const auto& [path, held] :
             {std::pair{&target_.sslrootcert, &root_}, std::pair{&target_.sslcert, &certificate_},
              std::pair{&target_.sslkey, &key_}}) {
            auto file = files_.hold(node, *path);
            if (!file) {
                // What is there, and only we cannot read, need not stop GitLab.
                const auto layer =
                    file.error().cause == v1::Gap::ABSENT ? v1::Reach::TLS : v1::Reach::LAYER_UNSPECIFIED;
                return PostgresFailure{layer, *path + ": " + file.error().detail, {}};
            }
            *held = std::move(*file);
        }
        return std::nullopt;
    }

    // Of `left` addresses that are still to be tried, this one must leave time for the others.
    std::optional<PostgresFailure> run(const std::string& address, std::size_t left, bool with_limits,
                                       PostgresHandle& handle) const {
        const auto begun = Clock::now();
        const auto share =
            std::max(deadline_ - begun, Clock::duration::zero()) / static_cast<Clock::rep>(left);
        Parameters parameters;
        parameters.set("host", target_.host);
        parameters.set("hostaddr", address);
        parameters.set("port", std::to_string(target_.port));
        parameters.set("dbname", target_.database);
        parameters.set("user", target_.user);
        parameters.set("password", std::string(target_.password.reveal()));
        parameters.set("passfile", not_there);
        parameters.set("application_name", "gitlab-preflight");
        parameters.set("client_encoding", "UTF8");
        parameters.set("sslmode", target_.sslmode);
        parameters.set("sslrootcert", root_.empty() ? not_there : root_);
        parameters.set("sslcert", certificate_.empty() ? not_there : certificate_);
        parameters.set("sslkey", key_);
        parameters.set("gssencmode", "disable");
        if (with_limits) parameters.set("options", session_options(limits_));
        handle.reset(parameters.start());
        if (!handle) return PostgresFailure{v1::Reach::LAYER_UNSPECIFIED, "libpq has no memory", {}};
        // PgBouncer has one code for every refusal: its second is told apart by words.
        return drive(*handle, with_limits ? PQERRORS_SQLSTATE : PQERRORS_TERSE, begun + share,
                     std::chrono::ceil<std::chrono::milliseconds>(share));
    }

  private:
    const PostgresTarget& target_;
    const PostgresLimits& limits_;
    Clock::time_point deadline_ =
        std::min(Clock::now() + limits_.connect, limits_.until);  // over all addresses
    HeldFiles files_;
    std::string root_, certificate_, key_;
};

void fail_with(const PostgresFailure& failure, const PostgresLimits& limits, v1::Reach& reach) {
    if (failure.late)
        fail_late(reach, failure.layer, failure.detail, limits.until);
    else
        fail(reach, failure.layer, failure.detail);
}

}  // namespace

std::string PostgresTarget::address() const {
    if (host.starts_with('/')) return fmt::format("{}/.s.PGSQL.{}", host, port);
    return host.find(':') == std::string::npos ? fmt::format("{}:{}", host, port)
                                               : fmt::format("[{}]:{}", host, port);
}

void PostgresCloser::operator()(pg_conn* connection) const noexcept { PQfinish(connection); }

PostgresConnected connect_postgres(const Node& node, const PostgresTarget& target,
                                   const PostgresLimits& limits, v1::Reach& reach) {
    reach.set_address(target.address());
    if (!may_be_reached(node, reach)) return {};
    std::vector<std::string> addresses{""};
    if (!target.host.starts_with('/')) {
        auto found = addresses_of(target.host);
        if (!found) {
            fail_by(reach, v1::Reach::NAME, found.error(), limits.until);
            return {};
        }
        addresses = std::move(*found);
    }
    Attempt attempt(target, limits);
    std::optional<PostgresFailure> failure = attempt.prepare(node);
    if (failure) {
        fail(reach, failure->layer, failure->detail);
        return {};
    }
    PostgresConnected connected;
    const auto run = [&](std::size_t at, bool with_limits) {
        auto failed = attempt.run(addresses[at], addresses.size() - at, with_limits, connected.handle);
        if (!failed || failed->layer != v1::Reach::ROUTE) ++node.tally()->connections;
        return failed;
    };
    for (std::size_t at = 0; at < addresses.size(); ++at) {
        connected.session_limits = true;
        failure = run(at, true);
        // protocol_violation: what PgBouncer says to a start-up parameter that it does not pass on.
        if (failure && failure->code == "08P01") {
            connected.session_limits = false;
            failure = run(at, false);
        }
        if (!failure || failure->layer != v1::Reach::ROUTE) break;
    }
    if (failure) {
        fail_with(*failure, limits, reach);
        return {};
    }
    describe_tls(*connected.handle, reach);
    return connected;
}

}  // namespace preflight::probes
