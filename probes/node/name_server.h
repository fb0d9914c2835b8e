// NameServer: asks one name server, at any port, for the servers of a record: a database's replicas are named
// by Consul's, to which this machine's own resolver does not lead.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "model/result.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct NamedServer {
    std::string address;     // IPv4: GitLab asks for no others
    std::uint32_t port = 0;  // 0: the record names none
};

struct NamedServers {
    std::vector<NamedServer> servers;
    std::size_t untold = 0;  // that the record names besides: past the limit, or without an address
};

struct NameQuestion {
    std::string record;
    bool services = false;   // SRV, and then the address of each that it names; else A
    std::size_t limit = 16;  // servers that are told
};

// Until then. ABSENT: there is no such record, or it names no server. TIMED_OUT: no answer to that question
// came. REFUSED: nobody listens there, or the name server does not want to answer. MALFORMED: the answer is
// none, or the record no name.
Result<NamedServers> ask_name_server(const Node& node, const std::string& address, std::uint32_t port,
                                     const NameQuestion& question,
                                     std::chrono::steady_clock::time_point until);

}  // namespace preflight::probes
