#include "readiness/checks/settings_one_node_migrates.h"

#include <unordered_set>
#include <utility>

#include "readiness/plan/migrating.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

constexpr std::string_view main_key = "gitlab_rails['auto_migrate']";
constexpr std::string_view tracking_key = "geo_secondary['auto_migrate']";
constexpr std::string_view praefect_key = "praefect['auto_migrate']";

// By their settings, when their packages are installed.
struct Would {
    PlanNodes migrate;
    PlanNodes not_migrate;
    PlanNodes unseen;
};

Would would(const PlanNodes& nodes, std::string_view key) {
    Would would;
    for (const auto* node : nodes) {
        const auto migrate = would_migrate(*node->node, key);
        (migrate == Migrates::yes  ? would.migrate
         : migrate == Migrates::no ? would.not_migrate
                                   : would.unseen)
            .push_back(node);
    }
    return would;
}

void show(v1::Verdict& verdict, const PlanNode& node, std::string_view key) {
    const auto* finding = migrating_setting(*node.node, key);
    if (finding == nullptr)
        return about_inspection(verdict, *node.node, std::string(key) + " is not set, and true by default");
    about(verdict, *node.node, *finding, std::string(key) + " is " + clipped(finding->setting().value(), 40));
}

void show(v1::Verdict& verdict, const PlanNodes& nodes, std::string_view key) {
    for (const auto* node : nodes) show(verdict, *node, key);
}

class Judging {
  public:
    void judge(const PlanSite& site) {
        const auto application =
            chosen(site, [](const PlanNode& node) { return has_settings(node) && node.application; });
        const auto praefects = chosen(site, [](const PlanNode& node) {
            return has_settings(node) && has_role(*node.node, v1::NodeRoles::PRAEFECT);
        });
        if (site.secondary) {
            judge_copy(application);
            judge_database(
                application, tracking_key, "the tracking database",
                verdict(v1::WARNING, "tracking",
                        "more than one node of a secondary site would change the tracking database"));
        } else {
            judge_database(application, main_key, "the main database", several("the main database"));
        }
        judge_database(praefects, praefect_key, "Praefect's database", several("Praefect's database"));
    }

    void leave_open(const FleetNode& node) { about_unseen(unseen_, node, "services"); }

    Verdicts verdicts() && {
        Verdicts all = std::move(several_);
        for (auto* found : {&secondary_, &unseen_, &ready_}) keep(all, std::move(*found));
        for (auto& found : nobody_) all.push_back(std::move(found));
        return all;
    }

  private:
    // Pods take their settings from the chart, and a build of one's own is migrated by hand.
    static bool has_settings(const PlanNode& node) {
        return node.method() == v1::Installation::LINUX_PACKAGE || node.method() == v1::Installation::DOCKER;
    }

    static v1::Verdict several(const std::string& what) {
        return verdict(v1::WARNING, "several", "more than one node of a site would change " + what);
    }

    void judge_database(const PlanNodes& nodes, std::string_view key, const std::string& what,
                        v1::Verdict several) {
        const auto found = would(nodes, key);
        for (const auto* node : found.unseen) about_unseen(unseen_, *node->node, "settings");
        if (found.migrate.size() > 1) {
            show(several, found.migrate, key);
            several_.push_back(std::move(several));
        } else if (found.unseen.empty() && found.migrate.size() == 1) {
            show(ready_, found.migrate, key);
        } else if (found.unseen.empty() && !found.not_migrate.empty()) {
            auto said = verdict(v1::NOTE, "nobody", "by the settings no node of a site would change " + what);
            show(said, found.not_migrate, key);
            nobody_.push_back(std::move(said));
        }
    }

    // The main database of a secondary site takes no writes.
    void judge_copy(const PlanNodes& nodes) {
        const auto found = would(nodes, main_key);
        show(secondary_, found.migrate, main_key);
        for (const auto* node : found.unseen) about_unseen(unseen_, *node->node, "settings");
    }

    Verdicts several_;
    Verdicts nobody_;
    v1::Verdict secondary_ =
        verdict(v1::WARNING, "secondary",
                "on a secondary site the main database is a copy, and the node would try to change it");
    v1::Verdict unseen_ =
        verdict(v1::UNKNOWN, "unseen", "whether the node would change a database was not seen");
    v1::Verdict ready_ = verdict(v1::READY, "one", "of its site this node alone would change the database");
};

Verdicts judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    if (fleet.nodes.empty()) return {verdict(v1::UNKNOWN, "unseen", "no node has reported")};
    const auto crew = crew_of(fleet);
    Judging judging;
    std::unordered_set<const FleetNode*> seen;
    for (const auto& site : crew.sites) {
        for (const auto& node : site.nodes) seen.insert(node.node);
        judging.judge(site);
    }
    for (const auto& node : fleet.nodes) {
        if (!without_gitlab(node) && !seen.contains(&node)) judging.leave_open(node);
    }
    auto verdicts = std::move(judging).verdicts();
    if (!verdicts.empty()) return verdicts;
    return {verdict(v1::NOT_APPLICABLE, "no_settings",
                    "no node here changes a database by a setting of the Linux package")};
}

}  // namespace

constexpr Check settings_one_node_migrates{
    .id = "settings.one_node_migrates",
    .asks = "Does exactly one node of each site change the database?",
    .judge = judge,
};

}  // namespace preflight::readiness
