// Servers: which PostgreSQL, Redis, Gitaly and other servers are in use, with the versions that they say.
//
// Views into the fleet: they live no longer than it.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/condition.pb.h"
#include "readiness/check.h"
#include "readiness/shared_list.h"

namespace preflight::readiness {

struct Server {
    const FleetNode* node = nullptr;  // that says so
    const v1::Finding* finding = nullptr;
    std::string address;
    std::string version;            // as the server says it; empty: not told
    bool major_only = false;        // of a data directory: the server itself was not asked
    std::vector<std::string> uses;  // "rails main"; empty: not known
    bool bundled = false;           // a reporting node runs it
};

struct Unheard {
    const FleetNode* node = nullptr;
    const v1::Finding* finding = nullptr;  // that leaves it open; nullptr: the probe did not say
    std::string why;                       // what the finding says
};

struct Servers {
    std::string_view probe;       // that asks them
    SharedList<Server> found;     // in order of the fleet; one address may be told by several nodes
    SharedList<Unheard> unheard;  // nodes that use such a server, or could, and did not hear all of them
    // No node tells of one, and there must be one: no GitLab goes without. Redis and Valkey stand for each
    // other.
    bool untold = false;
};

Servers servers_of(v1::ServerIs::Component component, const Fleet& fleet, const Upgrade& upgrade);

// The same of every component, in one walk over the fleet.
std::map<v1::ServerIs::Component, Servers> all_servers_of(const Fleet& fleet, const Upgrade& upgrade);

// Ties to the verdict what is not known of the servers.
void about_unheard(v1::Verdict& verdict, const Servers& servers);

// "PostgreSQL", "Redis", …
std::string_view component_name(v1::ServerIs::Component component);

// Is it used for one of these ("main", "praefect")? No purposes: yes.
bool used_for(const Server& server, const google::protobuf::RepeatedPtrField<std::string>& purposes);

}  // namespace preflight::readiness
