#include "readiness/checks/findings_sound.h"

#include <google/protobuf/unknown_field_set.h>

#include <algorithm>
#include <array>
#include <compare>
#include <map>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "readiness/age.h"
#include "readiness/installed.h"
#include "readiness/node_match.h"
#include "readiness/verdict.h"
#include "readiness/version.h"

namespace preflight::readiness {
namespace {

struct Cases {
    v1::Verdict claimed = verdict(v1::UNKNOWN, "claimed_twice", "more than one agent reports of one host");
    v1::Verdict contradicts =
        verdict(v1::UNKNOWN, "contradicts", "a node tells different things of the same");
    v1::Verdict unknown_kind =
        verdict(v1::UNKNOWN, "unknown_kind", "a node tells of things that this release does not know");
    v1::Verdict empty = verdict(v1::UNKNOWN, "empty", "a node sent findings that say nothing");
    v1::Verdict future =
        verdict(v1::UNKNOWN, "future", "findings say that they were made later than now: a clock is wrong");
    v1::Verdict newer = verdict(v1::WARNING, "newer_agent",
                                "an agent is newer than this release: what it tells besides is not judged");
    v1::Verdict other =
        verdict(v1::NOTE, "other_agent",
                "an agent is not of this release: what it does not tell yet is missing in the report");
    v1::Verdict ready = verdict(v1::READY, "sound", "what the nodes tell makes sense together");
};

// What a thing goes by, in up to two parts, as its finding has them.
struct Thing {
    std::string_view kind;  // "the service "
    std::string_view name;
    std::string_view more;  // and what it stands apart by
    auto operator<=>(const Thing&) const = default;
};

// What a node told first of each thing.
class Told {
  public:
    Told(const FleetNode& node, v1::Verdict& contradicts) : node_(node), contradicts_(contradicts) {}

    // `said`: a word for what is told of `thing`, in up to two parts; empty: nothing. Views of the finding.
    void hear(const v1::Finding& finding, const Thing& thing, std::string_view said,
              std::string_view besides = {}) {
        if (said.empty() && besides.empty()) return;
        const auto [first, is_new] = first_.try_emplace(thing, said, besides);
        const auto& [told, told_besides] = first->second;
        if (is_new || (told == said && told_besides == besides)) return;
        about(contradicts_, node_, finding,
              clipped(joined(thing.kind, thing.name, thing.more), 120) + ": " +
                  clipped(joined(told, told_besides), 60) + ", and " + clipped(joined(said, besides), 60));
    }

  private:
    template <typename... Parts>
    static std::string joined(std::string_view first, const Parts&... parts) {
        std::string text(first);
        ((text += (text.empty() || parts.empty() ? "" : " ") + std::string(parts)), ...);
        return text;
    }

    const FleetNode& node_;
    v1::Verdict& contradicts_;
    std::map<Thing, std::pair<std::string_view, std::string_view>> first_;
};

// Of things of which a node has but one.
void hear_node(const v1::Finding& finding, Told& told) {
    switch (finding.what_case()) {
        case v1::Finding::kOperatingSystem: {
            const auto& system = finding.operating_system();
            return told.hear(finding, {"the operating system", {}, {}}, system.id(), system.version_id());
        }
        case v1::Finding::kInstallation: {
            const auto& what = finding.installation();
            if (what.method() != v1::Installation::LINUX_PACKAGE) return;
            return told.hear(finding, {"the installed package", what.package_name(), {}}, what.version());
        }
        case v1::Finding::kGeoRole: {
            const auto& geo = finding.geo_role();
            return told.hear(finding, {"the Geo site", {}, {}}, v1::GeoRole::Role_Name(geo.role()),
                             geo.site_name());
        }
        case v1::Finding::kFilesystem:
            return told.hear(finding, {"the filesystem", finding.filesystem().mount_point(), {}},
                             finding.filesystem().type());
        case v1::Finding::kService:
            return told.hear(finding, {"the service", finding.service().name(), finding.source()},
                             finding.service().enabled() ? "enabled" : "not enabled");
        default:
            return;
    }
}

// Of servers, by where the node reaches them. Fingerprints are compared and not shown.
void hear_servers(const v1::Finding& finding, Told& told) {
    switch (finding.what_case()) {
        case v1::Finding::kPostgresInstance: {
            const auto& server = finding.postgres_instance();
            return told.hear(finding, {"PostgreSQL at", server.address(), server.database()},
                             server.system_identifier());
        }
        case v1::Finding::kRedisServer:
            return told.hear(finding, {"Redis at", finding.redis_server().address(), {}},
                             finding.redis_server().version());
        case v1::Finding::kGitalyStatus:
            return told.hear(finding, {"Gitaly at", finding.gitaly_status().address(), {}},
                             finding.gitaly_status().server_version());
        default:
            return;
    }
}

// A node that has nothing of GitLab runs nothing of it.
void judge_nothing(const FleetNode& node, v1::Verdict& contradicts) {
    if (!without_gitlab(node)) return;
    for (const auto& [service, finding] :
         findings_of<&v1::Finding::has_service, &v1::Finding::service>(node)) {
        if (!service->enabled()) continue;
        return about(contradicts, node, *finding,
                     "there is no GitLab, and its service " + clipped(service->name(), 60) + " is enabled");
    }
}

void judge_kind(const FleetNode& node, const v1::Finding& finding, Cases& cases) {
    if (finding.what_case() != v1::Finding::WHAT_NOT_SET) return;
    const auto& fields = finding.GetReflection()->GetUnknownFields(finding);
    if (fields.empty())
        return about(cases.empty, node, finding, "of the probe " + clipped(finding.probe(), 40));
    about(cases.unknown_kind, node, finding,
          "kind " + std::to_string(fields.field(0).number()) + ", of the probe " +
              clipped(finding.probe(), 40));
}

void judge_agent(const FleetNode& node, Cases& cases) {
    const auto& agent = node.inspection.agent_version();
    if (agent.empty() || agent == PREFLIGHT_VERSION) return;
    const auto theirs = parse_version(agent);
    const auto ours = parse_version(PREFLIGHT_VERSION);
    const bool newer = theirs && ours && *ours < *theirs;
    about_inspection(newer ? cases.newer : cases.other, node, "agent " + clipped(agent, 40));
}

void judge_times(const FleetNode& node, const Upgrade& upgrade, v1::Verdict& future) {
    if (newest_seconds(node) <= upgrade.at.seconds()) return;
    for (const auto& finding : node.inspection.findings()) {
        // One that is no time at all says nothing; the next one does.
        const auto age = age_seconds(upgrade.at, finding.taken_at());
        if (age && *age < -clock_tolerance_seconds)
            return about(future, node, finding, "made later than this report");
    }
}

// Of which something is heard or judged; most of what a node tells is of others.
constexpr std::array<int, 9> judged_kinds{
    v1::Finding::WHAT_NOT_SET,      v1::Finding::kOperatingSystem, v1::Finding::kInstallation,
    v1::Finding::kGeoRole,          v1::Finding::kFilesystem,      v1::Finding::kService,
    v1::Finding::kPostgresInstance, v1::Finding::kRedisServer,     v1::Finding::kGitalyStatus};

void judge_node(const FleetNode& node, const Upgrade& upgrade, Cases& cases) {
    Told told(node, cases.contradicts);
    for (const int kind : judged_kinds) {
        const auto [begin, end] = span_of(node, kind);
        for (int at = begin; at < end; ++at) {
            const auto& finding = node.inspection.findings(at);
            if (finding.what_case() != kind) continue;
            hear_node(finding, told);
            hear_servers(finding, told);
            judge_kind(node, finding, cases);
        }
    }
    judge_times(node, upgrade, cases.future);
    judge_nothing(node, cases.contradicts);
    judge_agent(node, cases);
}

using Claims = std::map<std::string, std::vector<const FleetNode*>>;

void claim(Claims& claims, std::string host, const FleetNode& node) {
    auto& nodes = claims[std::move(host)];
    if (nodes.empty() || nodes.back() != &node) nodes.push_back(&node);
}

// Of the bridges that Docker and Podman make by themselves: alike on every machine that has them.
bool is_bridge(std::string_view address) {
    if (address == "10.88.0.1") return true;
    constexpr std::string_view like = "172.17.0.1";
    if (address.size() != like.size() || !address.starts_with("172.") || !address.ends_with(".0.1"))
        return false;
    const auto network = address.substr(4, 2);
    return network >= "17" && network <= "31";
}

// Where a machine is reached; that of a bridge only where it tells no other.
std::vector<std::string> places_of(const v1::Host& host) {
    std::vector<std::string> places;
    std::vector<std::string> bridges;
    for (const auto& address : host.addresses()) {
        if (is_loopback(address)) continue;
        auto key = host_key(address);
        (is_bridge(key) ? bridges : places).push_back(std::move(key));
    }
    return places.empty() ? bridges : places;
}

// By name, or by one machine at one address: clones of a machine share its id alone. Where nodes are asked
// for by name, the one would hide the other.
void judge_hosts(const Fleet& fleet, v1::Verdict& claimed) {
    Claims claims;
    for (const auto& node : fleet.nodes) {
        const auto& name = node.inspection.node().name();
        if (!name.empty()) claim(claims, host_key(name), node);
        for (const auto& [host, finding] : findings_of<&v1::Finding::has_host, &v1::Finding::host>(node)) {
            if (host->machine_digest().empty()) continue;
            for (const auto& place : places_of(*host))
                claim(claims, host->machine_digest() + " " + place, node);
        }
    }
    for (const auto& [host, nodes] : claims) {
        if (nodes.size() < 2) continue;
        for (const auto* node : nodes)
            about_inspection(claimed, *node,
                             "agent with the id " + clipped(node->inspection.node().id(), 80));
    }
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge&) {
    if (std::ranges::none_of(fleet.nodes, inspected))
        return {verdict(v1::UNKNOWN, "nothing_told", "no inspection has finished, so nothing was told")};
    Cases cases;
    judge_hosts(fleet, cases.claimed);
    for (const auto& node : fleet.nodes) judge_node(node, upgrade, cases);
    std::vector<v1::Verdict> verdicts;
    for (auto* found : {&cases.claimed, &cases.contradicts, &cases.unknown_kind, &cases.empty, &cases.future,
                        &cases.newer, &cases.other})
        keep(verdicts, std::move(*found));
    return verdicts.empty() ? std::vector<v1::Verdict>{std::move(cases.ready)} : verdicts;
}

}  // namespace

constexpr Check findings_sound{
    .id = "findings.sound",
    .asks = "Do the findings make sense, each by itself and all together?",
    .judge = judge,
};

}  // namespace preflight::readiness
