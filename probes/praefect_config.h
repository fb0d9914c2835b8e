// PraefectConfig: the map of a Gitaly Cluster, and Praefect's own database.
#pragma once

#include <string_view>
#include <vector>

#include "model/secret.h"
#include "preflight/v1/finding.pb.h"
#include "probes/database_yml.h"
#include "probes/parsed.h"

namespace preflight::probes {

struct PraefectConfig {
    std::vector<v1::PraefectVirtualStorage> virtual_storages;
    // Purposes praefect and praefect_session_pooled: never a database of GitLab's own.
    std::vector<PostgresLogin> databases;
    std::vector<v1::Listener> listeners;
    Secret token;                     // that it wants of whoever calls; not present: none is written here
    std::vector<Secret> node_tokens;  // for each node of each virtual storage, in their order
    bool by_command = false;          // a program prints more of the configuration, and that may be a token
};

Parsed<PraefectConfig> parse_praefect_config(std::string_view text, std::string_view source);

}  // namespace preflight::probes
