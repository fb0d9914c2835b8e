#include "readiness/way_back/need.h"

#include <algorithm>
#include <array>
#include <set>
#include <tuple>
#include <utility>

#include "model/clock.h"
#include "readiness/attestations.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Is = v1::ReturnNeed;

// Cases that mean something else to a return than their level does; a state of STATE_UNSPECIFIED: nothing.
struct Case {
    std::string_view check;
    std::string_view key;
    v1::ReturnNeed::State state;
};
constexpr std::array cases{
    Case{"backup.complete", "without_registry", Is::STATE_UNSPECIFIED},
    Case{"backup.proved", "not_read", Is::NOT_KNOWN},
    // It was read whole; that it must fit what is gone back to, not what runs, the need asks itself.
    Case{"backup.proved", "other_version", Is::STATE_UNSPECIFIED},
    Case{"backup.proved", "storages_missing", Is::STATE_UNSPECIFIED},  // the need "storages" has it
    Case{"coverage.nodes", "in_progress", Is::STATE_UNSPECIFIED},
    Case{"packages.way_back", "to_be_fetched", Is::NOT_KNOWN},
    Case{"secrets.open_database", "nothing_to_try", Is::STATE_UNSPECIFIED},
};

v1::ReturnNeed::State state_of(const v1::Verdict& verdict) {
    const auto found = std::ranges::find_if(
        cases, [&](const Case& one) { return one.check == verdict.check() && one.key == verdict.key(); });
    if (found != cases.end()) return found->state;
    switch (verdict.level()) {
        case v1::READY:
            return Is::PROVED;
        case v1::BLOCKER:
        case v1::WARNING:
            return Is::MISSING;
        case v1::NOT_APPLICABLE:
            return Is::STATE_UNSPECIFIED;
        default:
            return Is::NOT_KNOWN;
    }
}

int badness(v1::ReturnNeed::State state) {
    switch (state) {
        case Is::MISSING:
            return 3;
        case Is::NOT_KNOWN:
            return 2;
        case Is::ATTESTED:
            return 1;
        default:
            return 0;
    }
}

void add_evidence(v1::ReturnNeed& need, const v1::Verdict& shown) {
    const auto same = [](const v1::Evidence& one) { return std::tie(one.node(), one.source(), one.what()); };
    for (const auto& evidence : shown.evidence()) {
        const bool known = std::ranges::any_of(
            need.evidence(), [&](const v1::Evidence& one) { return same(one) == same(evidence); });
        if (!known && need.evidence_size() < 100) *need.add_evidence() = evidence;
    }
}

}  // namespace

Need::Need(std::string_view id, std::string what) {
    need_.set_id(std::string(id));
    need_.set_what(std::move(what));
}

void Need::say(v1::ReturnNeed::State state, v1::Verdict shown) { said_.push_back({state, std::move(shown)}); }

void Need::say_check(const v1::Verdict& verdict) {
    const auto state = state_of(verdict);
    if (state == Is::STATE_UNSPECIFIED) return;
    v1::Verdict shown;
    shown.set_summary(verdict.summary());
    *shown.mutable_nodes() = verdict.nodes();
    *shown.mutable_evidence() = verdict.evidence();
    say(state, std::move(shown));
}

void Need::say_checks(const v1::Report& told, const std::vector<std::string_view>& checks) {
    for (const auto check : checks) {
        bool any = false;
        for (const auto& verdict : told.verdicts()) {
            if (verdict.check() != check) continue;
            any = true;
            say_check(verdict);
        }
        if (!any) say(Is::NOT_KNOWN, verdict(v1::UNKNOWN, "", std::string(check) + " was not judged"));
    }
}

void Need::say_unknown(const v1::Report& told, const std::vector<std::string_view>& checks) {
    for (const auto& verdict : told.verdicts()) {
        if (verdict.level() == v1::UNKNOWN && std::ranges::find(checks, verdict.check()) != checks.end())
            say_check(verdict);
    }
}

void Need::attest(const Upgrade& upgrade, std::string_view statement) {
    const auto* whole = attested(upgrade, statement);
    for (auto& [state, shown] : said_) {
        if (state != Is::MISSING && state != Is::NOT_KNOWN) continue;
        const auto& nodes = shown.nodes();
        const auto of_node = [&](const std::string& node) { return attested(upgrade, statement, node); };
        const auto* one = whole != nullptr || nodes.empty() ? whole : of_node(nodes.Get(0));
        if (one == nullptr || !std::ranges::all_of(nodes, of_node)) continue;
        state = Is::ATTESTED;
        shown.set_summary(clipped(one->owner()) + " states: " + clipped(one->detail()) + " (until " +
                          to_iso8601(one->expires_at()) + ")");
    }
}

v1::ReturnNeed Need::result() && {
    if (said_.empty()) say(Is::NOT_KNOWN, verdict(v1::UNKNOWN, "", "nothing that was found tells it"));
    const auto worst =
        std::ranges::max_element(said_, {}, [](const Saying& saying) { return badness(saying.state); });
    const auto state = worst->state;
    need_.set_state(state);
    std::vector<std::string> details;
    std::set<std::string> nodes;
    for (const auto& saying : said_) {
        if (saying.state != state) continue;
        if (std::ranges::find(details, saying.shown.summary()) == details.end())
            details.push_back(saying.shown.summary());
        nodes.insert(saying.shown.nodes().begin(), saying.shown.nodes().end());
        add_evidence(need_, saying.shown);
    }
    std::string detail;
    for (const auto& text : details) detail += (detail.empty() ? "" : "; ") + text;
    need_.set_detail(clipped(detail, 2000));
    need_.mutable_nodes()->Add(nodes.begin(), nodes.end());
    return std::move(need_);
}

}  // namespace preflight::readiness
