#include "readiness/acceptances.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <array>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "model/clock.h"
#include "model/digest.h"
#include "readiness/attestations.h"

namespace preflight::readiness {
namespace {

using Verdicts = google::protobuf::RepeatedPtrField<v1::Verdict>;
using Waivers = std::vector<const v1::Waiver*>;
using Names = std::set<std::string_view>;

// A verdict that says that there was nothing to judge: whoever accepts it accepts what nobody has seen.
struct Unacceptable {
    std::string_view check;
    std::string_view key;
    std::string_view why;
};

constexpr std::string_view no_path = "no path is known, so that nothing on the way was judged";
constexpr std::array unacceptable{
    Unacceptable{"path.required_stops", "downgrade", "GitLab cannot go back to an older version"},
    Unacceptable{"path.required_stops", "beyond_knowledge", no_path},
    Unacceptable{"path.required_stops", "below_knowledge", no_path},
    Unacceptable{"path.required_stops", "no_such_release", no_path},
    Unacceptable{"path.required_stops", "never_released", no_path},
    Unacceptable{"path.required_stops", "version_unseen", no_path},
    Unacceptable{"coverage.nodes", "none", "no node has reported, so that nothing was judged"},
};

// With its length before it, so that no two lists of parts give the same bytes.
void put(std::string& bytes, std::string_view part) {
    bytes.append(std::to_string(part.size())).append(":").append(part);
}

// What a waiver hangs on: without what is measured anew each time, where there is any of it.
std::string_view lasting_of(const v1::Verdict& verdict) {
    return verdict.lasting().empty() ? verdict.summary() : verdict.lasting();
}
std::string_view lasting_of(const v1::Evidence& evidence) {
    return evidence.lasting().empty() ? evidence.what() : evidence.lasting();
}

template <typename Item>
void sort_each_once(std::vector<Item>& items) {
    std::ranges::sort(items);
    items.erase(std::ranges::unique(items).begin(), items.end());
}

bool is_about(const v1::Verdict& verdict, std::string_view node) {
    return std::ranges::find(verdict.nodes(), node) != verdict.nodes().end();
}

// The verdict without these of its nodes and what was found there.
v1::Verdict without(v1::Verdict verdict, const Names& gone) {
    auto& nodes = *verdict.mutable_nodes();
    nodes.erase(
        std::remove_if(nodes.begin(), nodes.end(), [&](const auto& node) { return gone.contains(node); }),
        nodes.end());
    auto& evidence = *verdict.mutable_evidence();
    evidence.erase(std::remove_if(evidence.begin(), evidence.end(),
                                  [&](const v1::Evidence& item) { return gone.contains(item.node()); }),
                   evidence.end());
    verdict.clear_evidence_digest();
    return verdict;
}

// Holds the waivers of one report against its verdicts.
class Accepting {
  public:
    explicit Accepting(const Upgrade& upgrade) : upgrade_(upgrade) {
        for (const auto& waiver : upgrade.acceptances.waivers()) {
            if (in_scope(waiver) && !is_later(waiver) && upgrade.at < waiver.expires_at())
                of_check_[waiver.check()].push_back(&waiver);
        }
        for (auto& [check, waivers] : of_check_) std::ranges::sort(waivers, {}, &v1::Waiver::id);
    }

    // Adds the verdict, or the parts into which waivers cut it.
    void judge(v1::Verdict verdict, Verdicts& judged) {
        if (calls_for_acceptance(verdict)) verdict.set_evidence_digest(evidence_digest(verdict));
        const auto waivers = of_check_.find(verdict.check());
        if (waivers == of_check_.end() || !calls_for_acceptance(verdict) ||
            !why_not_acceptable(verdict).empty() || waive(verdict, "", waivers->second)) {
            *judged.Add() = std::move(verdict);
            return;
        }
        Names gone;
        std::vector<v1::Verdict> parts;
        for (const auto& node : verdict.nodes()) {
            if (std::ranges::find(waivers->second, node, &v1::Waiver::node) == waivers->second.end())
                continue;
            auto part = *part_of(verdict, node);
            part.set_evidence_digest(evidence_digest(part));
            if (!waive(part, node, waivers->second)) continue;
            gone.insert(node);
            parts.push_back(std::move(part));
        }
        add_rest(verdict, gone, waivers->second, judged);
        for (auto& part : parts) *judged.Add() = std::move(part);
    }

    v1::AcceptanceUse use_of(const v1::Waiver& waiver, const v1::Report& report) const {
        v1::AcceptanceUse use;
        use.set_id(waiver.id());
        *use.mutable_waiver() = waiver;
        const auto [state, detail] = state_of(waiver, report);
        use.set_state(state);
        use.set_detail(detail);
        return use;
    }

  private:
    using State = std::pair<v1::AcceptanceUse::State, std::string>;

    bool in_scope(const v1::Waiver& waiver) const {
        return waiver.target().empty() || parse_version(waiver.target()) == upgrade_.target;
    }

    // A report as of an earlier time was made without it.
    bool is_later(const v1::Waiver& waiver) const {
        return waiver.has_made_at() && upgrade_.at < waiver.made_at();
    }

    // The first of them that fits gives its id; all that fit are in force.
    bool waive(v1::Verdict& verdict, std::string_view node, const Waivers& waivers) {
        for (const auto* waiver : waivers) {
            const bool fits = waiver->node() == node && !waiver->evidence_digest().empty() &&
                              waiver->evidence_digest() == verdict.evidence_digest();
            if (!fits) continue;
            in_force_.insert(waiver);
            if (verdict.waived_by().empty()) verdict.set_waived_by(waiver->id());
        }
        return !verdict.waived_by().empty();
    }

    void add_rest(v1::Verdict& verdict, const Names& gone, const Waivers& waivers, Verdicts& judged) {
        if (gone.empty()) {
            *judged.Add() = std::move(verdict);
            return;
        }
        auto rest = without(verdict, gone);
        if (rest.nodes().empty()) return;
        rest.set_evidence_digest(evidence_digest(rest));
        waive(rest, "", waivers);
        *judged.Add() = std::move(rest);
    }

    State state_of(const v1::Waiver& waiver, const v1::Report& report) const {
        const auto whom = by_whom(waiver.owner(), waiver.reason(), waiver.expires_at());
        if (in_force_.contains(&waiver)) return {v1::AcceptanceUse::IN_FORCE, whom};
        const auto what =
            waiver.check() + (waiver.node().empty() ? "" : " on " + waiver.node()) + ": " + whom;
        if (!in_scope(waiver)) return {v1::AcceptanceUse::OUT_OF_SCOPE, what + "; for " + waiver.target()};
        if (is_later(waiver)) {
            return {v1::AcceptanceUse::OUT_OF_SCOPE,
                    what + "; made at " + to_iso8601(waiver.made_at()) + ", after the time of this report"};
        }
        bool needed = false;
        for (const auto& verdict : report.verdicts()) {
            const bool open = verdict.check() == waiver.check() && calls_for_acceptance(verdict) &&
                              verdict.waived_by().empty() &&
                              (waiver.node().empty() || is_about(verdict, waiver.node()));
            needed = needed || open;
            const auto why = why_not_acceptable(verdict);
            if (open && !why.empty() && verdict.evidence_digest() == waiver.evidence_digest()) {
                return {v1::AcceptanceUse::REFUSED, what + "; nobody can accept it: " + std::string(why)};
            }
        }
        if (waiver.expires_at() <= upgrade_.at) {
            return {v1::AcceptanceUse::EXPIRED,
                    what + (needed ? "; what it accepted counts again" : "; nothing needs it any more")};
        }
        return {needed ? v1::AcceptanceUse::EVIDENCE_CHANGED : v1::AcceptanceUse::NOTHING_TO_ACCEPT, what};
    }

    const Upgrade& upgrade_;
    std::map<std::string, Waivers, std::less<>> of_check_;  // in force by scope and time, in order of id
    std::set<const v1::Waiver*> in_force_;                  // that fit a verdict
};

// Some verdict was decided by the answer.
bool rests_on(const v1::Report& report, const v1::Attestation& attestation) {
    const auto source = evidence_source(attestation);
    return std::ranges::any_of(report.verdicts(), [&](const v1::Verdict& verdict) {
        return std::ranges::find(verdict.evidence(), source, &v1::Evidence::source) !=
               verdict.evidence().end();
    });
}

std::pair<v1::AcceptanceUse::State, std::string> state_of(const v1::Attestation& attestation,
                                                          const v1::Report& report, const Upgrade& upgrade) {
    const bool answers = !attestation.answer().empty();
    if (!answers && find_statement(attestation.statement()) == nullptr)
        return {v1::AcceptanceUse::REFUSED, "; no such statement is known here"};
    if (upgrade.at < attestation.made_at()) {
        return {v1::AcceptanceUse::OUT_OF_SCOPE,
                "; made at " + to_iso8601(attestation.made_at()) + ", after the time of this report"};
    }
    if (!in_force(attestation, upgrade.at)) return {v1::AcceptanceUse::EXPIRED, "; nothing is built on it"};
    if (answers && !rests_on(report, attestation))
        return {v1::AcceptanceUse::NOTHING_TO_ACCEPT, "; nothing on this way hangs on it as it was asked"};
    const bool there =
        attestation.node().empty() ||
        std::ranges::find(report.nodes(), attestation.node(), &v1::ReportNode::name) != report.nodes().end();
    if (!there) return {v1::AcceptanceUse::NOTHING_TO_ACCEPT, "; no node of this name has reported"};
    return {v1::AcceptanceUse::IN_FORCE, ""};
}

v1::AcceptanceUse use_of(const v1::Attestation& attestation, const v1::Report& report,
                         const Upgrade& upgrade) {
    v1::AcceptanceUse use;
    use.set_id(attestation.id());
    *use.mutable_attestation() = attestation;
    const auto [state, more] = state_of(attestation, report, upgrade);
    use.set_state(state);
    use.set_detail(attestation_text(attestation) + more);
    return use;
}

// What holds no longer must be seen first; what is for another time least.
int place_of(v1::AcceptanceUse::State state) {
    constexpr std::array order{v1::AcceptanceUse::EXPIRED,           v1::AcceptanceUse::EVIDENCE_CHANGED,
                               v1::AcceptanceUse::REFUSED,           v1::AcceptanceUse::IN_FORCE,
                               v1::AcceptanceUse::NOTHING_TO_ACCEPT, v1::AcceptanceUse::OUT_OF_SCOPE};
    return static_cast<int>(std::ranges::find(order, state) - order.begin());
}

}  // namespace

bool calls_for_acceptance(const v1::Verdict& verdict) {
    return verdict.level() == v1::BLOCKER || verdict.level() == v1::UNKNOWN || verdict.level() == v1::WARNING;
}

std::string_view why_not_acceptable(const v1::Verdict& verdict) {
    const auto found = std::ranges::find_if(unacceptable, [&](const Unacceptable& row) {
        return row.check == verdict.check() && row.key == verdict.key();
    });
    return found == unacceptable.end() ? std::string_view() : found->why;
}

std::string evidence_digest(const v1::Verdict& verdict) {
    std::vector<std::string_view> nodes(verdict.nodes().begin(), verdict.nodes().end());
    sort_each_once(nodes);
    std::vector<std::pair<std::string_view, std::string_view>> found;
    found.reserve(static_cast<std::size_t>(verdict.evidence_size()));
    for (const auto& item : verdict.evidence())
        found.emplace_back(item.of_any_node() ? std::string_view() : item.node(), lasting_of(item));
    sort_each_once(found);
    std::string bytes;
    put(bytes, "preflight.v1.Verdict");
    put(bytes, verdict.check());
    put(bytes, verdict.key());
    put(bytes, v1::Level_Name(verdict.level()));
    put(bytes, lasting_of(verdict));
    put(bytes, std::to_string(nodes.size()));
    for (const auto node : nodes) put(bytes, node);
    for (const auto& [node, what] : found) {
        put(bytes, node);
        put(bytes, what);
    }
    return sha256_hex(bytes);
}

std::optional<v1::Verdict> part_of(const v1::Verdict& verdict, std::string_view node) {
    if (!is_about(verdict, node)) return std::nullopt;
    Names others(verdict.nodes().begin(), verdict.nodes().end());
    others.erase(node);
    return without(verdict, others);
}

void accept(v1::Report& report, const Upgrade& upgrade) {
    Accepting accepting(upgrade);
    Verdicts verdicts;
    verdicts.Swap(report.mutable_verdicts());
    for (auto& verdict : verdicts) accepting.judge(std::move(verdict), *report.mutable_verdicts());
    std::vector<v1::AcceptanceUse> uses;
    for (const auto& waiver : upgrade.acceptances.waivers()) uses.push_back(accepting.use_of(waiver, report));
    for (const auto& attestation : upgrade.acceptances.attestations())
        uses.push_back(use_of(attestation, report, upgrade));
    std::ranges::sort(
        uses, {}, [](const v1::AcceptanceUse& use) { return std::pair(place_of(use.state()), use.id()); });
    report.mutable_acceptances()->Add(std::make_move_iterator(uses.begin()),
                                      std::make_move_iterator(uses.end()));
}

}  // namespace preflight::readiness
