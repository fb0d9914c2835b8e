// PatroniConfig: the member of a Patroni cluster that this node is, and where the PostgreSQL it runs listens.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/finding.pb.h"
#include "probes/node/tls_files.h"
#include "probes/parsed.h"

namespace preflight::probes {

struct PatroniConfig {
    v1::PatroniMember member;
    std::vector<v1::Listener> listeners;
    Place rest;  // where this node asks its REST interface; port 0 when it cannot be read
    std::optional<TlsFiles> rest_tls;
    bool by_consul = false;  // its members agree in Consul who leads
    std::string name_space;  // under which its cluster keeps what it agrees on; as it is written
};

Parsed<PatroniConfig> parse_patroni_config(std::string_view text, std::string_view source);

}  // namespace preflight::probes
