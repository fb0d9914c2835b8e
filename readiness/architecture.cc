#include "readiness/architecture.h"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <unordered_map>
#include <utility>

#include "readiness/coverage.h"
#include "readiness/mermaid.h"
#include "readiness/node_match.h"
#include "readiness/outside.h"
#include "readiness/plan/crew_sites.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Where = EndpointUse::Where;

// A box before it has its place: hosts that do not report come after the fleet's nodes.
using Index = std::size_t;

v1::ArchitectureNode box_of(const FleetNode& node) {
    v1::ArchitectureNode box;
    box.set_name(node_name(node));
    std::set<int> roles;
    for (const auto& [found, finding] :
         findings_of<&v1::Finding::has_node_roles, &v1::Finding::node_roles>(node)) {
        roles.insert(found->roles().begin(), found->roles().end());
    }
    for (const auto role : roles) {
        if (const auto name = role_name(role); !name.empty()) box.add_roles(std::string(name));
    }
    box.set_reports(inspected(node));
    return box;
}

std::string host_of(const EndpointUse& use) {
    const auto host = clipped(host_key(use.host), 255);
    if (use.where == Where::dns && !host.starts_with('(')) return host + " (DNS)";
    return use.where == Where::master ? host + " (by Sentinel)" : host;
}

// What stands at edges, and is the same for many of them.
struct Label {
    std::string kind;
    std::string address;
};

struct Use {
    Index from;
    Index to;
    std::size_t label;
    std::string purpose;
};

class Drawing {
  public:
    explicit Drawing(const Fleet& fleet) : fleet_(fleet) {
        const auto sites = sites_by_node(fleet);
        for (Index at = 0; at < fleet.nodes.size(); ++at) {
            const auto& node = fleet.nodes[at];
            places_.try_emplace(&node, at);
            by_name_.try_emplace(node_name(node), at);
            boxes_.push_back(box_of(node));
            boxes_.back().set_site(sites.of[at].name);
        }
    }

    void add(const Endpoint& endpoint) {
        if (endpoint.uses.empty() || bound_to_node(endpoint.uses.front())) return;
        const auto ends = ends_of(endpoint);
        labels_.push_back({endpoint.coverage.kind(), endpoint.coverage.address()});
        for (const auto& use : endpoint.uses) {
            for (const auto to : ends) connect(places_.at(use.node), to, clipped(use.purpose, 120));
        }
    }

    void add(const FleetNode& node, const v1::ExternalService& service) {
        if (is_loopback(service.host())) return;
        const auto host = outside_host(service);
        const auto here = node_named(service.host());
        labels_.push_back({outside_kind(service),
                           service.port() == 0 ? host : host + ":" + std::to_string(service.port())});
        connect(places_.at(&node), here ? *here : hidden(host, true), clipped(service.purpose(), 120));
    }

    v1::Architecture result() && {
        std::vector<Index> order(boxes_.size());
        for (Index at = 0; at < order.size(); ++at) order[at] = at;
        std::ranges::stable_sort(order, {},
                                 [&](Index at) { return std::tie(boxes_[at].site(), boxes_[at].name()); });
        v1::Architecture architecture;
        std::vector<Index> rank(order.size());
        for (const auto at : order) {
            rank[at] = static_cast<Index>(architecture.nodes_size());
            boxes_[at].set_id("n" + std::to_string(rank[at] + 1));
            *architecture.add_nodes() = std::move(boxes_[at]);
        }
        for (auto& use : uses_) {
            use.from = rank[use.from];
            use.to = rank[use.to];
        }
        add_edges(architecture);
        return architecture;
    }

  private:
    void add_edges(v1::Architecture& architecture) {
        const auto place = [&](const Use& use) {
            const auto& label = labels_[use.label];
            return std::tie(use.from, use.to, label.kind, label.address);
        };
        std::ranges::sort(uses_, [&](const Use& one, const Use& other) {
            return std::tuple_cat(place(one), std::tie(one.purpose)) <
                   std::tuple_cat(place(other), std::tie(other.purpose));
        });
        const Use* last = nullptr;
        v1::ArchitectureEdge* edge = nullptr;
        for (auto& use : uses_) {
            if (last == nullptr || place(*last) != place(use)) {
                edge = architecture.add_edges();
                edge->set_from(architecture.nodes(static_cast<int>(use.from)).id());
                edge->set_to(architecture.nodes(static_cast<int>(use.to)).id());
                edge->set_kind(labels_[use.label].kind);
                edge->set_address(labels_[use.label].address);
            }
            const auto& told = edge->purposes();
            if (!use.purpose.empty() && (told.empty() || *told.rbegin() != use.purpose))
                edge->add_purposes(use.purpose);
            last = &use;
        }
    }

    std::vector<Index> ends_of(const Endpoint& endpoint) {
        std::vector<Index> ends;
        ends.reserve(endpoint.by.size() + 1);
        for (const auto& name : endpoint.by) ends.push_back(by_name_.at(name));
        const bool external = endpoint.coverage.state() == v1::EndpointCoverage::EXTERNAL;
        if (ends.empty()) ends.push_back(hidden(host_of(endpoint.uses.front()), external));
        return ends;
    }

    // One host may be external for one service and not accounted for with another: then it is not.
    Index hidden(const std::string& name, bool external) {
        const auto [known, is_new] = hidden_.try_emplace(name, boxes_.size());
        if (is_new) {
            boxes_.emplace_back().set_name(name);
            boxes_.back().set_external(external);
        }
        auto& box = boxes_[known->second];
        box.set_external(box.external() && external);
        return known->second;
    }

    const std::optional<Index>& node_named(const std::string& host) {
        const auto [known, is_new] = answers_.try_emplace(host);
        if (!is_new) return known->second;
        const auto node = std::ranges::find_if(
            fleet_.nodes, [&](const FleetNode& one) { return inspected(one) && goes_by(one, host); });
        if (node != fleet_.nodes.end()) known->second = places_.at(&*node);
        return known->second;
    }

    // With the label that was made last.
    void connect(Index from, Index to, std::string purpose) {
        if (from != to) uses_.push_back({from, to, labels_.size() - 1, std::move(purpose)});
    }

    const Fleet& fleet_;
    std::vector<v1::ArchitectureNode> boxes_;
    std::unordered_map<const FleetNode*, Index> places_;
    std::map<std::string, Index> by_name_;  // of two nodes with one name the first
    std::map<std::string, Index> hidden_;
    std::map<std::string, std::optional<Index>> answers_;
    std::vector<Label> labels_;
    std::vector<Use> uses_;
};

}  // namespace

v1::Architecture architecture_of(const Fleet& fleet, const Upgrade& upgrade) {
    Drawing drawing(fleet);
    for (const auto& endpoint : endpoints_of(fleet, upgrade.external)) drawing.add(endpoint);
    for (const auto& node : fleet.nodes) {
        for (const auto& [service, finding] :
             findings_of<&v1::Finding::has_external_service, &v1::Finding::external_service>(node)) {
            drawing.add(node, *service);
        }
    }
    auto architecture = std::move(drawing).result();
    architecture.set_mermaid(mermaid_of(architecture));
    return architecture;
}

}  // namespace preflight::readiness
