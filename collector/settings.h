// Settings: the collector's configuration file (TOML), all keys optional. systemd/collector.toml documents
// it.
#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"

namespace preflight::collector {

inline constexpr auto default_settings_file = "/etc/gitlab-preflight/collector.toml";

struct Settings {
    std::vector<std::string> listen;  // loopback addresses with port, as gRPC takes them
    std::filesystem::path store = "/var/lib/gitlab-preflight-collector/store.sqlite";
    std::chrono::hours backup_age{24};
    std::chrono::hours inspection_age{24};
    std::vector<std::string> external;                                            // "host:port" or "host"
    std::vector<std::string> expected_nodes;                                      // names
    std::filesystem::path acceptances = "/etc/gitlab-preflight/acceptances.yml";  // need not be there
    std::filesystem::path knowledge = "/etc/gitlab-preflight/knowledge.d";        // need not be there
    bool knowledge_named = false;         // by the file: then it must be there
    std::filesystem::path knowledge_key;  // public key of all files there; empty: they need no signature

    Settings();  // the defaults
};

// MALFORMED with "FILE:LINE" as source and one sentence that says what is right; never holds a value of the
// file.
Result<Settings> parse_settings(std::string_view text, const std::string& file);

// The file, or the defaults when `file` is empty and there is no default file.
Result<Settings> load_settings(const std::filesystem::path& file);

}  // namespace preflight::collector
