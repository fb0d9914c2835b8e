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
    v1::Verdict ready = verdict(v1::READY, "scheduled", "a schedule makes backups of the application");
    v1::Verdict configuration =
        verdict(v1::NOTE, "configuration", "no schedule of the node makes backups of /etc/gitlab");
};

const v1::Finding* schedule_of(const FleetNode& node, Kind::Kind kind) {
    for (const auto& [schedule, finding] :
         findings_of<&v1::Finding::has_backup_schedule, &v1::Finding::backup_schedule>(node)) {
        if (schedule->kind() == kind) return finding;
    }
    return nullptr;
}

std::string text_of(const v1::BackupSchedule& schedule) {
    return clipped(schedule.source(), 160) + ": " + clipped(schedule.when(), 80);
}

// On a secondary site no backup can be made, whatever is scheduled there.
bool counts(const FleetNode& node) {
    const auto roles = findings_of<&v1::Finding::has_geo_role, &v1::Finding::geo_role>(node);
    return without_gitlab(node) || (!roles.empty() && !is_of_secondary(node));
}

void judge_configuration(const FleetNode& node, Cases& cases) {
    if (schedule_of(node, Kind::CONFIGURATION) != nullptr || !finished(node, "backups")) return;
    if (blinding_gaps(node).empty())
        about_inspection(cases.configuration, node, "nothing starts gitlab-ctl backup-etc");
}

// One node that makes them is enough.
void judge_lack(const Fleet& fleet, Cases& cases) {
    for (const auto& node : fleet.nodes) {
        if (!may_make_backups(node)) continue;
        if (!finished(node, "backups") || !blinding_gaps(node).empty()) {
            about_unseen(cases.unseen, node, "backups");
        } else if (const auto* found = schedule_of(node, Kind::APPLICATION)) {
            about(cases.unseen, node, *found, "of which Geo site the node is was not seen");
        } else {
            about_inspection(cases.none, node, "no crontab, script or timer starts gitlab-backup create");
        }
    }
    // Where one node was not seen there may be one.
    if (!cases.unseen.nodes().empty()) cases.none.clear_nodes();
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    for (const auto& node : fleet.nodes) {
        const auto* found = schedule_of(node, Kind::APPLICATION);
        if (found != nullptr && counts(node))
            about(cases.ready, node, *found, text_of(found->backup_schedule()));
        if (may_make_backups(node)) judge_configuration(node, cases);
    }
    if (cases.ready.nodes().empty()) judge_lack(fleet, cases);
    std::vector<v1::Verdict> verdicts;
    for (auto* found : {&cases.unseen, &cases.none, &cases.ready}) keep(verdicts, std::move(*found));
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
