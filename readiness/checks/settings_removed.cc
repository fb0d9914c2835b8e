#include "readiness/checks/settings_removed.h"

#include <set>
#include <string>
#include <utility>

#include "model/clock.h"
#include "readiness/condition.h"
#include "readiness/route.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

// The leg on which the version that removed it is reached, within the time that it is refused.
const Leg* refused_at(const v1::RemovedSetting& row, const Route& route) {
    const auto removed = parse_version(row.removed());
    const auto until = parse_version(row.removed_until());
    if (!removed) return nullptr;
    for (const auto& leg : route.legs) {
        if (leg.to >= *removed && (!until || leg.to < *until)) return &leg;
    }
    return nullptr;
}

bool deprecated_at(const v1::RemovedSetting& row, const Version& target) {
    const auto deprecated = parse_version(row.deprecated());
    return deprecated && target >= *deprecated;
}

std::string keys_text(const v1::RemovedSetting& row) {
    const auto& keys = row.setting().keys();
    return keys.empty() ? row.id() : keys.Get(0) + (keys.size() > 1 ? " and the like" : "");
}

v1::Verdict said(const v1::RemovedSetting& row, v1::Level level, std::string_view key,
                 const std::string& summary, Decided decided) {
    auto found = verdict(level, key, summary);
    found.mutable_nodes()->Swap(decided.shown.mutable_nodes());
    found.mutable_evidence()->Swap(decided.shown.mutable_evidence());
    found.set_remedy(row.remedy());
    auto& source = *found.add_evidence();
    source.set_source(row.source());
    if (const auto day = from_iso8601(row.date())) *source.mutable_taken_at() = *day;
    source.set_what("deprecated in " + (row.deprecated().empty() ? "?" : row.deprecated()) + ", removed in " +
                    row.removed());
    return found;
}

// What was not seen, of all rows together: each node and each line of evidence once.
class Doubts {
  public:
    void add(const v1::Verdict& shown) {
        for (const auto& node : shown.nodes()) {
            if (nodes_.insert(node).second) unseen_.add_nodes(node);
        }
        for (const auto& evidence : shown.evidence()) {
            if (told_.insert(evidence.SerializeAsString()).second) *unseen_.add_evidence() = evidence;
        }
        any_ = true;
    }
    void say(Verdicts& verdicts) const {
        if (any_) verdicts.push_back(unseen_);
    }

  private:
    bool any_ = false;
    std::set<std::string> nodes_;
    std::set<std::string> told_;
    v1::Verdict unseen_ =
        verdict(v1::UNKNOWN, "unseen", "whether removed settings are set was not seen on every node");
};

v1::Verdict verdict_of(const v1::RemovedSetting& row, const Route& route, const Leg* leg, Decided decided) {
    const auto keys = keys_text(row);
    if (leg == nullptr) {
        return said(row, v1::NOTE, "deprecated", keys + " is deprecated, and goes with " + row.removed(),
                    std::move(decided));
    }
    const bool passed = *route.from >= *parse_version(row.removed());
    if (row.ignored()) {
        const auto since = keys + " has no effect any more from " + row.removed() + " on";
        if (passed) return said(row, v1::NOTE, "without_effect", since, std::move(decided));
        return said(row, v1::WARNING, "ignored", since + ", the hop " + leg_text(*leg), std::move(decided));
    }
    return said(row, v1::BLOCKER, "removed",
                keys + " is refused from " + row.removed() + " on" +
                    (passed ? ", and by the version that runs as well" : "") +
                    ": take it out before the hop " + leg_text(*leg),
                std::move(decided));
}

// What one row says for this fleet; nothing where it is not set, or stays allowed.
void judge_row(const v1::RemovedSetting& row, const Route& route, const v1::Knowledge& knowledge,
               const Fleet& fleet, const Upgrade& upgrade, Verdicts& verdicts, Doubts& doubts) {
    const auto* leg = refused_at(row, route);
    if (leg == nullptr && !deprecated_at(row, upgrade.target)) return;
    v1::Condition asked;
    *asked.mutable_setting() = row.setting();
    auto decided = evaluate(asked, fleet, upgrade, knowledge);
    if (decided.truth == Truth::fails) return;
    if (decided.truth == Truth::unknown) return doubts.add(decided.shown);
    verdicts.push_back(verdict_of(row, route, leg, std::move(decided)));
}

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    const auto route = find_route(fleet, upgrade, knowledge);
    if (!route.from) return {verdict(v1::UNKNOWN, "version_unseen", "no version of GitLab was seen")};
    if (!is_known(route)) {
        return {verdict(v1::UNKNOWN, "no_path",
                        "the way to the target is not known, so what is removed on it is not either")};
    }
    Verdicts verdicts;
    Doubts doubts;
    for (const auto& row : knowledge.removed_settings())
        judge_row(row, route, knowledge, fleet, upgrade, verdicts, doubts);
    doubts.say(verdicts);
    if (verdicts.empty()) return {verdict(v1::READY, "none", "no setting that is removed on the way is set")};
    return verdicts;
}

}  // namespace

constexpr Check settings_removed{
    .id = "settings.removed",
    .asks = "Does gitlab.rb set what a version on the way no longer takes?",
    .judge = judge,
};

}  // namespace preflight::readiness
