// Settings: how the agent's service runs on this node: /etc/gitlab-preflight/agent.toml, over it the command
// line.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>

#include "agent/runner.h"
#include "agent/spool.h"
#include "model/address.h"
#include "model/result.h"

namespace preflight::agent {

inline constexpr const char* default_settings_file = "/etc/gitlab-preflight/agent.toml";

struct Settings {
    Address collector{.host = "127.0.0.1", .port = 0};
    std::filesystem::path spool = "/var/lib/gitlab-preflight-agent/spool";
    std::filesystem::path root = "/";
    std::string account = "gitlab-preflight";  // of the process that owns the network; "": stays who it is
    std::chrono::milliseconds every = std::chrono::minutes(360);  // between two inspections
    std::chrono::seconds inspection_limit{60};
    std::chrono::seconds proof_limit = default_proof_limit;  // of an inspection that proves backups
    SpoolLimits spool_limits;
};

// The defaults, and over them the file's keys. MALFORMED names the key and what it must be; an unknown key is
// one too.
Result<Settings> parse_settings(std::string_view text, const std::string& file);
Result<Settings> load_settings(const std::filesystem::path& file);

// Why these settings cannot be used; empty when they can. Plaintext leaves this machine never.
std::string refuse(const Settings& settings);

}  // namespace preflight::agent
