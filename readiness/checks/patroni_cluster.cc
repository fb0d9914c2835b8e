#include "readiness/checks/patroni_cluster.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <tuple>

#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using Cluster = v1::PatroniCluster;
using Member = v1::PatroniCluster::Member;

constexpr std::uint64_t lag_limit_bytes = 64ULL * 1024 * 1024;

struct Cases {
    v1::Verdict leaderless = verdict(v1::BLOCKER, "no_leader", "a Patroni cluster has no leader");
    v1::Verdict leaders = verdict(v1::BLOCKER, "two_leaders", "a Patroni cluster has more than one leader");
    v1::Verdict stopped = verdict(v1::BLOCKER, "not_running", "a member of a Patroni cluster does not run");
    v1::Verdict timelines =
        verdict(v1::BLOCKER, "timelines", "the members of a Patroni cluster are on different timelines");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "not every Patroni told the state of its cluster");
    v1::Verdict lag_unknown =
        verdict(v1::UNKNOWN, "lag_unknown", "how far a member of a Patroni cluster is behind is not known");
    v1::Verdict differ =
        verdict(v1::UNKNOWN, "views_differ", "the members of a Patroni cluster do not name one leader");
    v1::Verdict lag = verdict(v1::WARNING, "lag", "a member of a Patroni cluster is far behind");
    v1::Verdict paused =
        verdict(v1::WARNING, "paused", "a Patroni cluster is paused: it does not fail over by itself");
    v1::Verdict pending =
        verdict(v1::WARNING, "pending_restart", "a member of a Patroni cluster waits for a restart");
    v1::Verdict switchover =
        verdict(v1::WARNING, "switchover", "a switchover of a Patroni cluster is scheduled");
    v1::Verdict ready = verdict(v1::READY, "whole", "the Patroni cluster is whole");
};

bool leads(const Member& member) {
    return member.role() == "leader" || member.role() == "standby_leader" || member.role() == "master";
}

bool runs(const Member& member) { return member.state() == "running" || member.state() == "streaming"; }

std::string name_of(const Member& member) {
    return clipped(member.name(), 80) + " at " + clipped(member.address(), 80);
}

std::optional<std::uint64_t> bytes_in(const std::string& text) {
    std::uint64_t bytes = 0;
    const auto* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, bytes);
    if (error != std::errc() || rest != end) return {};
    return bytes;
}

std::vector<std::string> names(const Cluster& cluster, bool (*wanted)(const Member&)) {
    std::vector<std::string> found;
    for (const auto& member : cluster.members()) {
        if (wanted(member)) found.push_back(name_of(member));
    }
    return found;
}

class Judging {
  public:
    explicit Judging(Cases& cases) : cases_(cases) {}

    void judge(const FleetNode& node, const v1::Finding& finding, const Cluster& cluster) {
        telling_.begin(node, finding, "");
        scope_ = clipped(cluster.scope(), 80) + ": ";
        if (cluster.members().empty()) {
            say(cases_.unseen, "told no member");
        } else {
            judge_leader(node, cluster);
            judge_members(cluster);
            judge_lag(cluster);
        }
        if (cluster.paused()) say(cases_.paused, "paused");
        if (cluster.scheduled_switchover()) say(cases_.switchover, "scheduled");
        const auto pending = names(cluster, [](const Member& member) { return member.pending_restart(); });
        if (!pending.empty()) say(cases_.pending, listed_first(pending));
        if (pending.empty() && cluster.pending_restart()) say(cases_.pending, clipped(cluster.name(), 80));
        telling_.end(cases_.ready, scope_ + listed_first(names(cluster, [](const Member&) { return true; })));
    }

  private:
    void say(v1::Verdict& verdict, const std::string& what) { telling_.say(verdict, scope_ + what); }

    // Scopes are alike on the sites of Geo; a member of the same name and address is the same one.
    void judge_leader(const FleetNode& node, const Cluster& cluster) {
        const auto leaders = names(cluster, leads);
        if (leaders.empty()) say(cases_.leaderless, "no member leads");
        if (leaders.size() > 1) say(cases_.leaders, listed_first(leaders));
        const auto named = listed_first(leaders);
        for (const auto& member : cluster.members()) {
            const auto [known, is_new] =
                leaders_.try_emplace({cluster.scope(), member.name(), member.address()}, named);
            if (is_new || known->second == named) continue;
            say(cases_.differ, node_name(node) + " names " + (named.empty() ? "none" : named) + ", another " +
                                   (known->second.empty() ? "none" : known->second));
            return;
        }
    }

    void judge_members(const Cluster& cluster) {
        std::vector<std::string> stopped;
        std::vector<std::string> timelines;
        std::set<std::string> different;
        for (const auto& member : cluster.members()) {
            if (!runs(member)) stopped.push_back(name_of(member) + " is " + clipped(member.state(), 60));
            if (member.timeline().empty()) continue;
            different.insert(member.timeline());
            timelines.push_back(name_of(member) + " on " + clipped(member.timeline(), 20));
        }
        if (!stopped.empty()) say(cases_.stopped, listed_first(stopped));
        if (different.size() > 1) say(cases_.timelines, listed_first(timelines));
    }

    void judge_lag(const Cluster& cluster) {
        std::vector<std::string> behind;
        std::vector<std::string> unknown;
        for (const auto& member : cluster.members()) {
            if (leads(member)) continue;
            const auto bytes = bytes_in(member.lag());
            if (!bytes) unknown.push_back(name_of(member));
            if (bytes && *bytes > lag_limit_bytes)
                behind.push_back(name_of(member) + " by " + size_text(*bytes));
        }
        if (!behind.empty()) say(cases_.lag, listed_first(behind));
        if (!unknown.empty()) say(cases_.lag_unknown, listed_first(unknown));
    }

    Cases& cases_;
    Telling telling_;
    std::string scope_;
    std::map<std::tuple<std::string, std::string, std::string>, std::string> leaders_;  // by member
};

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    Judging judging(cases);
    for (const auto& node : fleet.nodes) {
        std::set<std::string> answered;
        for (const auto& [cluster, finding] :
             findings_of<&v1::Finding::has_patroni_cluster, &v1::Finding::patroni_cluster>(node)) {
            judging.judge(node, *finding, *cluster);
            answered.insert(cluster->address());
        }
        about_untold(cases.unseen, node, {{v1::NodeRoles::PATRONI}, "patroni", {"patroni"}}, answered);
    }
    return kept({&cases.leaderless, &cases.leaders, &cases.stopped, &cases.timelines, &cases.unseen,
                 &cases.lag_unknown, &cases.differ, &cases.lag, &cases.paused, &cases.pending,
                 &cases.switchover, &cases.ready},
                fleet, "unused", "no node runs Patroni");
}

}  // namespace

constexpr Check patroni_cluster{
    .id = "patroni.cluster",
    .asks = "Is every Patroni cluster whole and at rest?",
    .judge = judge,
};

}  // namespace preflight::readiness
