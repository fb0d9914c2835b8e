// HostFacts: who this machine is and what it has: names, addresses, identity, memory, processors, clock.
#pragma once

#include <sys/timex.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "preflight/v1/finding.pb.h"
#include "probes/attributes.h"
#include "probes/node/node.h"
#include "probes/unseen.h"

namespace preflight::probes {

// What the node says of its host; the rest is noted in `unseen`. Names come from files alone: no name server
// is asked.
v1::Host read_host(const Node& node, Unseen& unseen);

// Its names and addresses alone.
v1::Host read_host_names(const Node& node, const Result<Attributes>& attributes, Unseen& unseen);

// SHA-256 over the product's name and the machine id, in hex: tells machines apart and cannot be turned back.
std::string machine_digest(std::string_view machine_id);

// A line of /etc/hosts that gives this host a name.
struct HostsEntry {
    std::string address;
    std::vector<std::string> names;
};
std::vector<HostsEntry> entries_of(std::string_view hosts_file, std::string_view host_name);

// How far this machine's clock is off, as the time service told the kernel, and how sure it is of that.
struct ClockState {
    bool synchronised = false;
    std::int64_t offset_microseconds = 0;  // still to be made up for; both 0 where nothing tells
    std::uint64_t error_microseconds = 0;
};
// Of what adjtimex(2) answered.
ClockState clock_state_of(const timex& clock);

// "MemTotal:  16318412 kB" of /proc/meminfo, in bytes.
std::optional<std::uint64_t> memory_in(std::string_view meminfo, std::string_view field);
// "0-3,8" → 5.
std::optional<std::uint32_t> processors_in(std::string_view ranges);

}  // namespace preflight::probes
