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

// The verdict is about the nodes outside the largest group (the newest of equally large ones), its evidence
// is all groups.
v1::Verdict mixed(const Groups& groups) {
    auto largest = groups.begin();
    std::vector<std::string> parts;
    for (auto group = groups.begin(); group != groups.end(); ++group) {
        if (group->second.size() >= largest->second.size()) largest = group;
        parts.push_back(group_text(group->first) + " on " + counted(group->second.size(), "node"));
    }
    auto found = verdict(v1::BLOCKER, "mixed", "more than one version or edition runs: " + listed(parts));
    for (const auto& [group, members] : groups) {
        for (const auto& member : members) about(found, *member.node, *member.finding, group_text(group));
    }
    found.clear_nodes();
    for (auto group = groups.begin(); group != groups.end(); ++group) {
        if (group == largest) continue;
        for (const auto& member : group->second) about(found, *member.node);
    }
    return found;
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
    if (groups.size() > 1) verdicts.push_back(mixed(groups));
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
