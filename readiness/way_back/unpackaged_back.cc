#include "readiness/way_back/unpackaged_back.h"

#include <algorithm>

namespace preflight::readiness {
namespace {

using Method = v1::Installation;

constexpr auto the_chart = "the chart";

// Of one way to install: those that run the application; all of them where none is known to.
PlanNodes of_way(const PlanSite& site, Method::Method method) {
    auto nodes = chosen(site, [method](const PlanNode& node) { return node.method() == method; });
    if (std::ranges::any_of(nodes, &PlanNode::application))
        std::erase_if(nodes, [](const PlanNode* node) { return !node->application; });
    return nodes;
}

// What is done once for all pods is told of the first.
PlanNodes pods(const PlanSite& site) {
    auto nodes = of_way(site, Method::CLOUD_NATIVE);
    if (nodes.size() > 1) nodes.resize(1);
    return nodes;
}

PlanNodes from_source(const PlanSite& site) { return of_way(site, Method::SELF_COMPILED); }

// Where both are there the pods restore: the chart's backup holds what its buckets hold.
PlanNodes sources_that_restore(const Course& course, const PlanSite& site) {
    return pods(site).empty() ? course.restoring(from_source(site)) : PlanNodes();
}

}  // namespace

bool restores_unpackaged(const PlanSite& site) {
    const bool rails = site.has(v1::NodeRoles::RAILS);
    const auto could = chosen(
        site, [rails](const PlanNode& node) { return !rails || has_role(*node.node, v1::NodeRoles::RAILS); });
    const auto unpackaged = [](const PlanNode* node) {
        return node->method() == Method::SELF_COMPILED || node->method() == Method::CLOUD_NATIVE;
    };
    return std::ranges::none_of(could, [](const PlanNode* node) { return has_commands(*node); }) &&
           std::ranges::any_of(could, unpackaged);
}

void stop_unpackaged(const Course& course, const PlanSite& site) {
    const auto nodes = from_source(site);
    course.add("back_stop_self_compiled", nodes, words_for(site, nodes, "the nodes from source"));
    stop_chart(course, site);
}

void stop_chart(const Course& course, const PlanSite& site) {
    course.add("back_stop_cloud_native", pods(site), the_chart);
}

void configure_unpackaged(const Course& course, const PlanSite& site) {
    const auto nodes = from_source(site);
    course.add("back_configuration_self_compiled", nodes, words_for(site, nodes, "the nodes from source"));
}

void restore_unpackaged(const Course& course, const PlanSite& site) {
    const auto nodes = sources_that_restore(course, site);
    course.add("back_restore_self_compiled", nodes, words_for(site, nodes, ""),
               {{"backup", {course.backup()}}});
    course.add("back_restore_cloud_native", pods(site), the_chart);
}

void start_unpackaged(const Course& course, const PlanSite& site) {
    const auto nodes = from_source(site);
    course.add("back_start_self_compiled", nodes, words_for(site, nodes, "the nodes from source"));
    course.add("back_start_cloud_native", pods(site), the_chart);
}

void check_unpackaged(const Course& course, const PlanSite& site) {
    const auto nodes = sources_that_restore(course, site);
    course.add("back_check_self_compiled", nodes, words_for(site, nodes, ""));
    course.add("back_check_cloud_native", pods(site), the_chart);
}

}  // namespace preflight::readiness
