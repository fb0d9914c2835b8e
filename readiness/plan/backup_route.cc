#include "readiness/plan/backup_route.h"

#include <algorithm>
#include <string_view>

#include "readiness/condition.h"

namespace preflight::readiness {
namespace {

// The known issue that says which versions pass over GITLAB_BACKUP_PGHOST and its siblings.
constexpr std::string_view overrides_ignored = "KI-16-14";

bool passes_over_overrides(const Version& version, const v1::Knowledge& knowledge) {
    const auto issue = std::ranges::find(knowledge.known_issues(), overrides_ignored, &v1::KnownIssue::id);
    return issue != knowledge.known_issues().end() && within(version, issue->started_from());
}

}  // namespace

BackupRoute backup_route(bool through_pgbouncer, const Version& version, const v1::Knowledge& knowledge) {
    if (!through_pgbouncer) return BackupRoute::as_rails;
    return passes_over_overrides(version, knowledge) ? BackupRoute::past_pgbouncer : BackupRoute::by_override;
}

}  // namespace preflight::readiness
