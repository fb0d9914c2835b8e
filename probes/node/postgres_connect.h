// PostgresConnect: reaches a PostgreSQL server (or PgBouncer) layer by layer, each wait with a limit.
//
// Part of the PostgreSQL door: what is asked over the connection is in postgres.h. Credentials go to libpq in
// memory; no file of the account that runs this (.pgpass, .pg_service.conf, root.crt) is used.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>

#include "model/secret.h"
#include "preflight/v1/server.pb.h"
#include "probes/node/node.h"

struct pg_conn;

namespace preflight::probes {

struct PostgresTarget {
    std::string host;  // name, address, or the directory of the socket
    std::uint32_t port = 5432;
    std::string database;
    std::string user;
    Secret password;
    std::string sslmode;  // libpq's words; empty: its default
    // Paths as the node names them.
    std::string sslrootcert;
    std::string sslcert;
    std::string sslkey;

    std::string address() const;  // "db1:5432", or the socket's path
};

struct PostgresLimits {
    std::chrono::milliseconds connect{5'000};    // all layers together, after the name
    std::chrono::milliseconds statement{5'000};  // one question, on the server
    std::chrono::milliseconds answer{8'000};     // one question, until its answer is here
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();  // all of it
};

struct PostgresCloser {
    void operator()(pg_conn* connection) const noexcept;
};
using PostgresHandle = std::unique_ptr<pg_conn, PostgresCloser>;

struct PostgresConnected {
    PostgresHandle handle;  // null: `reach` says why
    // Session limits could be given at the start; PgBouncer refuses them.
    bool session_limits = false;
};

// Fills `reach` (kind and uses are the caller's). Session limits are asked for first, and done without where
// the other end refuses them.
PostgresConnected connect_postgres(const Node& node, const PostgresTarget& target,
                                   const PostgresLimits& limits, v1::Reach& reach);

}  // namespace preflight::probes
