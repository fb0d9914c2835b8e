#include "readiness/checks/praefect_state.h"

#include <algorithm>
#include <map>

#include "model/clock.h"
#include "readiness/age.h"
#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using State = v1::PraefectState;

struct Cases {
    v1::Verdict unavailable =
        verdict(v1::BLOCKER, "unavailable", "Praefect has repositories that no replica can serve");
    v1::Verdict unhealthy =
        verdict(v1::BLOCKER, "unhealthy", "Praefect does not see one of the Gitaly servers behind it");
    v1::Verdict no_quorum =
        verdict(v1::BLOCKER, "no_quorum", "no more than half of the Praefects are at work");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "not every Praefect's database told its state");
    v1::Verdict denied = verdict(v1::UNKNOWN, "denied", "parts of Praefect's state were not told");
    v1::Verdict outdated = verdict(v1::WARNING, "outdated", "replicas behind Praefect are outdated");
    v1::Verdict jobs =
        verdict(v1::WARNING, "jobs_failed", "replication jobs of Praefect failed or were given up");
    v1::Verdict silent = verdict(v1::WARNING, "praefect_silent", "not every Praefect is at work");
    v1::Verdict unverified =
        verdict(v1::NOTE, "unverified", "Praefect has never seen for itself that some replicas are there");
    v1::Verdict ready = verdict(v1::READY, "whole", "all replicas behind Praefect are whole");
};

// Praefects by the database and the virtual storage that they share: nodes that tell of both.
using Sharing = std::map<std::pair<std::string, std::string>, std::set<const FleetNode*>>;

Sharing sharing(const Fleet& fleet) {
    Sharing all;
    for (const auto& node : fleet.nodes) {
        for (const auto& [state, finding] :
             findings_of<&v1::Finding::has_praefect_state, &v1::Finding::praefect_state>(node)) {
            if (has_role(node, v1::NodeRoles::PRAEFECT))
                all[{finding->source(), state->virtual_storage()}].insert(&node);
        }
    }
    return all;
}

std::string seen_text(const State::Replica& replica) {
    if (!sensible(replica.last_seen_at())) return "never seen";
    return "last seen " + passing(to_iso8601(replica.last_seen_at()));
}

class Judging {
  public:
    Judging(const Fleet& fleet, Cases& cases) : sharing_(sharing(fleet)), cases_(cases) {}

    void judge(const FleetNode& node, const v1::Finding& finding, const State& state) {
        telling_.begin(node, finding, clipped(state.virtual_storage(), 80));
        const std::vector<std::string> denied(state.denied().begin(), state.denied().end());
        const auto hidden = [&](std::string_view part) { return std::ranges::count(denied, part) > 0; };
        if (!denied.empty()) telling_.say(cases_.denied, listed_first(denied));
        if (state.unavailable() > 0)
            telling_.say(cases_.unavailable, std::to_string(state.unavailable()) + " of " +
                                                 passing(std::to_string(state.repositories())) +
                                                 " repositories");
        judge_replicas(state);
        judge_jobs(state);
        if (!hidden("praefects")) judge_praefects(finding, state);
        if (state.replicas().empty() && !hidden("replicas"))
            telling_.say(cases_.unseen, "told of no replica");
        telling_.end(cases_.ready, std::to_string(state.repositories()) + " repositories on " +
                                       counted(static_cast<std::size_t>(state.replicas_size()), "storage"));
    }

  private:
    void judge_replicas(const State& state) {
        std::vector<std::string> unhealthy;
        std::vector<std::string> outdated;
        std::vector<std::string> unverified;
        for (const auto& replica : state.replicas()) {
            const auto name = clipped(replica.storage(), 80);
            if (!replica.healthy()) unhealthy.push_back(name + ", " + seen_text(replica));
            if (replica.unverified() > 0)
                unverified.push_back(name + ": " + passing(std::to_string(replica.unverified())) +
                                     " repositories");
            if (replica.outdated() > 0)
                outdated.push_back(name + ": " + passing(std::to_string(replica.outdated())) +
                                   " repositories");
        }
        if (!unhealthy.empty()) telling_.say(cases_.unhealthy, listed_first(unhealthy));
        if (!outdated.empty()) telling_.say(cases_.outdated, listed_first(outdated));
        if (!unverified.empty()) telling_.say(cases_.unverified, listed_first(unverified));
    }

    void judge_jobs(const State& state) {
        std::vector<std::string> failed;
        for (const auto* name : {"dead", "failed"}) {
            const auto jobs = state.queue().find(name);
            if (jobs != state.queue().end() && jobs->second > 0)
                failed.push_back(std::to_string(jobs->second) + " " + name);
        }
        if (!failed.empty()) telling_.say(cases_.jobs, listed(failed));
    }

    void judge_praefects(const v1::Finding& finding, const State& state) {
        const std::set<std::string> names(state.praefects().begin(), state.praefects().end());
        const auto nodes = sharing_.find({finding.source(), state.virtual_storage()});
        const auto expected = std::max<std::size_t>(nodes == sharing_.end() ? 0 : nodes->second.size(), 1);
        const auto text = std::to_string(names.size()) + " at work, " + std::to_string(expected) + " report";
        if (names.size() >= expected) return;
        telling_.say(names.size() * 2 <= expected ? cases_.no_quorum : cases_.silent, text);
    }

    Sharing sharing_;
    Cases& cases_;
    Telling telling_;
};

// What Praefect is configured to have behind it, its database must know.
void judge_configured(const FleetNode& node, Cases& cases) {
    const auto states = findings_of<&v1::Finding::has_praefect_state, &v1::Finding::praefect_state>(node);
    for (const auto& [configured, finding] :
         findings_of<&v1::Finding::has_praefect_virtual_storage, &v1::Finding::praefect_virtual_storage>(
             node)) {
        const auto state = std::ranges::find_if(
            states, [&](const auto& one) { return one.first->virtual_storage() == configured->name(); });
        const auto name = clipped(configured->name(), 80);
        if (state == states.end()) {
            about(cases.unseen, node, *finding, name + ": no database told of it");
            continue;
        }
        const auto& replicas = (*state).first->replicas();
        for (const auto& behind : configured->nodes()) {
            if (std::ranges::find(replicas, behind.storage(), &State::Replica::storage) == replicas.end())
                about(cases.unseen, node, *finding,
                      name + ": nothing is told of " + clipped(behind.storage(), 80));
        }
    }
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    Judging judging(fleet, cases);
    for (const auto& node : fleet.nodes) {
        const auto states = findings_of<&v1::Finding::has_praefect_state, &v1::Finding::praefect_state>(node);
        for (const auto& [state, finding] : states) judging.judge(node, *finding, *state);
        if (unheard(node, {v1::NodeRoles::PRAEFECT}, "postgres", !states.empty()))
            about_unseen(cases.unseen, node, "postgres");
        judge_configured(node, cases);
    }
    return kept({&cases.unavailable, &cases.unhealthy, &cases.no_quorum, &cases.unseen, &cases.denied,
                 &cases.outdated, &cases.jobs, &cases.silent, &cases.unverified, &cases.ready},
                fleet, "unused", "no node runs Praefect");
}

}  // namespace

constexpr Check praefect_state{
    .id = "praefect.state",
    .asks = "Are all replicas behind Praefect whole?",
    .judge = judge,
};

}  // namespace preflight::readiness
