// RedisUses: which files tell the services of this node what Redis to use, and what they say.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "probes/endpoints_view.h"
#include "probes/redis_login.h"

namespace preflight::probes {

struct RedisUses {
    std::string path;
    std::string_view affects;  // of a gap
    Parsed<RedisClient> parsed;
    bool rendered = true;  // false: of the attributes, because no file says
};

// Where this node's Rails keeps its configuration: the package's, else what a container or a self-compiled
// installation has. Whether Rails is here at all is for rails_expected to decide.
std::string rails_configuration(const Node& node);
bool rails_expected(const EndpointsView& view);

// A file that cannot be read becomes a gap of the view.
std::vector<RedisUses> redis_of_rails(const EndpointsView& view);
std::vector<RedisUses> redis_of_clients(const EndpointsView& view);  // Workhorse, the agent server

inline constexpr std::string_view registry_affected = "database and Redis of the container registry";
std::string_view registry_configuration(const EndpointsView& view);

}  // namespace preflight::probes
