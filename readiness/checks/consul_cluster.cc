#include "readiness/checks/consul_cluster.h"

#include <algorithm>
#include <map>

#include "readiness/node_match.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using Cluster = v1::ConsulCluster;

struct Cases {
    v1::Verdict leaderless = verdict(v1::BLOCKER, "no_leader", "the Consul cluster has no leader");
    v1::Verdict no_quorum =
        verdict(v1::BLOCKER, "no_quorum", "fewer servers of Consul are alive than are needed to agree");
    v1::Verdict server = verdict(v1::BLOCKER, "server_failed", "a server of Consul has failed");
    v1::Verdict nobody =
        verdict(v1::BLOCKER, "service_down", "by Consul's checks nobody offers a service that is registered");
    v1::Verdict unled = verdict(v1::BLOCKER, "no_patroni_leader",
                                "by the key that its leader holds in Consul nobody leads a Patroni cluster");
    v1::Verdict unseen =
        verdict(v1::UNKNOWN, "unseen", "not every Consul agent told the state of its cluster");
    v1::Verdict denied = verdict(v1::UNKNOWN, "denied", "Consul hides parts of its state from the agent");
    v1::Verdict no_spare =
        verdict(v1::WARNING, "no_spare", "the Consul cluster bears the loss of no further server");
    v1::Verdict two_leaders =
        verdict(v1::WARNING, "leaders_differ", "Patroni and Consul name different leaders of one cluster");
    v1::Verdict switching = verdict(v1::WARNING, "switch_under_way",
                                    "Patroni names a leader whose key in Consul is empty: a switch may be "
                                    "under way; look again");
    v1::Verdict client = verdict(v1::WARNING, "client_failed", "a client of Consul has failed");
    v1::Verdict critical = verdict(v1::WARNING, "critical", "a node is critical by Consul's checks");
    v1::Verdict versions =
        verdict(v1::WARNING, "versions_differ", "the members of Consul run different versions");
    v1::Verdict standby =
        verdict(v1::NOTE, "some_critical", "by Consul's checks not every node offers a service; others do");
    v1::Verdict ready = verdict(v1::READY, "whole", "the Consul cluster has a leader and all its members");
};

bool hides(const Cluster& cluster, std::string_view path) {
    return std::ranges::find(cluster.denied(), path) != cluster.denied().end();
}

bool is_server(const Cluster::Member& member) { return member.role() == "server"; }

// One that left was taken out on purpose.
bool counts(const Cluster::Member& member) {
    return member.status() != "left" && member.status() != "leaving";
}

std::string name_of(const Cluster::Member& member) {
    return clipped(member.name(), 80) + " (" + clipped(member.address(), 80) + ")";
}

class Judging {
  public:
    explicit Judging(Cases& cases) : cases_(cases) {}

    void judge(const FleetNode& node, const v1::Finding& finding, const Cluster& cluster) {
        telling_.begin(node, finding, clipped(cluster.datacenter(), 60));
        const std::vector<std::string> denied(cluster.denied().begin(), cluster.denied().end());
        if (!denied.empty()) telling_.say(cases_.denied, listed_first(denied));
        if (cluster.leader().empty() && !hides(cluster, "/v1/status/leader"))
            telling_.say(cases_.leaderless, "no leader");
        if (cluster.members().empty() && !hides(cluster, "/v1/agent/members"))
            telling_.say(cases_.unseen, "told no member");
        if (cluster.peers().empty() && !hides(cluster, "/v1/status/peers"))
            telling_.say(cases_.unseen, "told no peer");
        judge_members(cluster);
        if (!cluster.peers().empty() && !cluster.members().empty()) judge_quorum(cluster);
        judge_checks(cluster);
        judge_patroni(node, cluster);
        telling_.end(cases_.ready, "leader " + clipped(cluster.leader(), 80) + ", " +
                                       counted(static_cast<std::size_t>(cluster.members_size()), "member"));
    }

  private:
    void judge_members(const Cluster& cluster) {
        std::vector<std::string> servers;
        std::vector<std::string> clients;
        std::vector<std::string> unclear;
        std::map<std::string, std::size_t> versions;
        for (const auto& member : cluster.members()) {
            if (!counts(member)) continue;
            if (member.status().empty()) {
                unclear.push_back(name_of(member));
            } else if (member.status() != "alive") {
                (is_server(member) ? servers : clients).push_back(name_of(member));
            }
            if (!member.version().empty()) ++versions[member.version()];
        }
        if (!servers.empty()) telling_.say(cases_.server, listed_first(servers));
        if (!clients.empty()) telling_.say(cases_.client, listed_first(clients));
        if (!unclear.empty()) telling_.say(cases_.unseen, "state not told of " + listed_first(unclear));
        if (versions.size() < 2) return;
        std::vector<std::string> texts;
        texts.reserve(versions.size());
        for (const auto& [version, count] : versions)
            texts.push_back(clipped(version, 40) + " on " + counted(count, "member"));
        telling_.say(cases_.versions, listed_first(texts));
    }

    // Peers are the servers that vote: "10.5.0.11:8300".
    void judge_quorum(const Cluster& cluster) {
        std::size_t alive = 0;
        for (const auto& peer : cluster.peers()) {
            const auto host = host_key(split_address(peer, 0).host);
            alive += static_cast<std::size_t>(
                std::ranges::any_of(cluster.members(), [&](const Cluster::Member& member) {
                    return member.status() == "alive" && host_key(member.address()) == host;
                }));
        }
        const auto peers = static_cast<std::size_t>(cluster.peers_size());
        const auto needed = peers / 2 + 1;
        const auto text = std::to_string(alive) + " of " + counted(peers, "server") + " alive, " +
                          std::to_string(needed) + " needed";
        if (alive < needed) telling_.say(cases_.no_quorum, text);
        if (alive == needed) telling_.say(cases_.no_spare, text);
    }

    // A check without a service is of its node. Of a service that one node at a time offers (Patroni's
    // leader) the others are critical all the time.
    void judge_checks(const Cluster& cluster) {
        std::map<std::string, std::pair<std::vector<std::string>, bool>> services;  // critical, some pass
        for (const auto& check : cluster.checks()) {
            auto& [critical, pass] = services[check.service()];
            if (check.status() == "critical") critical.push_back(clipped(check.node(), 80));
            pass = pass || check.status() == "passing" || check.status() == "warning";
        }
        for (const auto& [service, states] : services) {
            const auto& [critical, pass] = states;
            if (critical.empty()) continue;
            const auto text =
                (service.empty() ? "" : clipped(service, 80) + ": ") + listed_first(critical, 5);
            if (service.empty()) {
                telling_.say(cases_.critical, text);
            } else {
                telling_.say(pass ? cases_.standby : cases_.nobody, text);
            }
        }
        if (cluster.checks().empty() && !hides(cluster, "/v1/health/state/any"))
            telling_.say(cases_.unseen, "told no check");
    }

    // Both were asked on one node, one after the other: a switch may lie between them.
    void judge_patroni(const FleetNode& node, const Cluster& cluster) {
        if (!cluster.has_patroni_leader()) return;
        const auto& key = cluster.patroni_leader();
        const auto scope = clipped(key.scope(), 80);
        const auto by_consul = key.name().empty() ? std::string("nobody") : clipped(key.name(), 80);
        bool led = false;
        for (const auto& [patroni, finding] :
             findings_of<&v1::Finding::has_patroni_cluster, &v1::Finding::patroni_cluster>(node)) {
            if (patroni->scope() != key.scope()) continue;
            for (const auto& member : patroni->members()) {
                if (member.role() != "leader" && member.role() != "standby_leader") continue;
                led = true;
                if (member.name() == key.name()) continue;
                telling_.say(
                    key.name().empty() ? cases_.switching : cases_.two_leaders,
                    scope + ": " + by_consul + " by Consul, " + clipped(member.name(), 80) + " by Patroni");
            }
        }
        if (key.name().empty() && !led) telling_.say(cases_.unled, scope);
    }

    Cases& cases_;
    Telling telling_;
};

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    Judging judging(cases);
    for (const auto& node : fleet.nodes) {
        std::set<std::string> answered;
        for (const auto& [cluster, finding] :
             findings_of<&v1::Finding::has_consul_cluster, &v1::Finding::consul_cluster>(node)) {
            judging.judge(node, *finding, *cluster);
            answered.insert(cluster->address());
        }
        about_untold(cases.unseen, node, {{v1::NodeRoles::CONSUL}, "consul", {"consul"}}, answered);
    }
    return kept({&cases.leaderless, &cases.no_quorum, &cases.server, &cases.nobody, &cases.unled,
                 &cases.unseen, &cases.denied, &cases.no_spare, &cases.two_leaders, &cases.switching,
                 &cases.client, &cases.critical, &cases.versions, &cases.standby, &cases.ready},
                fleet, "unused", "no node runs Consul");
}

}  // namespace

constexpr Check consul_cluster{
    .id = "consul.cluster",
    .asks = "Has the Consul cluster a leader and all its members?",
    .judge = judge,
};

}  // namespace preflight::readiness
