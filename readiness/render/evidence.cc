#include "readiness/render/evidence.h"

#include <cstddef>
#include <map>
#include <set>
#include <utility>

#include "readiness/render/layout.h"
#include "readiness/render/visible.h"

namespace preflight::readiness::render {

std::vector<EvidenceGroup> grouped_evidence(const EvidenceList& evidence_list) {
    std::vector<EvidenceGroup> groups;
    std::map<std::pair<std::string, std::string>, std::size_t> met;
    for (const auto& evidence : evidence_list) {
        const auto [at, is_new] = met.try_emplace({evidence.source(), evidence.what()}, groups.size());
        if (is_new) groups.push_back({visible(evidence.source()), visible(evidence.what()), {}, {}});
        auto& group = groups[at->second];
        const auto& node = evidence.node();
        if (!node.empty() && (group.nodes.empty() || group.nodes.back() != node)) group.nodes.push_back(node);
        group.taken.add(evidence.has_taken_at(), evidence.taken_at());
    }
    return groups;
}

std::string sources_words(const EvidenceList& evidence_list, int width) {
    std::vector<std::string> sources;
    std::set<std::string> met;
    TimeSpan taken;
    for (const auto& evidence : evidence_list) {
        auto source = visible(evidence.source());
        if (!source.empty() && met.insert(source).second) sources.push_back(std::move(source));
        taken.add(evidence.has_taken_at(), evidence.taken_at());
    }
    if (sources.empty()) return taken.known() ? taken.words() : "";
    return joined(sources, width) + "; " + taken.words();
}

}  // namespace preflight::readiness::render
