// PostgresUses: which PostgreSQL servers this node's services use, each once, with all its uses and the
// login.
#pragma once

#include <string>
#include <vector>

#include "probes/database_yml.h"
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
    std::string configured_user;      // that GitLab's services log in with
    bool as_owner = false;            // by its socket without a password: as the account that asks
    bool borrowed = false;            // the login may be for the way by PgBouncer alone
    std::string unasked;              // why it cannot be asked; empty: it can
    ReplicaDiscovery discovery;       // of its replicas

    // The same login to the same database on another server, for this alone.
    PostgresUse elsewhere(std::string host, std::uint32_t port, std::string purpose) const;
    // The same database of the same server.
    bool is_at(const PostgresTarget& other) const {
        return target.address() == other.address() && target.database == other.database;
    }
    // With which user it is asked, or why it is not, by its host, password and configured user.
    void settle();
};

// From the same files as the endpoints, with the servers behind this node's PgBouncer; those of the servers
// of this node alone (no Rails here) from what the package keeps for its own console. Gaps go to `out`.
std::vector<PostgresUse> find_postgres_uses(const Node& node, Findings& out);

// The sockets among them whose servers know nobody but by the account that asks.
std::vector<std::string> postgres_sockets(const Node& node);

}  // namespace preflight::probes
