#include "readiness/checks/version_one_version.h"

#include <algorithm>
#include <map>
#include <utility>

#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Group = std::pair<Version, v1::Edition>;
using Groups = std::map<Group, std::vector<Installed>>;

// A version whose edition was not seen joins the known edition of that version: what is unseen is said by
// another verdict.
Groups grouped(const std::vector<Installed>& all) {
    Groups groups;
    for (const auto& installed : all) {
        if (installed.version && installed.what->edition() != v1::EDITION_UNSPECIFIED) {
            groups[{*installed.version, installed.what->edition()}].push_back(installed);
        }
    }
    for (const auto& installed : all) {
        if (!installed.version || installed.what->edition() != v1::EDITION_UNSPECIFIED) continue;
        const auto known = std::ranges::find_if(
            groups, [&](const auto& group) { return group.first.first == *installed.version; });
        const auto edition = known == groups.end() ? v1::EDITION_UNSPECIFIED : known->first.second;
        groups[{*installed.version, edition}].push_back(installed);
    }
    return groups;
}

std::string group_text(const Group& group) { return version_text(group.first, group.second); }

std::string parts_text(const Groups& groups) {
    std::vector<std::string> parts;
    for (const auto& [group, members] : groups) {
        parts.push_back(group_text(group) + " on " + counted(members.size(), "node"));
    }
    return listed(parts);
}

void show_all(v1::Verdict& verdict, const Groups& groups) {
    for (const auto& [group, members] : groups) {
        for (const auto& member : members) about(verdict, *member.node, *member.finding, group_text(group));
    }
}

// The evidence is all groups, the verdict is about the nodes below the newest version: even where most are,
// the way leads up.
v1::Verdict mixed_versions(const Groups& groups) {
    const auto newest = groups.rbegin()->first.first;
    auto found =
        verdict(v1::BLOCKER, "mixed",
                "more than one version runs, the newest is " + newest.text() + ": " + parts_text(groups));
    show_all(found, groups);
    found.clear_nodes();
    for (const auto& [group, members] : groups) {
        if (group.first == newest) continue;
        for (const auto& member : members) about(found, *member.node);
    }
    return found;
}

// Which edition is meant is not known here, so the verdict is about all.
v1::Verdict mixed_editions(const Groups& groups) {
    auto found =
        verdict(v1::BLOCKER, "mixed_editions", "CE and EE run in one instance: " + parts_text(groups));
    show_all(found, groups);
    return found;
}

void judge_groups(const Groups& groups, std::vector<v1::Verdict>& verdicts) {
    if (groups.empty()) return;
    if (groups.begin()->first.first != groups.rbegin()->first.first)
        verdicts.push_back(mixed_versions(groups));
    const auto runs = [&groups](v1::Edition edition) {
        return std::ranges::any_of(groups,
                                   [edition](const auto& group) { return group.first.second == edition; });
    };
    if (runs(v1::CE) && runs(v1::EE)) verdicts.push_back(mixed_editions(groups));
}

v1::Verdict unseen_versions(const Fleet& fleet) {
    auto unseen = verdict(v1::UNKNOWN, "unseen", "the version of GitLab was not seen");
    for (const auto& node : fleet.nodes) {
        if (installation_unseen(node)) about_unseen(unseen, node, "installation");
        for (const auto& installed : installations(node)) {
            if (!installed.version)
                about(unseen, node, *installed.finding, "GitLab is there, its version was not found");
        }
    }
    return unseen;
}

v1::Verdict unseen_editions(const std::vector<Installed>& all) {
    auto unseen = verdict(v1::UNKNOWN, "edition_unseen", "the edition of GitLab (CE or EE) was not seen");
    for (const auto& installed : all) {
        if (!installed.version || installed.what->edition() != v1::EDITION_UNSPECIFIED) continue;
        about(unseen, *installed.node, *installed.finding, installed.version->text() + ", edition not found");
    }
    return unseen;
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    const auto all = installations(fleet);
    const auto groups = grouped(all);
    std::vector<v1::Verdict> verdicts;
    judge_groups(groups, verdicts);
    keep(verdicts, unseen_versions(fleet));
    keep(verdicts, unseen_editions(all));
    if (!verdicts.empty()) return verdicts;
    if (groups.empty()) return {verdict(v1::UNKNOWN, "no_gitlab", "no node that runs GitLab has reported")};
    const auto& [group, members] = *groups.begin();
    auto ready = verdict(v1::READY, "one", "every node with GitLab runs " + group_text(group));
    for (const auto& member : members) about(ready, *member.node, *member.finding, group_text(group));
    return {ready};
}

}  // namespace

constexpr Check version_one_version{
    .id = "version.one_version",
    .asks = "Do all nodes run one version and edition of GitLab?",
    .judge = judge,
};

}  // namespace preflight::readiness
