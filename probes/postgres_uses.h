// PostgresUses: which PostgreSQL servers this node's services use, each once, with all its uses and the
// login.
#pragma once

#include <string>
#include <vector>

#include "probes/node/postgres_connect.h"
#include "probes/probe.h"

namespace preflight::probes {

struct PostgresUse {
    PostgresTarget target;
    std::vector<std::string> uses;  // "rails main"
    // As database.yml names the database whose tables GitLab's migrations change there; empty: none of
    // GitLab's, or one that is asked about elsewhere already (a replica, the same database under a second
    // name).
    std::string tables;
    bool praefect = false;            // Praefect's own tables are in it
    bool password_elsewhere = false;  // it comes from a command, which is never run
};

// From the same files as the endpoints; those of the servers of this node alone (no Rails here) from what the
// package keeps for its own console. Gaps go to `out`.
std::vector<PostgresUse> find_postgres_uses(const Node& node, Findings& out);

}  // namespace preflight::probes
