#include "readiness/way_back/restore_back.h"

#include <algorithm>

#include "readiness/plan/backup_route.h"
#include "readiness/plan/undertaking.h"
#include "readiness/step_text.h"
#include "readiness/way_back/order_back.h"
#include "readiness/way_back/unpackaged_back.h"

namespace preflight::readiness {
namespace {

// By one node, or by a person where none is known that could.
void on_rails(const Course& course, const PlanSite& site, std::string_view text, const PlanNodes& nodes,
              const Measured& measured = {}) {
    const Fillings more{{"backup", {course.backup()}}};
    course.writer.add({.text = text,
                       .nodes = nodes,
                       .where = words_for(site, nodes, ""),
                       .more = more,
                       .measured = measured});
    if (!nodes.empty()) return;
    const auto where = site.has(v1::NodeRoles::RAILS) ? "a Rails node" : "a Rails node, which was not seen";
    course.writer.person(text, {{"where", {where}}, {"backup", {course.backup()}}}, measured);
}

void restore_backup(const Course& course, const PlanSite& site, const PlanNodes& nodes) {
    if (restores_unpackaged(site)) return restore_unpackaged(course, site);
    const auto truth = through_pgbouncer(course.back);
    const Measured server{.note = seen_to_write(site)};
    const Measured open{.note = truth == Truth::unknown
                                    ? written("back_note_pgbouncer", {}, course.back.knowledge).title()
                                    : std::string()};
    switch (backup_route(truth == Truth::holds, course.going.leg.from, course.back.knowledge)) {
        case BackupRoute::as_rails:
            return on_rails(course, site, "back_restore", nodes, open);
        case BackupRoute::by_override:
            return on_rails(course, site, "back_restore_past_pgbouncer", nodes, server);
        case BackupRoute::past_pgbouncer:
            on_rails(course, site, "back_bypass_pgbouncer", nodes, server);
            on_rails(course, site, "back_restore", nodes);
            return on_rails(course, site, "back_end_bypass", nodes);
    }
}

// On the server that takes writes, wherever it is.
void analyze(const Course& course, const PlanSite& site) {
    const auto databases = chosen(site, [](const PlanNode& node) {
        return node.database && has_commands(node) && (!node.patroni || node.leads);
    });
    course.add("back_analyze", databases, words_for(site, databases, "the PostgreSQL nodes"));
    if (site.has(v1::NodeRoles::PATRONI) && std::ranges::none_of(databases, &PlanNode::leads)) {
        course.writer.person("back_analyze", {{"where", {"the PostgreSQL node that leads"}}});
    } else if (databases.empty()) {
        const auto where =
            "the PostgreSQL server" + course.writer.site_words() + ", which no node that was seen runs";
        course.writer.person("back_analyze_external", {{"where", {where}}});
    }
}

}  // namespace

Truth through_pgbouncer(const Return& back) {
    v1::Condition asked;
    asked.mutable_through_pgbouncer();
    return evaluate(asked, back.fleet, back.upgrade, back.knowledge).truth;
}

PlanNodes restoring(const Course& course, const PlanSite& site) {
    return course.restoring(chosen(site, [](const PlanNode& node) {
        return has_role(*node.node, v1::NodeRoles::RAILS) && has_commands(node);
    }));
}

PlanNodes praefects_of(const PlanSite& site) {
    return chosen(site, [](const PlanNode& node) {
        return has_role(*node.node, v1::NodeRoles::PRAEFECT) && has_commands(node);
    });
}

void restore(const Course& course, const PlanSite& site) {
    const auto nodes = restoring(course, site);
    stop_services(course, site);
    stop_chart(course, site);
    restore_backup(course, site, nodes);
    const auto all = leaders_last(chosen(site, has_commands));
    course.add("back_start", all, words_for(site, all, "all nodes"));
    start_unpackaged(course, site);
    const auto praefects = praefects_of(site);
    if (!praefects.empty()) course.add("back_praefect", {praefects.front()}, "one Praefect node");
    analyze(course, site);
    course.add("back_check", nodes, words_for(site, nodes, ""));
    if (nodes.empty()) check_unpackaged(course, site);
}

}  // namespace preflight::readiness
