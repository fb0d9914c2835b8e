// PatroniAnswer: what Patroni's REST interface answers, as a message.
#pragma once

#include <string_view>

#include "model/result.h"
#include "preflight/v1/server.pb.h"

namespace preflight::probes {

// GET /patroni: of the member that was asked. MALFORMED when it is no answer of a Patroni.
Result<void> take_patroni(std::string_view body, std::string_view source, v1::PatroniCluster& cluster);

// GET /cluster: of all members.
Result<void> take_cluster(std::string_view body, std::string_view source, v1::PatroniCluster& cluster);

}  // namespace preflight::probes
