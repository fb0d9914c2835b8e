#include "readiness/checks/path_required_stops.h"

#include <algorithm>

#include "model/clock.h"
#include "readiness/installed.h"
#include "readiness/route.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

// Nodes that run something newer than the target. One is enough to make the upgrade a downgrade.
v1::Verdict nodes_above(const Fleet& fleet, const Version& target) {
    auto above = verdict(
        v1::BLOCKER, "downgrade",
        "a newer version than the target " + target.text() + " is installed: this would be a downgrade");
    for (const auto& installed : installations(fleet)) {
        if (!installed.version || *installed.version <= target) continue;
        about(above, *installed.node, *installed.finding, installed.version->text() + " is installed");
    }
    return above;
}

std::string hops_text(const Path& path) {
    std::string text;
    for (const auto& hop : path.hops) {
        if (!text.empty()) text += " → ";
        text += hop.version();
        if (hop.conditional()) text += " (conditional)";
    }
    return text;
}

std::string stop_text(const OpenStop& open, const v1::Knowledge& knowledge) {
    const auto minor = parse_version(open.stop->minor()).value_or(Version());
    const auto patch = std::max(newest_patch(minor, knowledge), parse_version(open.stop->at_least()));
    return patch ? patch->text() : open.stop->minor();
}

// What the findings say of a stop that only some instances need. It is left out only where they prove that
// this one does not.
v1::Verdict judge_conditional(const OpenStop& open, const v1::Knowledge& knowledge) {
    const auto stop = "stop " + stop_text(open, knowledge);
    const auto when = ": " + open.stop->condition();
    auto said = v1::Verdict();
    switch (open.decided.truth) {
        case Truth::holds:
            said = verdict(v1::NOTE, "needed", stop + " is needed here" + when);
            break;
        case Truth::fails:
            said = verdict(v1::NOTE, "dropped", stop + " is left out, its condition does not hold" + when);
            break;
        case Truth::unknown:
            said = verdict(v1::NOTE, "conditional", stop + " is needed only if" + when.substr(1));
    }
    *said.mutable_evidence() = open.decided.shown.evidence();
    return said;
}

Verdicts judge_hops(const Route& route, const v1::Knowledge& knowledge) {
    const auto& hops = route.path.hops;
    const auto way = route.from->text() + " → " + hops_text(route.path);
    Verdicts verdicts;
    if (hops.size() < 2) {
        verdicts.push_back(verdict(v1::READY, "direct", "no stop lies between: " + way));
    } else {
        verdicts.push_back(
            verdict(v1::NOTE, "stops", counted(hops.size() - 1, "stop") + " before the target: " + way));
    }
    for (const auto& open : route.conditional) verdicts.push_back(judge_conditional(open, knowledge));
    return verdicts;
}

// A patch that GitLab tells to pass by may still be installed: the path is whole, the target is not the best.
void judge_patch(const Version& target, const Path& path, Verdicts& verdicts) {
    if (!path.target_at_least || target >= *path.target_at_least) return;
    verdicts.push_back(verdict(v1::WARNING, "unfit_patch",
                               "of GitLab " + target.minor_text() + ", which is a required stop, " +
                                   path.target_at_least->text() +
                                   " is the lowest patch that may serve as one"));
}

Verdicts judge_unknown_patch(const Route& route, const Version& target, const v1::Knowledge& knowledge) {
    auto verdicts = judge_hops(route, knowledge);
    std::erase_if(verdicts, [](const v1::Verdict& verdict) { return verdict.level() == v1::READY; });
    verdicts.push_back(
        verdict(v1::UNKNOWN, "beyond_patch", unknown_way(route.path.kind, *route.from, target, knowledge)));
    return verdicts;
}

Verdicts judge_found(const Route& route, const Version& target, const v1::Knowledge& knowledge) {
    auto verdicts = judge_hops(route, knowledge);
    judge_patch(target, route.path, verdicts);
    return verdicts;
}

Verdicts judge_path(const Route& route, const Version& target, const v1::Knowledge& knowledge) {
    const auto why = unknown_way(route.path.kind, *route.from, target, knowledge);
    switch (route.path.kind) {
        case Path::Kind::found:
            return judge_found(route, target, knowledge);
        case Path::Kind::beyond_patch:
            return judge_unknown_patch(route, target, knowledge);
        case Path::Kind::already_there:
            return {verdict(v1::READY, "already_there",
                            "the lowest running version is the target, " + target.text())};
        case Path::Kind::beyond_knowledge:
            return {verdict(v1::UNKNOWN, "beyond_knowledge", why)};
        case Path::Kind::below_knowledge:
            return {verdict(v1::UNKNOWN, "below_knowledge", why)};
        case Path::Kind::no_such_release:
            return {verdict(v1::UNKNOWN, "no_such_release", why)};
        case Path::Kind::never_released:
            return {verdict(v1::BLOCKER, "never_released", why)};
        case Path::Kind::downgrade:
            break;
    }
    return {};  // nodes_above() has said it
}

// Of one edition to the other: up is an upgrade of its own, down is none.
Verdicts judge_edition(const Fleet& fleet, v1::Edition wanted) {
    if (wanted == v1::EDITION_UNSPECIFIED) return {};
    auto up = verdict(v1::NOTE, "edition_change",
                      "GitLab is to become Enterprise Edition, it is Community Edition");
    auto down = verdict(v1::BLOCKER, "edition_back",
                        "GitLab is Enterprise Edition and cannot become Community Edition");
    for (const auto& installed : installations(fleet)) {
        const auto runs = installed.what->edition();
        if (runs == v1::EDITION_UNSPECIFIED || runs == wanted) continue;
        about(wanted == v1::EE ? up : down, *installed.node, *installed.finding,
              wanted == v1::EE ? "Community Edition" : "Enterprise Edition");
    }
    Verdicts verdicts;
    keep(verdicts, std::move(up));
    keep(verdicts, std::move(down));
    return verdicts;
}

// These verdicts are of the instance; what they rest on is the knowledge.
void add_source(v1::Verdict& verdict, const v1::Knowledge& knowledge) {
    auto& evidence = *verdict.add_evidence();
    evidence.set_source("knowledge/upgrade_path.txtpb");
    if (const auto day = from_iso8601(knowledge.version())) *evidence.mutable_taken_at() = *day;
    evidence.set_what("stops and releases up to GitLab " + knowledge.newest_known());
}

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    const auto route = find_route(fleet, upgrade, knowledge);
    if (!route.from) {
        auto unseen = verdict(v1::UNKNOWN, "version_unseen",
                              "no node's version of GitLab was seen, so no path can be told");
        for (const auto& node : fleet.nodes) {
            if (!without_gitlab(node)) about_unseen(unseen, node, "installation");
        }
        return {unseen};
    }
    auto verdicts = judge_edition(fleet, upgrade.edition);
    keep(verdicts, nodes_above(fleet, upgrade.target));
    for (auto& verdict : judge_path(route, upgrade.target, knowledge)) {
        add_source(verdict, knowledge);
        verdicts.push_back(std::move(verdict));
    }
    return verdicts;
}

}  // namespace

constexpr Check path_required_stops{
    .id = "path.required_stops",
    .asks = "Which stops lie between the running version and the target?",
    .judge = judge,
};

}  // namespace preflight::readiness
