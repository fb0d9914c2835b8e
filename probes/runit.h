// Runit: what the supervisor of the Linux package writes down of a service, in <service>/supervise.
//
// Formats from general knowledge of runit: `status` is 20 bytes, `stat` one line of text.
#pragma once

#include <cstdint>
#include <string_view>

#include "model/result.h"
#include "preflight/v1/finding.pb.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct RunitStatus {
    v1::Service::State state = v1::Service::STATE_UNSPECIFIED;
    std::uint32_t process_id = 0;  // 0: none, or not said
};

// The 20 bytes of supervise/status. MALFORMED for another length or an unknown state.
Result<RunitStatus> parse_runit_status(std::string_view bytes, std::string_view source);
// The line of supervise/stat: "run", "down", "finish", with additions behind a comma.
Result<RunitStatus> parse_runit_stat(std::string_view text, std::string_view source);

// Of the service defined in `directory`; supervise/status, else supervise/stat. The files stay behind when
// the supervisor ends: a process id that the machine does not know makes the state unknown.
Result<RunitStatus> read_runit_status(const Node& node, std::string_view directory);

}  // namespace preflight::probes
