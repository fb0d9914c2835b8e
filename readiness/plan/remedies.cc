#include "readiness/plan/remedies.h"

#include <algorithm>
#include <array>
#include <unordered_set>
#include <utility>

#include "readiness/plan/own_work.h"
#include "readiness/plan/remedy_phase.h"
#include "readiness/support.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

// Families of checks, in the order in which their remedies are done: first what is seen and what runs, then
// what the rest stands on (secrets, systems, room), then packages, then servers from below, then GitLab's
// own, and what is kept for the way back last, so that it keeps what was mended.
constexpr std::array<std::string_view, 26> families{
    "coverage", "reachability",  "version",      "installation", "secrets",    "certificates", "system",
    "disk",     "packages",      "consul",       "postgresql",   "patroni",    "pgbouncer",    "redis",
    "gitaly",   "praefect",      "architecture", "settings",     "migrations", "geo",          "known_issues",
    "path",     "zero_downtime", "knowledge",    "findings",     "backup"};

// The first hop whose version this node's system has no package for.
std::optional<std::size_t> first_without_package(const PlanNode& node, const Undertaking& work) {
    const auto systems =
        findings_of<&v1::Finding::has_operating_system, &v1::Finding::operating_system>(*node.node);
    const auto* support = systems.empty() ? nullptr : find_support(*systems.front().first, work.knowledge);
    if (support == nullptr) return {};
    const auto& what = *node.installed.what;
    const auto& seen =
        what.architecture().empty() ? systems.front().first->architecture() : what.architecture();
    const Build build{architecture_name(seen), what.fips()};
    for (std::size_t at = 0; at < work.route.legs.size(); ++at) {
        if (packages_for(*support, build, work.leg(at).to) != Packages::offered) return at;
    }
    return {};
}

// Verdicts of one hop name it as leg_text() does.
std::optional<std::size_t> named_leg(const v1::Verdict& verdict, const Route& route) {
    for (std::size_t at = 0; at < route.legs.size(); ++at) {
        if (verdict.summary().find(leg_text(route.legs[at])) != std::string::npos) return at;
    }
    return {};
}

// Words that stand for what this plan knows.
std::string known_word(const std::string& word, const PlanNode* node, const std::string& target) {
    if (word == "TARGET") return target;
    const bool package = word == "gitlab-ee" && node != nullptr && !node->way.package.empty();
    return package ? node->way.package : word;
}

v1::Command known_words(const v1::Command& command, const PlanNode* node, const std::string& target) {
    v1::Command known;
    for (const auto& word : command.argv()) known.add_argv(known_word(word, node, target));
    return known;
}

bool runs_here(const v1::Command& command, const PlanNode* node) {
    return node == nullptr || !is_of_other(command, node->way.manager);
}

// A report is asked for again before the window; in it, and behind it, nobody waits for one.
std::string_view text_for(v1::RemedyPhase::Phase phase) {
    const bool before = phase == v1::RemedyPhase::BEFORE_WINDOW || phase == v1::RemedyPhase::AFTER_BACKUP;
    return before ? "remedy" : "remedy_in_window";
}

v1::PlanStep step_of(const v1::Verdict& verdict, std::string_view text, const PlanNode* node,
                     const std::string& target, const v1::Knowledge& knowledge) {
    auto step = written(text, {{"title", {verdict.title()}}, {"summary", {verdict.summary()}}}, knowledge);
    if (!verdict.consequence().empty()) step.set_why(verdict.consequence());
    step.set_note(verdict.remedy());
    for (const auto& command : verdict.commands()) {
        if (runs_here(command, node)) *step.add_commands() = known_words(command, node, target);
    }
    if (verdict.has_verify() && runs_here(verdict.verify(), node))
        *step.mutable_verify() = known_words(verdict.verify(), node, target);
    if (node != nullptr) fit_to_way(step, *node, !step.commands().empty() || step.has_verify(), knowledge);
    step.add_checks(verdict.check());
    *step.mutable_links() = verdict.links();
    return step;
}

}  // namespace

std::optional<std::size_t> remedy_rank(std::string_view check) {
    const auto found = std::ranges::find(families, check.substr(0, check.find('.')));
    if (found == families.end()) return {};
    return static_cast<std::size_t>(found - families.begin());
}

Remedies::Remedies(const ReportVerdicts& verdicts, const Undertaking& work) : work_(work) {
    for (const auto* node : all_nodes(work.crew)) nodes_.try_emplace(node->name, node);
    for (const auto& verdict : verdicts) take(verdict);
    std::ranges::stable_sort(remedies_, {}, &Remedy::rank);
}

void Remedies::take(const v1::Verdict& verdict) {
    const bool asks = verdict.level() == v1::BLOCKER || verdict.level() == v1::WARNING;
    if (const auto* own = own_work_of(verdict); own != nullptr && verdict.waived_by().empty()) {
        const bool without = is_of_database(*own) && work_.databases.empty();
        if (!without && (asks || verdict.level() == v1::NOTE)) return own_.push_back(&verdict);
    }
    if (!asks || !verdict.waived_by().empty()) return;
    if (verdict.remedy().empty() && verdict.commands().empty()) return wordless_.push_back(&verdict);
    auto leg = named_leg(verdict, work_.route);
    if (verdict.check() == "system.supported" && !verdict.nodes().empty()) {
        const auto node = nodes_.find(verdict.nodes(0));
        if (node != nodes_.end()) leg = first_without_package(*node->second, work_);
    }
    keep(verdict, leg);
}

// A Rails node that was brought to a newer version than the others changes the database for it with the first
// command that configures it.
bool Remedies::migrates_early(const v1::Verdict& verdict) const {
    const auto& runs = work_.leg(0).from;
    const bool newer = std::ranges::any_of(verdict.nodes(), [&](const std::string& name) {
        const auto node = nodes_.find(name);
        return node != nodes_.end() && node->second->application && runs < *node->second->installed.version;
    });
    return newer && std::ranges::any_of(verdict.commands(), may_run_migrations);
}

void Remedies::keep(const v1::Verdict& verdict, std::optional<std::size_t> leg) {
    auto phase = phase_of(verdict);
    const bool before = phase == v1::RemedyPhase::BEFORE_WINDOW || phase == v1::RemedyPhase::AFTER_BACKUP;
    if (before && migrates_early(verdict)) phase = v1::RemedyPhase::IN_WINDOW;
    const bool behind = phase == v1::RemedyPhase::AFTER_HOP || phase == v1::RemedyPhase::BETWEEN_HOPS;
    if (!leg && phase != v1::RemedyPhase::BEFORE_WINDOW) leg = behind ? work_.route.legs.size() - 1 : 0;
    remedies_.push_back({&verdict, leg, phase, remedy_rank(verdict.check()).value_or(families.size())});
}

void Remedies::write(Writer& writer, std::optional<std::size_t> leg, v1::RemedyPhase::Phase phase) const {
    for (const auto& remedy : remedies_) {
        if (remedy.leg == leg && remedy.phase == phase) write_one(writer, remedy);
    }
}

bool Remedies::leads(const std::string& name) const {
    const auto node = nodes_.find(name);
    return node != nodes_.end() && (node->second->leads || node->second->redis_master);
}

// What restarts takes the copies first.
std::vector<std::string> Remedies::leaders_last(const v1::Verdict& verdict) const {
    std::vector<std::string> names(verdict.nodes().begin(), verdict.nodes().end());
    std::ranges::stable_partition(names, [this](const std::string& name) { return !leads(name); });
    return names;
}

// Members of a cluster: restarted all at once they leave nobody to take over.
bool Remedies::one_by_one(const Remedy& remedy) const {
    if (remedy.phase != v1::RemedyPhase::IN_WINDOW || remedy.verdict->commands().empty()) return false;
    return std::ranges::any_of(remedy.verdict->nodes(), [this](const std::string& name) {
        const auto node = nodes_.find(name);
        return node != nodes_.end() &&
               (node->second->patroni || node->second->consul || node->second->place == Place::redis);
    });
}

// Nodes of different package managers type different words.
void Remedies::write_one(Writer& writer, const Remedy& remedy) const {
    const auto& verdict = *remedy.verdict;
    const auto& target = work_.leg(remedy.leg.value_or(work_.route.legs.size() - 1)).to.text();
    const auto text = text_for(remedy.phase);
    const auto id = "remedy/" + verdict.check() + "/" + verdict.key();
    std::vector<std::pair<std::string, v1::PlanStep>> steps;
    std::map<int, std::size_t> of_kind;  // -1: a node that is not in the plan
    for (const auto& name : leaders_last(verdict)) {
        const auto known = nodes_.find(name);
        const auto* node = known == nodes_.end() ? nullptr : known->second;
        const auto [place, is_new] = of_kind.try_emplace(node == nullptr ? -1 : node->kind, steps.size());
        if (is_new) {
            auto step = step_of(verdict, text, node, target, work_.knowledge);
            auto words = step.SerializeAsString();
            const auto same =
                std::ranges::find_if(steps, [&](const auto& one) { return one.first == words; });
            place->second = static_cast<std::size_t>(same - steps.begin());
            if (same == steps.end()) steps.emplace_back(std::move(words), std::move(step));
        }
        steps[place->second].second.add_nodes(name);
    }
    if (steps.empty()) writer.put(step_of(verdict, text, nullptr, target, work_.knowledge), id);
    std::ranges::stable_partition(steps, [this](const auto& one) {
        return std::ranges::none_of(one.second.nodes(), [this](const auto& name) { return leads(name); });
    });
    for (auto& [words, step] : steps) {
        step.set_one_by_one(step.nodes_size() > 1 && one_by_one(remedy));
        writer.put(std::move(step), id);
    }
}

std::optional<std::vector<std::string>> Remedies::left_out(const v1::Verdict& verdict,
                                                           const v1::Plan& plan) const {
    const auto& own = *own_work_of(verdict);
    bool done = false;
    std::unordered_set<std::string_view> reached;
    for (const auto& step : plan.steps()) {
        if (!is_step_of(own, step)) continue;
        // Once for all of them, or by a person, who knows where.
        if (!own.each_node || step.nodes().empty()) return {};
        done = true;
        reached.insert(step.nodes().begin(), step.nodes().end());
    }
    std::vector<std::string> left;
    for (const auto& name : verdict.nodes()) {
        const auto node = nodes_.find(name);
        // One that has the last version already is none that the plan upgrades.
        const bool there =
            own.each_node && node != nodes_.end() && due({node->second}, work_.route.legs.back()).empty();
        if (!reached.contains(name) && !there) left.push_back(name);
    }
    const bool open = verdict.nodes().empty() ? !done : !left.empty();
    return open ? std::optional(std::move(left)) : std::nullopt;
}

void Remedies::say_open(v1::Plan& plan) const {
    const auto say = [&plan](std::string_view what, const v1::Verdict& verdict, const auto& names) {
        const std::vector<std::string> nodes(names.begin(), names.end());
        plan.add_open(std::string(what) + verdict.check() + ": " + clipped(verdict.summary()) +
                      (nodes.empty() ? "" : " (" + clipped(listed_first(nodes, 5)) + ")"));
    };
    for (const auto* verdict : wordless_) say("No remedy is known for ", *verdict, verdict->nodes());
    for (const auto& remedy : remedies_) {
        if (work_.manner == v1::Plan::ZERO_DOWNTIME && remedy.phase == v1::RemedyPhase::IN_WINDOW)
            say("This plan goes without downtime, but what mends this in it may take GitLab away: ",
                *remedy.verdict, remedy.verdict->nodes());
    }
    for (const auto* verdict : own_) {
        if (verdict->level() == v1::NOTE) continue;
        if (const auto left = left_out(*verdict, plan)) say("No step of this plan mends ", *verdict, *left);
    }
}

void Remedies::name_own(v1::Plan& plan) const {
    for (const auto* verdict : own_) {
        const auto* own = own_work_of(*verdict);
        for (auto& step : *plan.mutable_steps()) {
            if (!is_step_of(*own, step)) continue;
            if (std::ranges::find(step.checks(), verdict->check()) == step.checks().end())
                step.add_checks(verdict->check());
            if (!own->every) break;
        }
    }
}

}  // namespace preflight::readiness
