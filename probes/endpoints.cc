#include "probes/endpoints.h"

#include "probes/endpoints_rails.h"
#include "probes/endpoints_servers.h"
#include "probes/endpoints_view.h"

namespace preflight::probes {
namespace {

void look(const Node& node, const Asked& /*asked*/, Findings& out) {
    const EndpointsView view(node, out);
    look_at_rails(view);
    look_at_clients(view);
    look_at_git_servers(view);
    look_at_databases(view);
    look_at_redis(view);
}

}  // namespace

const Probe endpoints{
    .name = "endpoints",
    .looks_at =
        "PostgreSQL, Redis and Gitaly endpoints in use, and what this node serves, by rendered configuration",
    .needs = ReadAllFiles{},
    .limit = std::chrono::seconds(10),
    .look = look,
};

}  // namespace preflight::probes
