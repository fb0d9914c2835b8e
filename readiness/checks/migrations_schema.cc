#include "readiness/checks/migrations_schema.h"

#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

std::string what_of(const v1::SchemaMigrations& found) {
    return "database " + found.database() + ": " + counted(found.applied(), "migration") + " applied, " +
           counted(found.files(), "file") + " on the node, " + std::to_string(found.pending()) + " pending" +
           (found.pending_versions().empty() ? "" : ", first " + found.pending_versions(0));
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    auto pending = verdict(v1::BLOCKER, "pending", "migrations of the installed version were never run");
    auto post = verdict(v1::BLOCKER, "post_deploy_pending",
                        "only post-deployment migrations of the installed version were not run");
    auto ahead =
        verdict(v1::WARNING, "ahead", "the database has migrations that the node's version does not have");
    auto unseen = verdict(v1::UNKNOWN, "unseen", "whether all migrations were run was not seen");
    auto ready = verdict(v1::READY, "applied", "the database has every migration of the installed version");
    for (const auto& node : fleet.nodes) {
        const auto found =
            findings_of<&v1::Finding::has_schema_migrations, &v1::Finding::schema_migrations>(node);
        const bool missed = found.empty() || !saw_all(node, "postgres");
        const bool could = runs_application(node) || !roles_seen(node);
        if (missed && could && !without_gitlab(node)) about_unseen(unseen, node, "postgres");
        for (const auto& [migrations, finding] : found) {
            const auto what = what_of(*migrations);
            const bool none_else = migrations->pending() == migrations->pending_post_deploy();
            if (migrations->pending() > 0) about(none_else ? post : pending, node, *finding, what);
            if (migrations->unknown() > 0) about(ahead, node, *finding, what);
            if (migrations->files() == 0) about(unseen, node, *finding, "no file of a migration was seen");
            if (migrations->pending() == 0 && migrations->unknown() == 0 && migrations->files() > 0)
                about(ready, node, *finding, what);
        }
    }
    std::vector<v1::Verdict> verdicts;
    for (auto* one : {&pending, &post, &unseen, &ahead, &ready}) keep(verdicts, *one);
    if (verdicts.empty())
        return {verdict(v1::UNKNOWN, "unseen", "no node tells of the database's migrations")};
    return verdicts;
}

}  // namespace

constexpr Check migrations_schema{
    .id = "migrations.schema",
    .asks = "Does the database have exactly the migrations of the version that runs?",
    .judge = judge,
};

}  // namespace preflight::readiness
