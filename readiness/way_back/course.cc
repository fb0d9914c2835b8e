#include "readiness/way_back/course.h"

#include <algorithm>
#include <utility>

#include "readiness/step_text.h"
#include "readiness/way_back/archive_fit.h"

namespace preflight::readiness {

void Course::add(std::string_view text, const PlanNodes& nodes, std::string where, Fillings more) const {
    writer.add({.text = text, .nodes = nodes, .where = std::move(where), .more = std::move(more)});
}

const Archive* Course::archive() const {
    return going.first ? fitting(back.archives, going.leg.from, back.fleet) : nullptr;
}

PlanNodes Course::restoring(const PlanNodes& nodes) const {
    if (nodes.empty()) return {};
    const auto* best = archive();
    const auto holder = std::ranges::find_if(
        nodes, [best](const PlanNode* node) { return best != nullptr && node->node == best->node; });
    return {holder == nodes.end() ? nodes.front() : *holder};
}

std::string Course::backup() const {
    constexpr auto some = "BACKUP";
    constexpr std::string_view suffix = "_gitlab_backup.tar";
    const auto* best = archive();
    if (best == nullptr) return some;
    auto name = archive_name(*best);
    if (!name.ends_with(suffix)) return some;
    name.resize(name.size() - suffix.size());
    return is_plain_word(name) ? name : some;
}

bool has_commands(const PlanNode& node) {
    return node.method() == v1::Installation::LINUX_PACKAGE || node.method() == v1::Installation::DOCKER;
}

std::string words_for(const PlanSite& site, const PlanNodes& nodes, std::string_view many) {
    if (site.single()) return "the node";
    return nodes.size() == 1 ? "one node" : std::string(many);
}

void stop_services(const Course& course, const PlanSite& site) {
    const auto nodes =
        chosen(site, [](const PlanNode& node) { return node.application && has_commands(node); });
    course.add("back_stop_application", nodes, words_for(site, nodes, "the Rails and Sidekiq nodes"));
}

}  // namespace preflight::readiness
