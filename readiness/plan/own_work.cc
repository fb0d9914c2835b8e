#include "readiness/plan/own_work.h"

#include <algorithm>

namespace preflight::readiness {
namespace {

using Texts = std::vector<std::string_view>;

const std::vector<OwnWork>& own_work() {
    static const Texts database_upgrade{"upgrade_postgresql", "upgrade_postgresql_leader",
                                        "upgrade_postgresql_standby_leader", "upgrade_postgresql_members",
                                        "upgrade_external_postgresql"};
    static const Texts full_backup{"full_backup", "full_backup_past_pgbouncer"};
    static const std::vector<OwnWork> works{
        {"backup.complete", {"none", "not_full"}, full_backup, false, false},
        {"backup.fresh", {"stale", "no_time"}, full_backup, false, false},
        {"backup.version", {"other_version", "other_edition", "other_patch"}, full_backup, false, false},
        {"backup.proved", {"other_version"}, full_backup, false, false},
        {"backup.configuration",
         {"none", "unread", "some_without", "outdated", "without_gitlab_rb"},
         {"configuration_backup"},
         false,
         true},
        {"migrations.background",
         {"running", "queued"},
         {"finish_background", "finish_background_rails"},
         false,
         false},
        {"installation.package_state", {"held"}, {"lift_hold", "lift_hold_by_hand"}, true, true},
        {"settings.one_node_migrates",
         {"several", "nobody"},
         {"let_migrate", "keep_from_migrating", "let_praefect_migrate", "keep_praefect_from_migrating"},
         true,
         false},
        {"settings.one_node_migrates", {"tracking"}, {"keep_secondary_from_migrating"}, true, true},
        {"postgresql.version", {"too_old"}, database_upgrade, true, false},
        {"postgresql.version", {"upgrades_itself"}, {"check_postgresql_upgrade"}, true, false},
        {"system.supported", {"ended", "hop"}, {"move_system"}, true, true},
        // What the server that takes writes has rebuilt comes to its copies by itself.
        {"system.supported", {"rebuild"}, {"rebuild_indexes", "rebuild_tracking_indexes"}, true, false},
        // Each says that a version needs a newer PostgreSQL.
        {"known_issues.apply",
         {"KI-16-01", "KI-17-01", "KI-18-01", "KI-19-01"},
         database_upgrade,
         true,
         false},
        // The backups of its versions go past PgBouncer with their node.
        {"known_issues.apply", {"KI-16-14"}, {"bypass_for_backup"}, true, false},
    };
    return works;
}

// "19.2.4/secondary-1/full_backup-2" → "full_backup"
std::string_view text_in(std::string_view id) {
    id.remove_prefix(id.rfind('/') + 1);
    return id.substr(0, id.find('-'));
}

}  // namespace

const OwnWork* own_work_of(const v1::Verdict& verdict) {
    const auto found = std::ranges::find_if(own_work(), [&](const OwnWork& own) {
        return own.check == verdict.check() && std::ranges::find(own.keys, verdict.key()) != own.keys.end();
    });
    return found == own_work().end() ? nullptr : &*found;
}

bool is_step_of(const OwnWork& own, const v1::PlanStep& step) {
    return std::ranges::find(own.texts, text_in(step.id())) != own.texts.end();
}

bool is_of_database(const OwnWork& own) {
    return own.texts.front().find("postgresql") != std::string_view::npos;
}

}  // namespace preflight::readiness
