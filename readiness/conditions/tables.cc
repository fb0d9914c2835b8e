// Predicates on GitLab's own tables.
#include <algorithm>
#include <utility>

#include "readiness/conditions/predicates.h"
#include "readiness/sites.h"

namespace preflight::readiness {
namespace {

// No node that could see it saw all of it.
Decided unseen_by_all(const Scene& scene, SomeNode some) {
    for (const auto& node : scene.fleet.nodes) {
        if (runs_application(node) || !roles_seen(node)) some.unseen(node, "postgres");
    }
    some.nobody();
    return some.decided();
}

// Asks the nodes that see a database. Where none does, nobody could tell: what is said of a database is said
// of the instance, and one node that sees all of it is enough.
template <auto has, auto get, typename Ask>
Decided some_row(const Scene& scene, Ask ask) {
    SomeNode some;
    bool seen = false;
    for (const auto& node : scene.fleet.nodes) {
        const auto rows = findings_of<has, get>(node);
        seen = seen || (!rows.empty() && saw_all(node, "postgres"));
        for (const auto& [row, finding] : rows) ask(node, *row, *finding, some);
    }
    if (seen) return some.decided();
    return unseen_by_all(scene, std::move(some));
}

// What a secondary's row says; `primary` is nullptr where no row is the primary's.
Truth is_so(v1::GeoSiteIs::Fact fact, const v1::GeoSite& site, const Site* primary) {
    const auto& denied = site.denied();
    if (fact == v1::GeoSiteIs::COPIES_OBJECT_STORAGE) {
        if (site.copies_object_storage()) return Truth::holds;
        const bool hidden = std::ranges::find(denied, "geo_nodes.sync_object_storage") != denied.end();
        return hidden ? Truth::unknown : Truth::fails;
    }
    if (fact != v1::GeoSiteIs::OWN_URL || primary == nullptr) return Truth::unknown;
    if (site.url().empty() || primary->what().url().empty()) return Truth::unknown;
    return without_slash(site.url()) == without_slash(primary->what().url()) ? Truth::fails : Truth::holds;
}

}  // namespace

Decided decide(const v1::InstanceSets& asked, const Scene& scene) {
    return some_row<&v1::Finding::has_instance_settings, &v1::Finding::instance_settings>(
        scene, [&](const FleetNode& node, const v1::InstanceSettings& settings, const v1::Finding& finding,
                   SomeNode& some) {
            const auto value = settings.values().find(asked.column());
            if (value == settings.values().end()) return;  // this version does not have it
            const auto what = asked.column() + " is " + value->second;
            if (std::ranges::find(asked.values(), value->second) != asked.values().end()) {
                some.holds(node, finding, what);
            } else {
                some.fails(node, finding, what);
            }
        });
}

Decided decide(const v1::TableHas& asked, const Scene& scene) {
    return some_row<&v1::Finding::has_table_estimate, &v1::Finding::table_estimate>(
        scene, [&](const FleetNode& node, const v1::TableEstimate& table, const v1::Finding& finding,
                   SomeNode& some) {
            if (table.table() != asked.table()) return;
            const auto what = table.table() + " has about " + passing(std::to_string(table.rows())) + " rows";
            if (table.rows() > asked.rows_above()) {
                some.holds(node, finding, what);
            } else if (table.never_analysed()) {
                some.unseen(node, finding,
                            table.table() + " was never analysed: PostgreSQL has no estimate of it");
            } else {
                some.fails(node, finding, what);
            }
        });
}

// The databases are asked for different facts: what none of them tells was not seen.
Decided decide(const v1::TableFactIs& asked, const Scene& scene) {
    v1::Condition condition;
    *condition.mutable_table_fact() = asked;
    const auto text = describe(condition);
    SomeNode some;
    bool told = false;
    for (const auto& node : scene.fleet.nodes) {
        for (const auto& [fact, finding] :
             findings_of<&v1::Finding::has_table_fact, &v1::Finding::table_fact>(node)) {
            if (fact->fact() != asked.fact()) continue;
            told = true;
            const auto where = text + " in the database " + fact->database();
            if (!fact->unseen().empty()) {
                some.unseen(node, *finding, fact->unseen());
            } else if (fact->holds()) {
                some.holds(node, *finding, where);
            } else {
                some.fails(node, *finding, "it is not so that " + where);
            }
        }
    }
    if (told) return some.decided();
    return unseen_by_all(scene, std::move(some));
}

Decided decide(const v1::GeoSiteIs& asked, const Scene& scene) {
    v1::Condition condition;
    *condition.mutable_geo_site() = asked;
    const auto text = describe(condition);
    SomeNode some;
    const auto sites = sites_of(scene.fleet);
    const auto is_primary = [](const Site& site) { return site.what().primary(); };
    const auto primary = std::ranges::find_if(sites, is_primary);
    for (const auto& site : sites) {
        if (is_primary(site)) continue;
        const auto what = "the site " + clipped(site.what().name(), 120) + ": ";
        switch (is_so(asked.fact(), site.what(), primary == sites.end() ? nullptr : &*primary)) {
            case Truth::holds:
                some.holds(*site.node, *site.finding, what + text);
                break;
            case Truth::unknown:
                some.unseen(*site.node, *site.finding, what + "whether " + text + " was not told");
                break;
            case Truth::fails:
                some.fails(*site.node, *site.finding, what + "it is not so that " + text);
        }
    }
    if (std::ranges::any_of(scene.fleet.nodes, read_database)) return some.decided();
    return unseen_by_all(scene, std::move(some));
}

Decided decide(const v1::UnfinishedMigration& asked, const Scene& scene) {
    SomeNode some;
    for (const auto& node : scene.fleet.nodes) {
        for (const auto& [migration, finding] :
             findings_of<&v1::Finding::has_background_migration, &v1::Finding::background_migration>(node)) {
            if (asked.jobs().empty() ||
                std::ranges::find(asked.jobs(), migration->job()) != asked.jobs().end()) {
                some.holds(node, *finding, migration->job() + " is not finished");
            }
        }
    }
    auto decided = some.decided();
    if (decided.truth == Truth::holds) return decided;
    // That the table was read shows in what the same look found beside it.
    return some_row<&v1::Finding::has_schema_migrations, &v1::Finding::schema_migrations>(
        scene, [](const FleetNode& node, const v1::SchemaMigrations&, const v1::Finding& finding,
                  SomeNode& one) { one.fails(node, finding, "none of them is unfinished"); });
}

}  // namespace preflight::readiness
