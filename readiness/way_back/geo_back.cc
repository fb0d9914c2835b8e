#include "readiness/way_back/geo_back.h"

#include <algorithm>

#include "readiness/plan/undertaking.h"
#include "readiness/way_back/order_back.h"
#include "readiness/way_back/restore_back.h"
#include "readiness/way_back/unpackaged_back.h"

namespace preflight::readiness {
namespace {

void stop_site(const Course& course, const PlanSite& site) {
    const auto nodes =
        chosen(site, [](const PlanNode& node) { return node.application && has_commands(node); });
    course.add("back_geo_stop", nodes, words_for(site, nodes, "the Rails and Sidekiq nodes"));
}

PlanNodes with_commands(PlanNodes nodes) {
    std::erase_if(nodes, [](const PlanNode* node) { return !has_commands(*node); });
    return nodes;
}

// Of several servers only a person who knows them says which holds the copy.
void on_one_of(const Course& course, const PlanSite& site, std::string_view text, const PlanNodes& copies) {
    if (copies.size() < 2) return course.add(text, copies, words_for(site, copies, ""));
    const auto where = "the node with the copy of the primary's database" + course.writer.site_words();
    auto& step = course.writer.person(text, {{"where", {where}}});
    step.set_note(step.note() + " " + only_one_of(copies));
}

PlanNodes cluster_of(const PlanSite& site) {
    return chosen(site, [](const PlanNode& node) { return node.patroni && has_commands(node); });
}

// Where the copy follows the primary: the leader of the standby cluster, or the server itself.
void on_copy(const Course& course, const PlanSite& site, std::string_view text) {
    const auto cluster = cluster_of(site);
    const auto leader = std::ranges::find_if(cluster, &PlanNode::leads);
    if (leader != cluster.end()) return course.add(text, {*leader}, words_for(site, {*leader}, ""));
    on_one_of(course, site, text, cluster.empty() ? with_commands(copies_of(site)) : cluster);
}

// It wipes what is there.
void copy_anew(const Course& course, const PlanSite& site) {
    const auto cluster = cluster_of(site);
    if (!cluster.empty()) {
        return course.add("back_geo_replicate_patroni", cluster,
                          words_for(site, cluster, "the Patroni nodes"));
    }
    const auto copies = with_commands(copies_of(site));
    if (!copies.empty()) return on_one_of(course, site, "back_geo_replicate", copies);
    const auto where =
        "the server of the copy" + course.writer.site_words() + ", which no node that was seen runs";
    course.writer.person("back_geo_replicate_external", {{"where", {where}}});
}

void track_anew(const Course& course, const PlanSite& site, const PlanNodes& rails) {
    course.add("back_geo_tracking", rails, words_for(site, rails, ""));
    if (!rails.empty()) return;
    const auto where = "a Rails node" + course.writer.site_words();
    course.writer.person("back_geo_tracking", {{"where", {where}}});
}

}  // namespace

void hold_secondary(const Course& course, const PlanSite& site) {
    stop_site(course, site);
    stop_unpackaged(course, site);
    on_copy(course, site, "back_geo_pause");
}

void resume_secondary(const Course& course, const PlanSite& site) {
    const auto rails = restoring(course, site);
    stop_site(course, site);
    stop_chart(course, site);
    on_copy(course, site, "back_geo_resume");
    copy_anew(course, site);
    track_anew(course, site, rails);
    const auto all = leaders_last(chosen(site, has_commands));
    course.add("back_start", all, words_for(site, all, "all nodes"));
    start_unpackaged(course, site);
    course.add("back_geo_check", rails, words_for(site, rails, ""));
}

}  // namespace preflight::readiness
