// Whether Geo is used, and what each of its sites is like.
#include <algorithm>
#include <map>
#include <set>

#include "readiness/plan/crew_sites.h"
#include "readiness/sites.h"
#include "readiness/support_answers/question.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Answer = v1::SupportAnswer;
using Names = std::map<std::string, std::vector<std::string>>;

Names nodes_by_site(const Fleet& fleet) {
    Names names;
    const auto sites = sites_by_node(fleet);
    for (std::size_t at = 0; at < fleet.nodes.size(); ++at) {
        if (sites.of[at].known) names[sites.of[at].name].push_back(clipped(node_name(fleet.nodes[at]), 80));
    }
    return names;
}

// "; of 20 kinds of data 2 are not all there: lfs_objects, uploads"
std::string data_of(const v1::GeoSite& site) {
    if (site.data().empty()) return "; what of its data is copied was not told";
    std::vector<std::string> behind;
    for (const auto& data : site.data()) {
        if (data.failed() > 0 || data.synced() < data.total()) behind.push_back(clipped(data.name(), 60));
    }
    return "; " + counted(site.data().size(), "kind") + " of data" +
           (behind.empty() ? ", all copied" : ", not all copied: " + listed_first(behind, 5));
}

std::string text_of(const Site& site, const Names& names) {
    const auto& what = site.what();
    auto text = site_text(site);
    if (!what.primary()) {
        if (!what.enabled()) text += "; switched off";
        if (!what.message().empty()) text += "; says \"" + clipped(what.message(), 200) + "\"";
        if (!what.selective_sync().empty()) text += "; copies only by " + clipped(what.selective_sync(), 60);
        if (what.copies_object_storage()) text += "; copies object storage";
        text += data_of(what);
    }
    const auto nodes = names.find(clipped(what.name(), 120));
    return text + (nodes == names.end() ? "; none of its nodes reports under that name"
                                        : "; nodes: " + listed_first(nodes->second));
}

bool is_told(const std::vector<Site>& sites, const std::string& name) {
    return std::ranges::any_of(
        sites, [&name](const Site& site) { return clipped(site.what().name(), 120) == name; });
}

void answer_untold(Question& question, const std::vector<Site>& sites, const Names& names) {
    for (const auto& [name, nodes] : names) {
        if (!is_told(sites, name))
            question.say(Answer::NOT_SEEN, name,
                         "A site that no database told of; nodes: " + listed_first(nodes));
    }
}

}  // namespace

void answer_geo(Question& question, const Asked& asked) {
    v1::Condition uses;
    uses.mutable_geo();
    const auto decided = evaluate(uses, asked.fleet, asked.upgrade, asked.knowledge);
    const auto sites = sites_of(asked.fleet);
    if (decided.truth == Truth::fails) {
        question.say(Answer::SEEN, "", "Geo is not used.", decided.shown);
        return;
    }
    if (decided.truth == Truth::unknown)
        question.say(Answer::NOT_SEEN, "", "Whether Geo is used was not seen.", decided.shown);
    const auto names = nodes_by_site(asked.fleet);
    for (const auto& site : sites) {
        v1::Verdict shown;
        about(shown, *site.node, *site.finding, site_text(site));
        const bool told = site.what().denied().empty() && site.what().status_known();
        question.say(told ? Answer::SEEN : Answer::NOT_SEEN, clipped(site.what().name(), 120),
                     text_of(site, names), shown);
    }
    answer_untold(question, sites, names);
}

}  // namespace preflight::readiness
