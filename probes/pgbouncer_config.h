// PgbouncerConfig: where PgBouncer listens, and which databases it passes on to where.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/secret.h"
#include "preflight/v1/finding.pb.h"
#include "probes/parsed.h"

namespace preflight::probes {

struct PgbouncerConfig {
    std::vector<v1::Listener> listeners;
    std::vector<v1::PostgresEndpoint> databases;  // purpose pgbouncer: one for each backend
    std::vector<std::string> includes;            // %include: files whose content is not in here
};

// pgbouncer.ini, and databases.ini, which it includes.
Parsed<PgbouncerConfig> parse_pgbouncer_ini(std::string_view text, std::string_view source);

// Of "user" "password" lines; hashes serve PgBouncer as well, but nobody can log in with them: only what is
// plainly a password is given.
Secret password_in_user_list(std::string_view list, std::string_view user);

}  // namespace preflight::probes
