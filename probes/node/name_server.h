// NameServer: asks one name server, at any port, for the addresses of a record: a database's replicas are
// named by Consul's, to which this machine's own resolver does not lead.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct NamedServer {
    std::string address;     // IPv4 or IPv6
    std::uint32_t port = 0;  // 0: the record names none
};

struct NameQuestion {
    std::string record;
    bool services = false;  // SRV, with the addresses that come along; else A
};

// The query as it is sent; empty when the record is no name.
std::string name_query(const NameQuestion& question, std::uint16_t id);
// ABSENT: there is no such record, or it names no server. MALFORMED: no answer to that question.
Result<std::vector<NamedServer>> parse_name_answer(std::string_view answer, const NameQuestion& question,
                                                   std::uint16_t id);

// One datagram there and one back, until then. TIMED_OUT when no answer came; TOO_LARGE when it did not fit.
Result<std::vector<NamedServer>> ask_name_server(const Node& node, const std::string& address,
                                                 std::uint32_t port, const NameQuestion& question,
                                                 std::chrono::steady_clock::time_point until);

}  // namespace preflight::probes
