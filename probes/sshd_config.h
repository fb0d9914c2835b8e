// SshdConfig: what OpenSSH's server asks for the keys of who logs in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct SshdConfig {
    // The program of each AuthorizedKeysCommand, once; also of those that a Match block restricts. Without
    // its arguments, which may be anything.
    std::vector<std::string> key_commands;
    std::vector<std::string> includes;  // patterns, as they are written
};

SshdConfig parse_sshd_config(std::string_view text);

// That of the server of this node with all that it includes: the image's own, else the system's. ABSENT where
// there is none.
struct SshdSettings {
    std::string path;
    std::vector<std::string> key_commands;
};
Result<SshdSettings> read_sshd_settings(const Node& node);

}  // namespace preflight::probes
