// ConsulAnswer: where this node's Consul agent answers, and what its HTTP interface says, as a message.
#pragma once

#include <optional>
#include <string_view>

#include "model/result.h"
#include "preflight/v1/server.pb.h"
#include "probes/node/tls_files.h"

namespace preflight::probes {

struct ConsulConfig {
    Place http;
    std::optional<TlsFiles> tls;  // where it answers over TLS alone
};

Result<ConsulConfig> parse_consul_config(std::string_view text, std::string_view source);

// Each takes the body of one path's answer; MALFORMED when it is not of its form, TOO_LARGE when only the
// beginning of its list was taken.
Result<void> take_consul_leader(std::string_view body, std::string_view source, v1::ConsulCluster& cluster);
Result<void> take_consul_peers(std::string_view body, std::string_view source, v1::ConsulCluster& cluster);
Result<void> take_consul_self(std::string_view body, std::string_view source, v1::ConsulCluster& cluster);
Result<void> take_consul_members(std::string_view body, std::string_view source, v1::ConsulCluster& cluster);
Result<void> take_consul_checks(std::string_view body, std::string_view source, v1::ConsulCluster& cluster);
// The value of the key that Patroni's leader holds, as it is; empty: nobody holds it.
Result<void> take_patroni_leader(std::string_view body, std::string_view source,
                                 v1::ConsulCluster::PatroniLeader& leader);

}  // namespace preflight::probes
