#include "probes/tracked_migrations.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "probes/shown.h"
#include "probes/table_columns.h"

namespace preflight::probes {

void look_at_tracked_migrations(Postgres& server, std::string_view database, Findings& out) {
    constexpr std::string_view affects = "background migrations of the kind before batched ones";
    constexpr std::size_t classes_limit = 100;
    const auto columns = columns_of(server, "background_migration_jobs");
    if (!columns && columns.error().cause == v1::Gap::ABSENT) return;
    if (!columns) return out.gap(columns.error(), affects);
    // Status 0 is pending, 1 succeeded: background_migration_job.rb.
    const auto rows = server.ask(
        fmt::format("SELECT class_name, count(*), max(updated) FROM (SELECT class_name, {} AS updated FROM "
                    "public.background_migration_jobs WHERE status = 0) AS pending GROUP BY class_name ORDER "
                    "BY class_name LIMIT {}",
                    seconds_of(*columns, "updated_at"), classes_limit + 1));
    if (!rows) return out.gap(rows.error(), affects);
    for (std::size_t at = 0; at < std::min(rows->size(), classes_limit); ++at) {
        const auto& row = (*rows)[at];
        auto& jobs = *out.add(server.address()).mutable_tracked_migration_jobs();
        jobs.set_database(std::string(database));
        jobs.set_job(shown(row.text(0)));
        jobs.set_pending(row.size(1));
        if (!row.null(2)) jobs.mutable_updated_at()->set_seconds(row.number(2));
    }
    if (rows->size() > classes_limit)
        out.gap({v1::Gap::TOO_LARGE, server.address(), "there are more of them than are read"}, affects);
}

}  // namespace preflight::probes
