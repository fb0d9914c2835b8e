#include "readiness/checks/backup_schedule.h"

#include <algorithm>
#include <utility>

#include "readiness/archives.h"
#include "readiness/installed.h"
#include "readiness/sites.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Kind = v1::BackupSchedule;

struct Cases {
    v1::Verdict unseen =
        verdict(v1::UNKNOWN, "unseen", "whether a schedule makes backups of the application was not seen");
    v1::Verdict none =
        verdict(v1::WARNING, "none", "no schedule that makes backups of the application was found");
    v1::Verdict disabled = verdict(v1::WARNING, "disabled",
                                   "a timer would make backups of the application, but nothing starts it");
    v1::Verdict parts =
        verdict(v1::WARNING, "parts",
                "the schedule leaves out the database or the repositories: nothing can be restored from it");
    v1::Verdict ready = verdict(v1::READY, "scheduled", "a schedule makes backups of the application");
    v1::Verdict configuration =
        verdict(v1::NOTE, "configuration", "no schedule of the node makes backups of /etc/gitlab");
};

// What a schedule is worth, best first.
enum class Worth { whole, unclear, parts, disabled };

bool skips(const Kind& schedule, std::string_view task) {
    return std::ranges::find(schedule.skips(), task) != schedule.skips().end();
}

Worth worth_of(const Kind& schedule) {
    if (schedule.disabled()) return Worth::disabled;
    if (skips(schedule, "db") || skips(schedule, "repositories")) return Worth::parts;
    return skips(schedule, "?") ? Worth::unclear : Worth::whole;
}

// The best one.
const v1::Finding* schedule_of(const FleetNode& node, Kind::Kind kind) {
    const v1::Finding* best = nullptr;
    for (const auto& [schedule, finding] :
         findings_of<&v1::Finding::has_backup_schedule, &v1::Finding::backup_schedule>(node)) {
        if (schedule->kind() != kind) continue;
        if (best == nullptr || worth_of(*schedule) < worth_of(best->backup_schedule())) best = finding;
    }
    return best;
}

std::string text_of(const Kind& schedule) {
    auto text = clipped(schedule.source(), 160) + ": " + clipped(schedule.when(), 80);
    const std::vector<std::string> skipped(schedule.skips().begin(), schedule.skips().end());
    if (!skipped.empty()) text += ", skips " + listed_first(skipped);
    if (schedule.disabled()) text += " (timer not enabled)";
    return text;
}

// On a secondary site no backup can be made, whatever is scheduled there.
bool counts(const FleetNode& node) {
    const auto roles = findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node);
    return without_gitlab(node) || (!roles.empty() && !is_of_secondary(node));
}

void judge_configuration(const FleetNode& node, Cases& cases) {
    const auto* found = schedule_of(node, Kind::CONFIGURATION);
    if ((found != nullptr && !found->backup_schedule().disabled()) || !finished(node, "backups")) return;
    if (!blinding_gaps(node).empty()) return;
    if (found != nullptr) {
        about(cases.configuration, node, *found, text_of(found->backup_schedule()));
    } else {
        about_inspection(cases.configuration, node, "nothing starts gitlab-ctl backup-etc");
    }
}

// One that counts, but is no backup that leads back.
void judge_lesser(const FleetNode& node, const v1::Finding& found, Cases& cases) {
    const auto text = text_of(found.backup_schedule());
    const auto worth = worth_of(found.backup_schedule());
    if (worth == Worth::unclear)
        return about(cases.unseen, node, found, text + ": what it leaves out is computed where it runs");
    about(worth == Worth::parts ? cases.parts : cases.disabled, node, found, text);
}

// One node that makes them is enough.
void judge_lack(const Fleet& fleet, Cases& cases) {
    for (const auto& node : fleet.nodes) {
        const auto* found = schedule_of(node, Kind::APPLICATION);
        const bool lesser = found != nullptr && counts(node);
        if (lesser) judge_lesser(node, *found, cases);
        if (!may_make_backups(node)) continue;
        if (!finished(node, "backups") || !blinding_gaps(node).empty()) {
            about_unseen(cases.unseen, node, "backups");
        } else if (found != nullptr && !lesser) {
            about(cases.unseen, node, *found, "of which Geo site the node is was not seen");
        } else if (found == nullptr) {
            about_inspection(cases.none, node, "no crontab, script or timer starts gitlab-backup create");
        }
    }
    // Where one node was not seen there may be one; and one that is worth little is more than none.
    for (const auto* other : {&cases.unseen, &cases.disabled, &cases.parts}) {
        if (!other->nodes().empty()) cases.none.clear_nodes();
    }
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    for (const auto& node : fleet.nodes) {
        const auto* found = schedule_of(node, Kind::APPLICATION);
        if (found != nullptr && counts(node) && worth_of(found->backup_schedule()) == Worth::whole)
            about(cases.ready, node, *found, text_of(found->backup_schedule()));
        if (may_make_backups(node)) judge_configuration(node, cases);
    }
    if (cases.ready.nodes().empty()) judge_lack(fleet, cases);
    std::vector<v1::Verdict> verdicts;
    for (auto* found : {&cases.unseen, &cases.none, &cases.disabled, &cases.parts, &cases.ready})
        keep(verdicts, std::move(*found));
    if (verdicts.empty()) verdicts.push_back(Cases().unseen);  // nobody who makes backups reports
    keep(verdicts, std::move(cases.configuration));
    return verdicts;
}

}  // namespace

constexpr Check backup_schedule{
    .id = "backup.schedule",
    .asks = "Does a schedule make backups?",
    .judge = judge,
};

}  // namespace preflight::readiness
