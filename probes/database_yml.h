// DatabaseYml: which PostgreSQL databases Rails is told to use.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/secret.h"
#include "preflight/v1/finding.pb.h"
#include "probes/address.h"
#include "probes/parsed.h"

namespace preflight::probes {

// A name server that tells further servers of a database; without a record, none does. From GitLab's
// documentation (database load balancing): the defaults.
struct ReplicaDiscovery {
    std::string record;
    std::string nameserver = "localhost";
    std::uint32_t port = 8600;
    bool services = false;  // the record is of type SRV, which names ports as well
};

// An endpoint, and how to log in there. Never leaves the process.
struct PostgresLogin {
    v1::PostgresEndpoint endpoint;
    Secret password;
    std::string sslrootcert;
    std::string sslcert;
    std::string sslkey;
    ReplicaDiscovery discovery;
};

// Without what is needed to log in.
std::vector<v1::PostgresEndpoint> endpoints_of(const std::vector<PostgresLogin>& logins);

// As parse_database_yml, with what is needed to log in; a password that comes from a command is not among it.
Parsed<PostgresLogin> parse_database_logins(std::string_view text, std::string_view source);

// The section `production`, by database (main, ci, geo, …) or flat as before GitLab 14 and in cloud native
// images. Where neither host nor socket stands, the host is empty: libpq then takes its own default.
Parsed<v1::PostgresEndpoint> parse_database_yml(std::string_view text, std::string_view source);

// Sets the host and, where several are listed, the others as replicas; false when one of them is no host.
bool set_hosts(std::string_view hosts, v1::PostgresEndpoint& endpoint);

// Takes host, port and database from "postgresql://…", as far as it names them.
bool set_from_url(std::string_view url, v1::PostgresEndpoint& endpoint);

}  // namespace preflight::probes
