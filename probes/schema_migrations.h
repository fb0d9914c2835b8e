// SchemaMigrations: GitLab's migrations on this node's disk against those that the database has.
#pragma once

#include <set>
#include <string>
#include <string_view>

#include "preflight/v1/server.pb.h"
#include "probes/node/postgres.h"
#include "probes/probe.h"

namespace preflight::probes {

// Versions are 14 digits.
struct MigrationFiles {
    std::set<std::string> migrate;
    std::set<std::string> post_migrate;
};

// Of the names in db/migrate and db/post_migrate (Geo's tracking database: ee/db/geo/…) of this node's Rails.
Result<MigrationFiles> list_migrations(const Node& node, std::string_view database);

// What is on disk and not applied is pending. What is applied and not on disk is unknown, from the oldest
// file on: older ones were squashed.
v1::SchemaMigrations compare_migrations(const MigrationFiles& files, const std::set<std::string>& applied);

void look_at_schema_migrations(const Node& node, Postgres& server, std::string_view database, Findings& out);

}  // namespace preflight::probes
