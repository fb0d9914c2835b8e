#include "probes/patroni.h"

#include <chrono>
#include <string>

#include "probes/endpoints_view.h"
#include "probes/node/http.h"
#include "probes/paths.h"
#include "probes/patroni_answer.h"
#include "probes/patroni_config.h"
#include "probes/reach_report.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;

constexpr std::string_view affects = "members, roles and lag of the Patroni cluster";

// What the member that was asked says of itself is an answer with 503 too, when its server is down.
Result<void> ask(const Node& node, const Place& place, const TlsSettings* tls, const DialLimits& limits,
                 v1::Reach& reach, v1::PatroniCluster& cluster) {
    const auto answer = http_get(node, place, tls, "/patroni", limits, reach);
    if (!answer) return answer.error();
    auto taken = take_patroni(answer->body, place.text(), cluster);
    if (!taken) fail(reach, v1::Reach::PROTOCOL, "what answers is no Patroni");
    return taken;
}

void ask_for_cluster(const Node& node, const Place& place, const TlsSettings* tls, const DialLimits& limits,
                     v1::PatroniCluster& cluster, Findings& out) {
    v1::Reach ignored;
    const auto answer = http_get(node, place, tls, "/cluster", limits, ignored);
    auto taken = answer ? take_cluster(answer->body, place.text(), cluster) : Result<void>(answer.error());
    *out.add(place.text()).mutable_patroni_cluster() = cluster;
    if (!taken) out.gap(taken.error(), affects);
}

void look(const Node& node, const Asked& asked, Findings& out) {
    look_at_patroni(node, {.until = asked.end_of_waiting(patroni.limit)}, out);
}

}  // namespace

void look_at_patroni(const Node& node, const DialLimits& limits, Findings& out) {
    Findings quiet(patroni.name, [](const v1::Finding&) {});
    const EndpointsView view(node, node.live() ? out : quiet);
    const auto text = view.config_of("patroni", paths::patroni_yaml, affects);
    if (!text) return;
    if (!node.live()) {
        return out.gap(
            {v1::Gap::NOT_LIVE, std::string(paths::patroni_yaml), "a tree has no Patroni to be asked"},
            affects);
    }
    const auto parsed = parse_patroni_config(*text, paths::patroni_yaml);
    if (parsed.items.empty()) return view.report(parsed.problems, affects);
    const auto& config = parsed.items.front();
    if (config.rest.port == 0) {
        return out.gap(malformed(std::string(paths::patroni_yaml), "restapi.listen cannot be read"), affects);
    }
    const auto tls = config.rest_tls ? read_tls(node, *config.rest_tls) : Result<TlsSettings>(TlsSettings());
    if (!tls) return out.gap(tls.error(), affects);
    const auto* const settings = config.rest_tls ? &*tls : nullptr;
    v1::Reach reach;
    reach.set_kind("patroni");
    reach.add_uses("patroni");
    v1::PatroniCluster cluster;
    cluster.set_address(config.rest.text());
    cluster.set_scope(config.member.scope());
    cluster.set_name(config.member.name());
    const auto asked = ask(node, config.rest, settings, limits, reach, cluster);
    report_reach(reach, affects, out);
    if (asked) ask_for_cluster(node, config.rest, settings, limits, cluster, out);
}

constexpr Probe patroni{
    .name = "patroni",
    .looks_at = "this node's Patroni, asked: members of the cluster, roles, lag, pause, versions",
    .needs = ReadAllFiles{},
    .limit = 10s,
    .look = look,
};

}  // namespace preflight::probes
