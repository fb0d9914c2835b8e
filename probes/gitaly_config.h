// GitalyConfig: the storages as Rails knows them (gitlab.yml), and Gitaly's own config.toml.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>
#include <string_view>

#include "model/secret.h"
#include "preflight/v1/finding.pb.h"
#include "probes/parsed.h"
#include "probes/toml.h"

namespace preflight::probes {

// repositories.storages of gitlab.yml's production section.
Parsed<v1::GitalyEndpoint> gitaly_endpoints(const YAML::Node& production, std::string_view source);

// The token that Rails sends to this storage: its own, else the one for all. Not present: it sends none.
Secret gitaly_token(const YAML::Node& production, const std::string& storage);

// The endpoint of one storage; an unclear address is a problem, and the storage is then without one.
void take_gitaly_storage(std::string_view storage, std::string_view address, bool token,
                         std::string_view source, Parsed<v1::GitalyEndpoint>& found);

struct GitalyConfig {
    v1::GitalyServer server;
    std::vector<v1::Listener> listeners;
    Secret token;             // that it wants of whoever calls; not present: none is written here
    bool by_command = false;  // a program prints more of the configuration, and that may be a token
};

// Its storages are without filesystem_id: that stands in the storages themselves.
Parsed<GitalyConfig> parse_gitaly_config(std::string_view text, std::string_view source);

// The filesystem id of a storage's .gitaly-metadata.
Result<std::string> parse_gitaly_metadata(std::string_view text, std::string_view source);

// listen_addr, tls_listen_addr and socket_path, which Gitaly and Praefect share.
void take_listeners(const toml::table& table, std::string_view service, std::string_view source,
                    std::vector<v1::Listener>& listeners, std::vector<Problem>& problems);

}  // namespace preflight::probes
