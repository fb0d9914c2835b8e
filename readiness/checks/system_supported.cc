#include "readiness/checks/system_supported.h"

#include <algorithm>
#include <utility>

#include "model/clock.h"
#include "readiness/installed.h"
#include "readiness/route.h"
#include "readiness/support.h"
#include "readiness/system_moves.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;
using Support = v1::OperatingSystemSupport;

// A month ends with its last day: of "2026-08" and "2026-08-31" only days behind that are past.
bool is_past(const std::string& end_of_life, const google::protobuf::Timestamp& at) {
    return !end_of_life.empty() && to_iso8601(at).substr(0, end_of_life.size()) > end_of_life;
}

// One node's system, judged for one upgrade.
struct Judged {
    const Installed& installed;
    const v1::OperatingSystem& system;
    const v1::Finding& finding;
    const Support& support;
    const Version& target;
    const google::protobuf::Timestamp& at;
    Build build;
    v1::Edition edition;  // at the target
    const Path& path;
    std::vector<SystemMove> moves;
    Verdicts verdicts;

    Packages offered(const Version& version) const { return packages_for(support, build, version); }
    // "; between hop 2 (18.11.11) and hop 3 (19.2.4): move to Ubuntu 22.04", for each move.
    std::string way_on() const {
        std::string text;
        for (const auto& move : moves) text += "; " + move_text(move, path.hops);
        return text;
    }
    // "FIPS packages for Ubuntu 22.04"
    std::string packages() const {
        return (build.fips ? "FIPS packages for " : "packages for ") + support.name();
    }

    void say(v1::Verdict found) {
        const auto seen =
            system.pretty_name().empty() ? system.id() + " " + system.version_id() : system.pretty_name();
        about(found, *installed.node, finding, seen);
        show(found, support, support.source(),
             support.note().empty() ? "packages for " + support.name() : support.note());
        verdicts.push_back(std::move(found));
    }

    // What the table has of a system.
    void show(v1::Verdict& found, const Support& row, const std::string& source,
              const std::string& what) const {
        auto& table = *found.add_evidence();
        table.set_node(node_name(*installed.node));
        table.set_source(source);
        if (const auto day = from_iso8601(row.date())) *table.mutable_taken_at() = *day;
        table.set_what(what);
    }
};

void judge_edition(Judged& judged) {
    const auto edition = judged.edition;
    const auto& offered = judged.support.editions();
    if (edition == v1::EDITION_UNSPECIFIED && offered.size() < 2) {
        judged.say(verdict(
            v1::UNKNOWN, "edition_unseen",
            judged.support.name() + " has packages of one edition only, and the node's was not seen"));
    }
    // Both enums number CE and EE alike.
    if (edition == v1::EDITION_UNSPECIFIED ||
        std::ranges::find(offered, static_cast<int>(edition)) != offered.end()) {
        return;
    }
    judged.say(
        verdict(v1::BLOCKER, "edition",
                "GitLab has no " + v1::Edition_Name(edition) + " packages for " + judged.support.name()));
}

// The running package was built for one of the two architectures that GitLab builds for. So an architecture
// that was not seen leaves a doubt only where the system is served for one of them.
void judge_architecture(Judged& judged) {
    const auto& seen = judged.build.architecture;
    const auto& offered = judged.support.architectures();
    if (seen.empty() && offered.size() < 2) {
        judged.say(verdict(v1::UNKNOWN, "architecture_unseen",
                           judged.support.name() + " has packages for " + offered.Get(0) +
                               " only, and the node's architecture was not seen"));
    }
    if (seen.empty() || std::ranges::find(offered, seen) != offered.end()) return;
    judged.say(verdict(v1::BLOCKER, "architecture",
                       "GitLab has no packages for " + judged.support.name() + " on " + clipped(seen, 40)));
}

void judge_target(Judged& judged, const v1::Knowledge& knowledge) {
    const auto& support = judged.support;
    const auto target = judged.target.text();
    const auto horizon = parse_version(knowledge.newest_known());
    switch (judged.offered(judged.target)) {
        case Packages::never:
            return judged.say(verdict(v1::BLOCKER, "fips",
                                      "GitLab has no " + judged.packages() + ", and FIPS is installed"));
        case Packages::ended:
            return judged.say(verdict(v1::BLOCKER, "ended",
                                      judged.packages() + " end with GitLab " + support.last() +
                                          ", the target is " + target + judged.way_on()));
        case Packages::not_yet:
            return judged.say(verdict(v1::BLOCKER, "not_yet",
                                      judged.packages() + " begin with GitLab " +
                                          first_version(support, judged.build)->minor_text() +
                                          ", the target is " + target));
        case Packages::gap:
            return judged.say(
                verdict(v1::BLOCKER, "gap", "GitLab " + target + " was built without " + judged.packages()));
        case Packages::offered:
            break;
    }
    if (!horizon || judged.target.minor_release() > horizon->minor_release()) {
        return judged.say(verdict(
            v1::UNKNOWN, "beyond_knowledge",
            "the knowledge ends with GitLab " + knowledge.newest_known() + ", the target is " + target));
    }
    if (is_past(support.end_of_life(), judged.at)) {
        judged.say(verdict(
            v1::WARNING, "end_of_life",
            "the vendor's standard support of " + support.name() + " ended " + support.end_of_life()));
    }
    if (ending(support, judged.target)) {
        const auto last = support.last().empty() ? std::string("not announced") : "GitLab " + support.last();
        judged.say(
            verdict(v1::WARNING, "ending", "packages for " + support.name() + " are ending; last: " + last));
    }
}

// Said only where the target itself has packages: else the remedy is the same newer system.
void judge_hops(Judged& judged) {
    if (judged.offered(judged.target) != Packages::offered) return;
    const auto& path = judged.path;
    for (const auto& hop : path.hops) {
        const auto version = parse_version(hop.version());
        if (!version || *version == judged.target) continue;
        if (judged.offered(*version) == Packages::offered) continue;
        judged.say(verdict(v1::BLOCKER, "hop",
                           "the stop " + hop.version() + " has no " + judged.packages() + judged.way_on()));
        return;
    }
    if (path.kind == Path::Kind::below_knowledge || path.kind == Path::Kind::no_such_release ||
        path.kind == Path::Kind::never_released) {
        judged.say(verdict(v1::UNKNOWN, "no_path",
                           "the stops on the way are not known, so " + judged.support.name() +
                               " was judged for the target alone"));
    }
}

// Of the moves that are told above: only where text indexes may lie that another library has put in order.
void judge_rebuild(Judged& judged) {
    if (!may_hold_database(*judged.installed.node)) return;
    for (const auto& move : judged.moves) {
        if (!move.rebuild) continue;
        auto found = verdict(v1::WARNING, "rebuild",
                             "the move from " + move.from->name() + " to " + systems_text(move) +
                                 " brings a C library that sorts text anew: PostgreSQL's text indexes have "
                                 "to be rebuilt");
        const auto& glibc = judged.system.glibc();
        about(found, *judged.installed.node, judged.finding,
              glibc.empty() ? "its C library was not seen" : "C library " + clipped(glibc, 40));
        for (const auto* next : move.to) {
            if (!next->glibc().empty())
                judged.show(found, *next, next->glibc_source(),
                            next->name() + ": C library " + next->glibc());
        }
        judged.say(std::move(found));
    }
}

// Others judge it by its vendor's end of life and by what the package itself announces.
bool judge_dispute(Judged& judged) {
    const auto last = parse_version(judged.support.disputed_last());
    if (!last || judged.target.minor_release() < last->minor_release()) return false;
    const bool beyond = judged.target.minor_release() > last->minor_release();
    judged.say(verdict(beyond ? v1::WARNING : v1::NOTE, "disputed",
                       "GitLab's list names " + last->minor_text() +
                           " as the last version with packages for " + judged.support.name() +
                           ", which other sources do not bear out"));
    return true;
}

void judge_remarks(Judged& judged) {
    const auto& support = judged.support;
    if (judge_dispute(judged)) return;
    if (support.compatible_only()) {
        return judged.say(verdict(
            v1::NOTE, "compatible_only",
            support.name() + " is not in GitLab's own list; it uses the packages of a compatible system"));
    }
    judged.say(verdict(v1::READY, "supported",
                       support.name() + " has packages on the whole way to " + judged.target.text()));
}

Verdicts judge_node(const Installed& installed, const Upgrade& upgrade, const v1::Knowledge& knowledge,
                    const Path& path) {
    const auto& node = *installed.node;
    const auto systems =
        findings_of<&v1::Finding::has_operating_system, &v1::Finding::operating_system>(node);
    if (systems.empty() || systems.front().first->id().empty()) {
        auto unseen = verdict(v1::UNKNOWN, "unseen", "the operating system was not seen");
        about_unseen(unseen, node, "system");
        return {unseen};
    }
    const auto& [system, finding] = systems.front();
    const auto* support = find_support(*system, knowledge);
    if (support == nullptr) {
        auto unlisted = verdict(
            v1::UNKNOWN, "unlisted",
            clipped(system->id() + " " + system->version_id(), 80) + " is not in the table of systems");
        about(unlisted, node, *finding, system->pretty_name());
        return {unlisted};
    }
    Judged judged{installed,
                  *system,
                  *finding,
                  *support,
                  upgrade.target,
                  upgrade.at,
                  build_of(*installed.what, *system),
                  upgrade.edition == v1::EDITION_UNSPECIFIED ? installed.what->edition() : upgrade.edition,
                  path,
                  moves_of(installed, path.hops, upgrade.edition, knowledge),
                  {}};
    judge_target(judged, knowledge);
    judge_hops(judged);
    judge_rebuild(judged);
    judge_edition(judged);
    judge_architecture(judged);
    if (judged.verdicts.empty()) judge_remarks(judged);
    return judged.verdicts;
}

// Containers bring a system of their own; the rows are about packages.
v1::Verdict without_package() {
    return verdict(v1::NOT_APPLICABLE, "no_package",
                   "no GitLab from a Linux package: the host's system is not asked");
}

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    Verdicts verdicts;
    auto unseen =
        verdict(v1::UNKNOWN, "installation_unseen", "whether the node has GitLab's package was not seen");
    auto other = without_package();
    const auto path = find_route(fleet, upgrade, knowledge).path;
    for (const auto& node : fleet.nodes) {
        if (installation_unseen(node)) about_unseen(unseen, node, "installation");
        if (without_gitlab(node)) about(other, node);
        for (const auto& installed : installations(node)) {
            if (installed.what->method() != v1::Installation::LINUX_PACKAGE) {
                about(other, node, *installed.finding,
                      v1::Installation::Method_Name(installed.what->method()));
                continue;
            }
            for (auto& verdict : judge_node(installed, upgrade, knowledge, path))
                verdicts.push_back(std::move(verdict));
        }
    }
    if (fleet.nodes.empty()) return {verdict(v1::UNKNOWN, "installation_unseen", "no node has reported")};
    keep(verdicts, unseen);
    keep(verdicts, other);
    return verdicts;
}

}  // namespace

constexpr Check system_supported{
    .id = "system.supported",
    .asks = "Does GitLab have packages for every node's operating system, all the way to the target?",
    .judge = judge,
};

}  // namespace preflight::readiness
