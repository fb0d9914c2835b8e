#include "readiness/checks/coverage_endpoints.h"

#include <algorithm>

#include "readiness/coverage.h"
#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;

std::string text_of(const Endpoint& endpoint) {
    const auto& purposes = endpoint.coverage.purposes();
    return endpoint.coverage.kind() + " at " + endpoint.coverage.address() + " (" +
           listed({purposes.begin(), purposes.end()}) + ")";
}

v1::Verdict judge_endpoint(const Endpoint& endpoint) {
    const auto text = text_of(endpoint);
    const auto& by = endpoint.coverage.answered_by();
    switch (endpoint.answer) {
        case Answer::silent:
            return verdict(v1::UNKNOWN, "not_listening",
                           text + ": " + by + " is there, but by its configuration nothing listens");
        case Answer::unseen:
            return verdict(v1::UNKNOWN, "listener_unseen",
                           text + ": " + by + " is there, but what listens on it could not be seen");
        default:
            return verdict(v1::UNKNOWN, "not_covered", text + ": no reporting node answers there");
    }
}

// A Rails node always has all three kinds: one without was not seen whole.
v1::Verdict rails_without(const Fleet& fleet) {
    auto without = verdict(v1::UNKNOWN, "none_seen",
                           "not all of the PostgreSQL, Redis and Gitaly endpoints in use were seen");
    for (const auto& node : fleet.nodes) {
        if (without_gitlab(node) || (roles_seen(node) && !has_role(node, v1::NodeRoles::RAILS))) continue;
        const auto uses = endpoint_uses(node);
        const bool all_kinds = std::ranges::all_of(
            std::initializer_list<EndpointKind>{EndpointKind::postgresql, EndpointKind::redis,
                                                EndpointKind::gitaly},
            [&](EndpointKind kind) {
                return std::ranges::find(uses, kind, &EndpointUse::kind) != uses.end();
            });
        if (!all_kinds) about_unseen(without, node, "endpoints");
    }
    return without;
}

std::string summary_of(const SharedList<Endpoint>& endpoints) {
    const auto external = std::ranges::count_if(endpoints, [](const Endpoint& endpoint) {
        return endpoint.coverage.state() == v1::EndpointCoverage::EXTERNAL;
    });
    const auto all = counted(endpoints.size(), "endpoint") + " in use, all accounted for";
    return external == 0 ? all : all + "; " + std::to_string(external) + " declared external";
}

Verdicts judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge&) {
    const auto endpoints = endpoints_of(fleet, upgrade.external);
    Verdicts verdicts;
    keep(verdicts, rails_without(fleet));
    for (const auto& endpoint : endpoints) {
        const bool external = endpoint.coverage.state() == v1::EndpointCoverage::EXTERNAL;
        if (external || endpoint.answer == Answer::heard) continue;
        auto found = judge_endpoint(endpoint);
        for (const auto& use : endpoint.uses) about(found, *use.node, *use.finding, use.purpose);
        verdicts.push_back(std::move(found));
    }
    if (!verdicts.empty()) return verdicts;
    if (endpoints.empty())
        return {verdict(v1::UNKNOWN, "none_seen", "no PostgreSQL, Redis or Gitaly endpoint in use was seen")};
    return {verdict(v1::READY, "covered", summary_of(endpoints))};
}

}  // namespace

constexpr Check coverage_endpoints{
    .id = "coverage.endpoints",
    .asks = "Does a reporting node answer at every PostgreSQL, Redis and Gitaly endpoint in use?",
    .judge = judge,
};

}  // namespace preflight::readiness
