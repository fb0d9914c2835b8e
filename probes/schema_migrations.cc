#include "probes/schema_migrations.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "probes/paths.h"
#include "probes/text.h"

namespace preflight::probes {
namespace {

constexpr std::size_t version_digits = 14;
constexpr std::ptrdiff_t listed_limit = 50;
constexpr std::string_view affects = "schema migrations that are pending";

std::string version_in(std::string_view name) {
    const auto digits = name.substr(0, version_digits);
    const bool whole = digits.size() == version_digits && std::ranges::all_of(digits, is_digit);
    return whole ? std::string(digits) : std::string();
}

Result<std::set<std::string>> versions_in(const Node& node, const std::string& directory) {
    const auto entries = node.list(directory);
    if (!entries) return entries.error();
    std::set<std::string> versions;
    for (const auto& entry : *entries) {
        if (auto version = version_in(entry.name); !version.empty() && entry.name.ends_with(".rb"))
            versions.insert(std::move(version));
    }
    return versions;
}

std::vector<std::string> without(const std::set<std::string>& versions, const std::set<std::string>& others) {
    std::vector<std::string> left;
    std::ranges::set_difference(versions, others, std::back_inserter(left));
    return left;
}

std::string rails_root(const Node& node) {
    for (const auto root : {paths::rails_root, paths::cloud_native_root, paths::self_compiled_root}) {
        if (node.status(std::string(root) + "/db/migrate")) return std::string(root);
    }
    return std::string(paths::rails_root);
}

}  // namespace

Result<MigrationFiles> list_migrations(const Node& node, std::string_view database) {
    const auto folder = rails_root(node) + (database == "geo" ? "/ee/db/geo" : "/db");
    auto migrate = versions_in(node, folder + "/migrate");
    if (!migrate) return migrate.error();
    auto post_migrate = versions_in(node, folder + "/post_migrate");
    if (!post_migrate) return post_migrate.error();
    return MigrationFiles{std::move(*migrate), std::move(*post_migrate)};
}

v1::SchemaMigrations compare_migrations(const MigrationFiles& files, const std::set<std::string>& applied) {
    auto on_disk = files.migrate;
    on_disk.insert(files.post_migrate.begin(), files.post_migrate.end());
    v1::SchemaMigrations said;
    said.set_applied(static_cast<std::uint32_t>(applied.size()));
    if (!applied.empty()) said.set_newest_applied(*applied.rbegin());
    said.set_files(static_cast<std::uint32_t>(on_disk.size()));
    if (!on_disk.empty()) said.set_newest_file(*on_disk.rbegin());
    const auto pending = without(on_disk, applied);
    said.set_pending(static_cast<std::uint32_t>(pending.size()));
    said.set_pending_post_deploy(static_cast<std::uint32_t>(std::ranges::count_if(
        pending, [&](const std::string& version) { return files.post_migrate.contains(version); })));
    for (const auto& version : pending) {
        if (said.pending_versions_size() < listed_limit) said.add_pending_versions(version);
    }
    auto unknown = without(applied, on_disk);
    if (on_disk.empty()) unknown.clear();
    std::erase_if(unknown, [&](const std::string& version) { return version < *on_disk.begin(); });
    said.set_unknown(static_cast<std::uint32_t>(unknown.size()));
    const auto shown = std::min<std::ptrdiff_t>(listed_limit, std::ssize(unknown));
    for (auto version = unknown.end() - shown; version != unknown.end(); ++version)
        said.add_unknown_versions(*version);
    return said;
}

void look_at_schema_migrations(const Node& node, Postgres& server, std::string_view database, Findings& out) {
    const auto files = list_migrations(node, database);
    if (!files) return out.gap(files.error(), affects);
    const auto rows = server.ask("SELECT version FROM public.schema_migrations");
    if (!rows) return out.gap(rows.error(), affects);
    std::set<std::string> applied;
    for (const auto& row : *rows) {
        if (auto version = version_in(row.text(0)); !version.empty()) applied.insert(std::move(version));
    }
    auto said = compare_migrations(*files, applied);
    said.set_database(std::string(database));
    *out.add(server.address()).mutable_schema_migrations() = std::move(said);
}

}  // namespace preflight::probes
