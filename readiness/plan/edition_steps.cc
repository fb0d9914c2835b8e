#include "readiness/plan/edition_steps.h"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

#include "readiness/plan/around.h"

namespace preflight::readiness {
namespace {

using Method = v1::Installation;

PlanNodes community_nodes(const PlanSite& site) {
    return chosen(site, [](const PlanNode& node) { return node.installed.what->edition() == v1::CE; });
}

// Empty where the node's package is none of the two, or its words are not known.
Words change_words(const PlanNode& node, const Version& version) {
    if (node.way.package != "gitlab-ce") return {};
    auto way = node.way;
    way.package = "gitlab-ee";
    way.edition = "ee";
    return install_words(way, version);
}

std::string image_after(const PlanNode& node, const Version& version) {
    auto what = *node.installed.what;
    what.set_edition(v1::EE);
    const auto image = image_name(what, version);
    return image.empty() ? "IMAGE" : image;
}

// Nodes that type the same words together.
void change(Writer& writer, const PlanNodes& nodes, const std::string& where, const Version& version) {
    std::map<Words, PlanNodes> packages;
    std::map<std::string, PlanNodes> containers;
    PlanNodes others;
    for (const auto* node : nodes) {
        if (node->method() == Method::LINUX_PACKAGE) {
            packages[change_words(*node, version)].push_back(node);
        } else if (node->method() == Method::DOCKER) {
            containers[image_after(*node, version)].push_back(node);
        } else {
            others.push_back(node);
        }
    }
    Fillings more{{"version", {version.text()}}};
    for (const auto& [words, of] : packages) {
        more.erase("reinstall");
        if (!words.empty()) more["reinstall"] = words;
        writer.add({.text = "change_edition", .nodes = of, .where = where, .one_by_one = true, .more = more});
    }
    for (const auto& [image, of] : containers) {
        more["image"] = {image};
        writer.add({.text = "install_docker", .nodes = of, .where = where, .more = more});
    }
    writer.add({.text = "change_edition_by_hand", .nodes = others, .where = where, .more = more});
}

// The node that migrates. Through PgBouncer migrations fail, in this package as in another.
void change_first(Writer& writer, const Undertaking& work, const SiteWork& of, const PlanNodes& first,
                  const Version& version) {
    const auto where = of.site->single() ? clipped_name(of.site->nodes.front())
                                         : std::string("the Rails node that migrates");
    const bool bypass = work.past_pgbouncer && !of.site->secondary;
    if (bypass) bypass_pgbouncer(writer, *of.site, first, where);
    change(writer, first, where, version);
    if (bypass) writer.add({.text = "back_to_pgbouncer", .nodes = first, .where = where});
}

// In the order of a hop: what serves the others, the node that migrates, the rest.
void change_site(Writer& writer, const Undertaking& work, const SiteWork& of, const Version& version) {
    const auto nodes = community_nodes(*of.site);
    if (nodes.empty()) return;
    PlanNodes behind;
    PlanNodes first;
    PlanNodes rest;
    for (const auto* node : nodes) {
        if (node == of.rails.node) {
            first.push_back(node);
        } else {
            (node->place < Place::rails ? behind : rest).push_back(node);
        }
    }
    std::ranges::stable_sort(behind, {}, [](const PlanNode* node) {
        return std::pair(node->place, node->leads || node->redis_master);
    });
    if (!of.site->single()) stop_application(writer, *of.site);
    change(writer, behind, "the nodes without Rails and Sidekiq", version);
    change_first(writer, work, of, first, version);
    change(writer, rest, "the other nodes", version);
    if (!of.site->single()) start_application(writer, *of.site);
}

}  // namespace

void write_edition_change(Writer& writer, const Undertaking& work, const Version& version) {
    for (const auto& of : work.sites) {
        writer.at(work.crew.geo ? of.site : nullptr);
        change_site(writer, work, of, version);
    }
    writer.at(nullptr);
    check_application(writer, work, "check_after");
    back_up(writer, work, version);
}

}  // namespace preflight::readiness
