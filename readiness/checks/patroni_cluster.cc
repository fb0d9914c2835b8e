#include "readiness/checks/patroni_cluster.h"

#include <algorithm>
#include <charconv>
#include <map>
#include <optional>
#include <tuple>

#include "readiness/age.h"
#include "readiness/patroni_homes.h"
#include "readiness/step_text.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using Cluster = v1::PatroniCluster;
using Member = v1::PatroniCluster::Member;

constexpr std::uint64_t lag_limit_bytes = 64ULL * 1024 * 1024;
constexpr std::int64_t unreached_limit_seconds = 60;  // twice the time for which Patroni holds the lead

struct Cases {
    v1::Verdict leaderless = verdict(v1::BLOCKER, "no_leader", "a Patroni cluster has no leader");
    v1::Verdict leaders = verdict(v1::BLOCKER, "two_leaders", "a Patroni cluster has more than one leader");
    v1::Verdict leader_stopped =
        verdict(v1::BLOCKER, "leader_not_running", "the leader of a Patroni cluster does not run");
    v1::Verdict parted = verdict(v1::BLOCKER, "timelines_unclear",
                                 "the members of a Patroni cluster are on different timelines, and which of "
                                 "them is right is not clear");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "not every Patroni told the state of its cluster");
    v1::Verdict lag_unknown =
        verdict(v1::UNKNOWN, "lag_unknown", "how far a member of a Patroni cluster is behind is not known");
    v1::Verdict differ =
        verdict(v1::UNKNOWN, "views_differ", "the members of a Patroni cluster do not name one leader");
    v1::Verdict cut_off = verdict(v1::WARNING, "store_unreached",
                                  "a member of a Patroni cluster does not reach what the cluster is kept in");
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

std::optional<std::uint64_t> timeline_of(const Member& member) { return bytes_in(member.timeline()); }

// Its remedy deletes the data of one member: it is for that member's node alone, and for nobody where that
// node or a word for the member's name is not known.
struct Broken {
    v1::Verdict verdict;
    const FleetNode* home;
    std::string member;
};

v1::Verdict settled(Broken broken, const v1::Knowledge& knowledge) {
    auto& found = broken.verdict;
    if (broken.home != nullptr) {
        found.clear_nodes();
        about(found, *broken.home);
    }
    const bool named = broken.home != nullptr && is_plain_word(broken.member);
    const auto text = std::ranges::find(knowledge.checks(), patroni_cluster.id, &v1::CheckText::id);
    if (text == knowledge.checks().end()) return std::move(found);
    const auto advice = std::ranges::find(text->advice(), found.key(), &v1::Advice::key);
    if (advice == text->advice().end()) return std::move(found);
    for (auto command : advice->commands()) {
        const auto word = std::ranges::find(*command.mutable_argv(), "MEMBER");
        if (word != command.mutable_argv()->end()) {
            if (!named) continue;
            *word = broken.member;
        }
        *found.add_commands() = std::move(command);
    }
    return std::move(found);
}

class Judging {
  public:
    Judging(Cases& cases, const PatroniHomes& homes) : cases_(cases), homes_(homes) {}

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
        judge_store(finding, cluster);
        if (cluster.paused()) say(cases_.paused, "paused");
        if (cluster.scheduled_switchover()) say(cases_.switchover, "scheduled");
        judge_pending(node, cluster);
        telling_.end(cases_.ready, scope_ + listed_first(names(cluster, [](const Member&) { return true; })));
    }

    // What is for single members, each on its own node.
    std::vector<v1::Verdict> broken(const v1::Knowledge& knowledge) && {
        cases_.pending.mutable_nodes()->Assign(waiting_.begin(), waiting_.end());
        std::vector<v1::Verdict> verdicts;
        verdicts.reserve(broken_.size());
        for (auto& [member, one] : broken_) verdicts.push_back(settled(std::move(one), knowledge));
        return verdicts;
    }

  private:
    void say(v1::Verdict& verdict, const std::string& what) { telling_.say(verdict, scope_ + what); }

    // The agent asks the Patroni of its own node: both times are of one clock. Old ones do not tell it.
    void judge_store(const v1::Finding& finding, const Cluster& cluster) {
        const auto silent = age_seconds(finding.taken_at(), cluster.dcs_last_seen_at()).value_or(0);
        if (silent <= unreached_limit_seconds) return;
        say(cases_.cut_off,
            clipped(cluster.name().empty() ? "the member that was asked" : cluster.name(), 80) + " for " +
                passing(span_text(silent)));
    }

    void judge_pending(const FleetNode& node, const Cluster& cluster) {
        std::vector<std::string> waiting;
        for (const auto& member : cluster.members()) {
            if (!member.pending_restart()) continue;
            waiting.push_back(name_of(member));
            const auto* home = homes_.of(cluster, member);
            waiting_.insert(node_name(home == nullptr ? node : *home));
        }
        if (waiting.empty() && cluster.pending_restart()) {
            waiting.push_back(clipped(cluster.name(), 80));
            waiting_.insert(node_name(node));
        }
        if (!waiting.empty()) say(cases_.pending, listed_first(waiting));
    }

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
        for (const auto& member : cluster.members()) {
            if (runs(member)) continue;
            const auto state = name_of(member) + " is " + clipped(member.state(), 60);
            if (leads(member)) {
                stopped.push_back(state);
                continue;
            }
            say_broken(verdict(v1::BLOCKER, "not_running", broken_text(cluster, member) + " does not run"),
                       cluster, member, state);
        }
        if (!stopped.empty()) say(cases_.leader_stopped, listed_first(stopped));
        judge_timelines(cluster);
    }

    // Behind the one leader the member is wrong; else nobody can say who is.
    void judge_timelines(const Cluster& cluster) {
        std::vector<std::string> timelines;
        std::set<std::string> different;
        for (const auto& member : cluster.members()) {
            if (member.timeline().empty()) continue;
            different.insert(member.timeline());
            timelines.push_back(name_of(member) + " on " + clipped(member.timeline(), 20));
        }
        if (different.size() < 2) return;
        const auto leader = std::ranges::find_if(cluster.members(), leads);
        const bool one = std::ranges::count_if(cluster.members(), leads) == 1;
        const auto right = one ? timeline_of(*leader) : std::nullopt;
        const bool clear = right && std::ranges::all_of(cluster.members(), [&](const Member& member) {
                               const auto own = timeline_of(member);
                               return member.timeline().empty() || (own && *own <= *right);
                           });
        if (!clear) return say(cases_.parted, listed_first(timelines));
        for (const auto& member : cluster.members()) {
            if (member.timeline().empty() || *timeline_of(member) == *right) continue;
            say_broken(verdict(v1::BLOCKER, "timelines",
                               broken_text(cluster, member) + " is on an older timeline than the leader"),
                       cluster, member, listed_first(timelines));
        }
    }

    static std::string broken_text(const Cluster& cluster, const Member& member) {
        return "the member " + name_of(member) + " of the Patroni cluster " + clipped(cluster.scope(), 80);
    }

    void say_broken(v1::Verdict found, const Cluster& cluster, const Member& member,
                    const std::string& what) {
        const auto [known, is_new] =
            broken_.try_emplace({found.key(), cluster.scope(), member.name(), member.address()});
        if (is_new) known->second = {std::move(found), homes_.of(cluster, member), member.name()};
        say(known->second.verdict, what);
    }

    void judge_lag(const Cluster& cluster) {
        std::vector<std::string> behind;
        std::vector<std::string> unknown;
        for (const auto& member : cluster.members()) {
            if (leads(member)) continue;
            const auto bytes = bytes_in(member.lag());
            if (!bytes) unknown.push_back(name_of(member));
            if (bytes && *bytes > lag_limit_bytes)
                behind.push_back(name_of(member) + " by " + passing(size_text(*bytes)));
        }
        if (!behind.empty()) say(cases_.lag, listed_first(behind));
        if (!unknown.empty()) say(cases_.lag_unknown, listed_first(unknown));
    }

    Cases& cases_;
    const PatroniHomes& homes_;
    Telling telling_;
    std::string scope_;
    std::map<std::tuple<std::string, std::string, std::string, std::string>, Broken>
        broken_;                                                                        // by case, member
    std::set<std::string> waiting_;                                                     // names of nodes
    std::map<std::tuple<std::string, std::string, std::string>, std::string> leaders_;  // by member
};

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge& knowledge) {
    Cases cases;
    const PatroniHomes homes(fleet);
    Judging judging(cases, homes);
    for (const auto& node : fleet.nodes) {
        std::set<std::string> answered;
        for (const auto& [cluster, finding] :
             findings_of<&v1::Finding::has_patroni_cluster, &v1::Finding::patroni_cluster>(node)) {
            judging.judge(node, *finding, *cluster);
            answered.insert(cluster->address());
        }
        about_untold(cases.unseen, node, {{v1::NodeRoles::PATRONI}, "patroni", {"patroni"}}, answered);
    }
    auto verdicts = std::move(judging).broken(knowledge);
    auto others = kept({&cases.leaderless, &cases.leaders, &cases.leader_stopped, &cases.parted,
                        &cases.unseen, &cases.lag_unknown, &cases.differ, &cases.cut_off, &cases.lag,
                        &cases.paused, &cases.pending, &cases.switchover, &cases.ready},
                       fleet, "unused", "no node runs Patroni");
    if (!verdicts.empty() && others.front().level() == v1::NOT_APPLICABLE) return verdicts;
    verdicts.insert(verdicts.end(), std::make_move_iterator(others.begin()),
                    std::make_move_iterator(others.end()));
    return verdicts;
}

}  // namespace

constexpr Check patroni_cluster{
    .id = "patroni.cluster",
    .asks = "Is every Patroni cluster whole and at rest?",
    .judge = judge,
};

}  // namespace preflight::readiness
