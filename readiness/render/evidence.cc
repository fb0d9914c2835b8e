#include "readiness/render/evidence.h"

#include <cstddef>
#include <map>
#include <utility>

#include "readiness/render/visible.h"

namespace preflight::readiness::render {

std::vector<EvidenceGroup> grouped_evidence(const v1::Verdict& verdict) {
    std::vector<EvidenceGroup> groups;
    std::map<std::pair<std::string, std::string>, std::size_t> met;
    for (const auto& evidence : verdict.evidence()) {
        const auto [at, is_new] = met.try_emplace({evidence.source(), evidence.what()}, groups.size());
        if (is_new) groups.push_back({visible(evidence.source()), visible(evidence.what()), {}, {}});
        auto& group = groups[at->second];
        const auto& node = evidence.node();
        if (!node.empty() && (group.nodes.empty() || group.nodes.back() != node)) group.nodes.push_back(node);
        group.taken.add(evidence.has_taken_at(), evidence.taken_at());
    }
    return groups;
}

}  // namespace preflight::readiness::render
