// PraefectConfig: the map of a Gitaly Cluster, and Praefect's own database.
#pragma once

#include <string_view>
#include <vector>

#include "preflight/v1/finding.pb.h"
#include "probes/parsed.h"

namespace preflight::probes {

struct PraefectConfig {
    std::vector<v1::PraefectVirtualStorage> virtual_storages;
    // Purposes praefect and praefect_session_pooled: never a database of GitLab's own.
    std::vector<v1::PostgresEndpoint> databases;
    std::vector<v1::Listener> listeners;
};

Parsed<PraefectConfig> parse_praefect_config(std::string_view text, std::string_view source);

}  // namespace preflight::probes
