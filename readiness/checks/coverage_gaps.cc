#include "readiness/checks/coverage_gaps.h"

#include <algorithm>
#include <map>
#include <set>
#include <string_view>
#include <utility>

#include "readiness/archives.h"
#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

// A node gone wild may send thousands of gaps; past these its rest is one verdict.
constexpr std::size_t gaps_of_node_max = 100;

std::string cause_text(v1::Gap::Cause cause) {
    static const std::map<v1::Gap::Cause, std::string> texts{
        {v1::Gap::ABSENT, "is not there"},
        {v1::Gap::DENIED, "may not be read"},
        {v1::Gap::MALFORMED, "is malformed"},
        {v1::Gap::TOO_LARGE, "is too large"},
        {v1::Gap::TIMED_OUT, "was not finished in time"},
        {v1::Gap::KILLED, "was killed"},
        {v1::Gap::CRASHED, "crashed"},
        {v1::Gap::REFUSED, "was refused"},
        {v1::Gap::DROPPED, "was not kept"},
        {v1::Gap::FAILED, "failed"},
    };
    const auto text = texts.find(cause);
    return text == texts.end() ? "could not be seen" : text->second;
}

std::string summary_of(const v1::Finding& finding) {
    const auto& gap = finding.gap();
    const auto source = finding.source().empty() ? std::string("it") : clipped(finding.source(), 200);
    auto text = "probe " + clipped(finding.probe(), 40) + ": " + source + " " + cause_text(gap.cause());
    if (!gap.affects().empty()) text += "; unknown: " + clipped(gap.affects(), 200);
    return text;
}

// Each cause has an advice of its own.
v1::Verdict of_gap(const v1::Finding& finding) {
    const auto text = summary_of(finding);
    switch (finding.gap().cause()) {
        case v1::Gap::ABSENT:
            if (finding.gap().affects().empty()) return verdict(v1::WARNING, "absent_harmless", text);
            return verdict(v1::UNKNOWN, "absent", text);
        case v1::Gap::DENIED:
            return verdict(v1::UNKNOWN, "denied", text);
        case v1::Gap::MALFORMED:
            return verdict(v1::UNKNOWN, "malformed", text);
        case v1::Gap::TOO_LARGE:
            return verdict(v1::UNKNOWN, "too_large", text);
        case v1::Gap::TIMED_OUT:
            return verdict(v1::UNKNOWN, "timed_out", text);
        case v1::Gap::KILLED:
            return verdict(v1::UNKNOWN, "killed", text);
        case v1::Gap::CRASHED:
            return verdict(v1::UNKNOWN, "crashed", text);
        case v1::Gap::REFUSED:
            return verdict(v1::UNKNOWN, "refused", text);
        case v1::Gap::DROPPED:
            return verdict(v1::UNKNOWN, "dropped", text);
        default:
            return verdict(v1::UNKNOWN, "failed", text);
    }
}

// A torn archive matters where it is the one to go back to, not beside a better one.
bool is_of_other_archive(const FleetNode& node, const v1::Finding& gap, const Archives& archives) {
    const auto* best = archives.best;
    if (best == nullptr || best->state == Archive::State::unread || !is_of_archive(node, gap)) return false;
    return best->node != &node || !gap.source().starts_with(best->what->path());
}

struct Gaps {
    Verdicts verdicts;
    v1::Verdict many = verdict(v1::UNKNOWN, "many", "more gaps than are listed one by one");
    v1::Verdict not_started = verdict(v1::UNKNOWN, "not_started", "no probe has run");
    v1::Verdict roles_unseen =
        verdict(v1::UNKNOWN, "roles_unseen", "GitLab is there, but which of its services run was not said");
    std::map<std::string, v1::Verdict> unfinished;  // by probe
    std::set<std::string> only_live;                // what only a running machine can tell
    v1::Verdict not_live;                           // made when all of it is known
};

// "kernel, uptime" is two words: another node may lack only one of them.
void add_words(std::string_view affects, std::set<std::string>& words) {
    constexpr std::string_view separator = ", ";
    constexpr std::size_t words_max = 100;  // of all nodes
    while (!affects.empty() && words.size() < words_max) {
        const auto end = std::min(affects.find(separator), affects.size());
        if (end > 0) words.insert(clipped(affects.substr(0, end), 160));
        affects.remove_prefix(std::min(end + separator.size(), affects.size()));
    }
}

void judge_gap(const FleetNode& node, const v1::Finding& finding, const Archives& archives,
               std::size_t& count, Gaps& gaps) {
    const auto& gap = finding.gap();
    if (gap.cause() == v1::Gap::NOT_LIVE) {
        add_words(gap.affects().empty() ? finding.source() : gap.affects(), gaps.only_live);
        return about(gaps.not_live, node, finding, gap.detail());
    }
    if (++count > gaps_of_node_max)
        return about_inspection(gaps.many, node, "more than " + std::to_string(gaps_of_node_max) + " gaps");
    auto found = is_of_other_archive(node, finding, archives)
                     ? verdict(v1::NOTE, "other_archive", summary_of(finding))
                     : of_gap(finding);
    about(found, node, finding, gap.detail());
    gaps.verdicts.push_back(std::move(found));
}

// One of a file or of a tree could be there just as well where the probe ended.
bool tells_of_end(const v1::Finding* gap) {
    const auto cause = gap->gap().cause();
    return cause != v1::Gap::NOT_LIVE && cause != v1::Gap::ABSENT && cause != v1::Gap::MALFORMED;
}

// A probe that did not end says so by a gap; where that is missing, its run still tells.
void judge_runs(const FleetNode& node, Gaps& gaps) {
    if (!inspected(node)) return;  // coverage.nodes says so
    if (node.inspection.probes().empty())
        return about_inspection(gaps.not_started, node, "it holds no run of a probe");
    for (const auto& run : node.inspection.probes()) {
        if (run.outcome() == v1::ProbeRun::FINISHED) continue;
        if (std::ranges::any_of(gaps_of(node, run.probe()), tells_of_end)) continue;
        const auto [found, is_new] = gaps.unfinished.try_emplace(clipped(run.probe(), 40));
        if (is_new) {
            found->second = verdict(v1::UNKNOWN, "unfinished",
                                    "probe " + found->first + " did not finish, and left no word of why");
        }
        about_inspection(found->second, node, v1::ProbeRun::Outcome_Name(run.outcome()));
    }
}

// Much is asked of a node by what it runs; a node that says nothing of it, and no gap why, would be asked too
// little.
void judge_roles(const FleetNode& node, Gaps& gaps) {
    if (installations(node).empty() || roles_seen(node) || !gaps_of(node, "services").empty()) return;
    about_unseen(gaps.roles_unseen, node, "services");
}

std::string live_summary(const std::set<std::string>& only_live) {
    constexpr std::size_t shown_max = 12;
    std::vector<std::string> words(only_live.begin(), only_live.end());
    if (words.size() > shown_max) words.resize(shown_max), words.emplace_back("…");
    return "a tree of files was read; what only a running machine can tell was not seen: " + listed(words);
}

Verdicts judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    const auto archives = archives_of(fleet);
    Gaps gaps;
    gaps.not_live = verdict(v1::NOTE, "not_live", "");
    for (const auto& node : fleet.nodes) {
        std::size_t count = 0;
        for (const auto& [gap, finding] : findings_of<&v1::Finding::has_gap, &v1::Finding::gap>(node))
            judge_gap(node, *finding, archives, count, gaps);
        judge_runs(node, gaps);
        judge_roles(node, gaps);
    }
    gaps.not_live.set_summary(clipped(live_summary(gaps.only_live), 1000));
    auto verdicts = std::move(gaps.verdicts);
    for (auto& [probe, unfinished] : gaps.unfinished) verdicts.push_back(std::move(unfinished));
    for (auto* found : {&gaps.many, &gaps.not_started, &gaps.roles_unseen, &gaps.not_live})
        keep(verdicts, std::move(*found));
    if (!verdicts.empty()) return verdicts;
    if (std::ranges::none_of(fleet.nodes, inspected)) {
        return {verdict(v1::UNKNOWN, "nothing_seen", "no inspection has finished, so nothing was seen")};
    }
    return {verdict(v1::READY, "none", "every probe saw all that it looks at")};
}

}  // namespace

constexpr Check coverage_gaps{
    .id = "coverage.gaps",
    .asks = "Could every probe see what it looks at?",
    .judge = judge,
};

}  // namespace preflight::readiness
