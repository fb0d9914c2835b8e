// PostgresConfig: where the bundled PostgreSQL listens, by postgresql.conf and what it includes, and of which
// major its data are.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/finding.pb.h"
#include "probes/parsed.h"

namespace preflight::probes {

// Settings that say where the server listens, by name; later files write over earlier ones.
using PostgresSettings = std::map<std::string, std::string, std::less<>>;

// Reads a line-wise configuration file into `settings`: only those wanted. Returns the files it includes, in
// order.
Result<std::vector<std::string>> read_postgres_conf(std::string_view text, std::string_view source,
                                                    PostgresSettings& settings);

// `service` is the supervised name: postgresql or geo-postgresql.
Parsed<v1::Listener> postgres_listeners(const PostgresSettings& settings, std::string_view service,
                                        std::string_view source);

// Listeners of one service at addresses separated by commas; "*" is every address, written "0.0.0.0".
void add_listeners(std::string_view addresses, std::uint32_t port, bool tls, std::string_view service,
                   std::string_view source, Parsed<v1::Listener>& found);

// PG_VERSION holds the major version alone: "16\n", and "9.6\n" before 10.
Result<std::string> parse_pg_version(std::string_view text, std::string_view source);

}  // namespace preflight::probes
