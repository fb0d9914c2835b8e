#include "probes/pgbouncer.h"

#include <algorithm>
#include <array>
#include <chrono>
#include <vector>

#include "probes/config_text.h"
#include "probes/gitlab_presence.h"
#include "probes/node/pgbouncer.h"
#include "probes/paths.h"
#include "probes/pgbouncer_config.h"
#include "probes/reach_report.h"

namespace preflight::probes {
namespace {

constexpr std::string_view affects = "state of PgBouncer";

// The console's logins, by the package: C/pgbouncer/attributes/default.rb (stats_users may SHOW and nothing
// else).
constexpr std::string_view console_database = "pgbouncer";
constexpr std::array<std::string_view, 3> console_users{"pgbouncer", "gitlab-psql", "postgres"};

constexpr std::array shown_settings{
    "pool_mode",          "max_client_conn",    "default_pool_size", "ignore_startup_parameters",
    "server_tls_sslmode", "client_tls_sslmode", "auth_type",         "max_prepared_statements"};

std::string text_in(const ConsoleRow& row, std::string_view column) {
    const auto found = row.find(column);
    return found == row.end() ? std::string() : found->second;
}

std::uint64_t number_of(const ConsoleRow& row, std::string_view column) {
    return number_in(text_in(row, column)).value_or(0);
}

std::uint32_t count_of(const ConsoleRow& row, std::string_view column) {
    return static_cast<std::uint32_t>(number_of(row, column));
}

class Look {
  public:
    Look(const Node& node, PostgresLimits limits, Findings& out) : node_(node), limits_(limits), out_(out) {}

    void look() {
        const auto text = node_.read_file(paths::pgbouncer_ini);
        if (!text) return;  // told by the probe of the endpoints
        const auto parsed = parse_pgbouncer_ini(*text, paths::pgbouncer_ini);
        const auto target = parsed.items.empty() ? std::nullopt : place_of(parsed.items.front().listeners);
        if (!target) return;
        if (!node_.live()) {
            return out_.gap(Problem{v1::Gap::NOT_LIVE, "pgbouncer", "a tree's servers cannot be asked"},
                            affects);
        }
        ask(*target);
    }

  private:
    struct Place {
        std::string host;
        std::uint32_t port = 0;
    };

    // Its socket first: over it the console believes who we are.
    static std::optional<Place> place_of(const std::vector<v1::Listener>& listeners) {
        std::optional<Place> place;
        for (const auto& listener : listeners) {
            // "/var/opt/gitlab/pgbouncer/.s.PGSQL.6432"
            const auto slash = listener.socket().rfind('/');
            const auto port = number_in(listener.socket().substr(listener.socket().rfind('.') + 1));
            if (slash != std::string::npos && port)
                return Place{listener.socket().substr(0, slash), static_cast<std::uint32_t>(*port)};
            const bool any = listener.address().empty() || listener.address() == "0.0.0.0" ||
                             listener.address() == "*" || listener.address() == "::";
            if (!place) place = Place{any ? "127.0.0.1" : listener.address(), listener.port()};
        }
        return place;
    }

    // Over TCP a login without a password is refused, and PgBouncer logs that: where none has one, a single
    // one tells whether anybody answers.
    std::vector<PostgresTarget> logins(const Place& place) const {
        const auto list = node_.read_file(paths::pgbouncer_users);
        std::vector<PostgresTarget> logins;
        for (const auto user : console_users) {
            auto& target = logins.emplace_back();
            target.host = place.host;
            target.port = place.port;
            target.database = console_database;
            target.user = user;
            if (list) target.password = password_in_user_list(*list, user);
        }
        if (place.host.starts_with('/')) return logins;
        const auto bare = std::ranges::stable_partition(
            logins, [](const PostgresTarget& target) { return target.password.present(); });
        logins.erase(std::max(bare.begin(), logins.begin() + 1), logins.end());
        return logins;
    }

    void ask(const Place& place) {
        v1::Reach reach;
        for (const auto& target : logins(place)) {
            reach.Clear();
            reach.set_kind("pgbouncer");
            reach.add_uses("own console");
            auto console = PgbouncerConsole::connect(node_, target, reach, limits_);
            if (!console && reach.failed_at() == v1::Reach::AUTHENTICATION) continue;
            report_reach(reach, affects, out_);
            out_.flush();
            if (console) tell(*console, target.address());
            return;
        }
        // By its socket it believes the kernel, which names the account that we are, and not GitLab's.
        if (place.host.starts_with('/')) {
            reach.set_failed_at(v1::Reach::LAYER_UNSPECIFIED);
            reach.set_detail(
                "the console does not let in the account as which the agent asks by this socket");
        }
        report_reach(reach, affects, out_);
    }

    template <typename Take>
    void each(PgbouncerConsole& console, const char* what, Take take) {
        const auto rows = console.show(what);
        if (!rows) return out_.gap(rows.error(), std::string("PgBouncer's ") + in_lower_case(what));
        for (const auto& row : *rows) take(row);
    }

    void tell(PgbouncerConsole& console, const std::string& address) {
        v1::PgbouncerStatus status;
        status.set_address(address);
        each(console, "VERSION", [&](const ConsoleRow& row) {
            const auto text = text_in(row, "version");  // "PgBouncer 1.24.1"
            const auto words = words_of(text);
            if (!words.empty()) status.set_version(std::string(words.back()));
        });
        take_state(console, status);
        each(console, "DATABASES",
             [&](const ConsoleRow& row) { take_database(row, *status.add_databases()); });
        each(console, "POOLS", [&](const ConsoleRow& row) { take_pool(row, *status.add_pools()); });
        each(console, "CONFIG", [&](const ConsoleRow& row) {
            const auto key = text_in(row, "key");
            if (std::ranges::find(shown_settings, key) != shown_settings.end())
                (*status.mutable_settings())[key] = text_in(row, "value");
        });
        each(console, "SERVERS", [&](const ConsoleRow& row) { take_server(row, status); });
        *out_.add(address).mutable_pgbouncer_status() = std::move(status);
    }

    // FAILED before 1.19, which does not know it; the databases tell that they are paused in every release.
    void take_state(PgbouncerConsole& console, v1::PgbouncerStatus& status) {
        const auto rows = console.show("STATE");
        if (!rows) {
            if (rows.error().cause != v1::Gap::FAILED) out_.gap(rows.error(), "PgBouncer's state");
            return;
        }
        for (const auto& row : *rows) {
            for (const auto* state : {"active", "paused", "suspended"}) {
                if (text_in(row, "key") == state && text_in(row, "value") == "yes") status.set_state(state);
            }
        }
    }

    static void take_database(const ConsoleRow& row, v1::PgbouncerStatus::Database& database) {
        database.set_name(text_in(row, "name"));
        database.set_host(text_in(row, "host"));
        database.set_port(count_of(row, "port"));
        database.set_database(text_in(row, "database"));
        database.set_pool_mode(text_in(row, "pool_mode"));
        database.set_paused(number_of(row, "paused") != 0);
        database.set_disabled(number_of(row, "disabled") != 0);
        database.set_pool_size(count_of(row, "pool_size"));
        database.set_connections(count_of(row, "current_connections"));
    }

    static void take_pool(const ConsoleRow& row, v1::PgbouncerStatus::Pool& pool) {
        pool.set_database(text_in(row, "database"));
        pool.set_user(text_in(row, "user"));
        pool.set_clients_active(count_of(row, "cl_active"));
        pool.set_clients_waiting(count_of(row, "cl_waiting"));
        pool.set_servers_active(count_of(row, "sv_active"));
        pool.set_servers_idle(count_of(row, "sv_idle"));
        pool.set_longest_wait_milliseconds(number_of(row, "maxwait") * 1000 +
                                           number_of(row, "maxwait_us") / 1000);
    }

    // One row for each connection: told by how many there are to one server in one state.
    static void take_server(const ConsoleRow& row, v1::PgbouncerStatus& status) {
        const auto host = text_in(row, "addr");
        PostgresTarget at;
        at.host = host == "unix" ? text_in(row, "host") : host;
        at.port = count_of(row, "port");
        v1::PgbouncerStatus::Server server;
        server.set_database(text_in(row, "database"));
        server.set_address(at.host.empty() ? host : at.address());
        server.set_state(text_in(row, "state"));
        auto& servers = *status.mutable_servers();
        const auto same = std::ranges::find_if(servers, [&](const auto& other) {
            return other.database() == server.database() && other.address() == server.address() &&
                   other.state() == server.state();
        });
        auto& counted = same == servers.end() ? *servers.Add() : *same;
        server.set_connections(counted.connections() + 1);
        counted = std::move(server);
    }

    const Node& node_;
    PostgresLimits limits_;
    Findings& out_;
};

// Of its console.
std::vector<std::string> pgbouncer_sockets(const Node& node) {
    std::vector<std::string> sockets;
    const auto text = node.read_file(paths::pgbouncer_ini);
    if (!text) return sockets;
    for (const auto& config : parse_pgbouncer_ini(*text, paths::pgbouncer_ini).items) {
        for (const auto& listener : config.listeners) {
            if (!listener.socket().empty()) sockets.push_back(listener.socket());
        }
    }
    return sockets;
}

void look(const Node& node, const Asked& asked, Findings& out) {
    if (serves(node, "pgbouncer")) Look(node, {.until = asked.end_of_waiting(pgbouncer.limit)}, out).look();
}

}  // namespace

const Probe pgbouncer{
    .name = "pgbouncer",
    .looks_at =
        "this node's PgBouncer: version, state, databases behind it and waiting clients, by its console",
    .needs = AsOwnerOf{paths::postgresql_directory, pgbouncer_sockets},
    .limit = std::chrono::seconds(10),
    .look = look,
};

}  // namespace preflight::probes
