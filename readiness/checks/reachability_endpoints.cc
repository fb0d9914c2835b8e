#include "readiness/checks/reachability_endpoints.h"

#include <algorithm>
#include <string_view>

#include "readiness/telling.h"

namespace preflight::readiness {
namespace {

using Verdicts = std::vector<v1::Verdict>;
using Role = v1::NodeRoles;

std::string_view layer_text(v1::Reach::Layer layer) {
    switch (layer) {
        case v1::Reach::NAME:
            return "the name has no address";
        case v1::Reach::ROUTE:
            return "nobody answers there";
        case v1::Reach::TLS:
            return "TLS fails";
        case v1::Reach::AUTHENTICATION:
            return "the login is refused";
        case v1::Reach::DATABASE:
            return "what is wanted there is not there";
        case v1::Reach::PROTOCOL:
            return "what answers speaks something else, or too slowly";
        default:
            return "in a way that is not known here";
    }
}

bool tells(const FleetNode& node, const Dialling& dialling) {
    const auto reaches = findings_of<&v1::Finding::has_reach, &v1::Finding::reach>(node);
    return std::ranges::any_of(reaches, [&](const auto& entry) {
        return std::ranges::find(dialling.kinds, std::string_view(entry.first->kind())) !=
               dialling.kinds.end();
    });
}

void note_unheard(const FleetNode& node, v1::Verdict& unseen) {
    const auto note = [&](const Dialling& dialling) {
        if (unheard(node, dialling.roles, dialling.probe, tells(node, dialling)))
            about_unseen(unseen, node, dialling.probe);
    };
    note({{Role::RAILS, Role::SIDEKIQ, Role::PRAEFECT, Role::POSTGRESQL}, "postgres", {"postgresql"}});
    note({{Role::RAILS, Role::SIDEKIQ, Role::REDIS, Role::SENTINEL}, "redis", {"redis", "sentinel"}});
    note({{Role::RAILS, Role::SIDEKIQ, Role::GITALY, Role::PRAEFECT}, "gitaly", {"gitaly", "praefect"}});
    note({{Role::PATRONI}, "patroni", {"patroni"}});
    note({{Role::PGBOUNCER}, "pgbouncer", {"pgbouncer"}});
    note({{Role::CONSUL}, "consul", {"consul"}});
}

// Where no layer is named, only the agent was kept out; or its own time was over.
bool says_nothing(const v1::Reach& reach) {
    return reach.failed_at() == v1::Reach::LAYER_UNSPECIFIED || reach.cut_short();
}

// A console or a program's interface at which nobody but the agent signs in; or a password that a command
// prints, which is never run.
bool only_we_are_refused(const FleetNode& node, const v1::Reach& reach) {
    if (reach.failed_at() != v1::Reach::AUTHENTICATION) return false;
    if (reach.kind() == "pgbouncer" || reach.kind() == "patroni" || reach.kind() == "consul") return true;
    const auto endpoints =
        findings_of<&v1::Finding::has_postgres_endpoint, &v1::Finding::postgres_endpoint>(node);
    return reach.kind() == "postgresql" &&
           std::ranges::any_of(endpoints, [](const auto& one) { return one.first->password_by_command(); });
}

std::string what_of(const v1::Reach& reach) {
    const std::vector<std::string> uses(reach.uses().begin(), reach.uses().end());
    return clipped(reach.address(), 120) + (uses.empty() ? "" : " for " + listed_first(uses, 3));
}

Verdicts judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Verdicts verdicts;
    auto unseen = verdict(v1::UNKNOWN, "unseen", "not every server in use was tried");
    auto refused = verdict(v1::UNKNOWN, "login_unknown", "the agent's own login is refused");
    auto ready = verdict(v1::READY, "reached", "every server that was tried was reached");
    for (const auto& node : fleet.nodes) {
        for (const auto& [reach, finding] : findings_of<&v1::Finding::has_reach, &v1::Finding::reach>(node)) {
            const auto what = what_of(*reach);
            if (reach->reached()) {
                about(ready, node, *finding, what);
            } else if (says_nothing(*reach)) {
                about(unseen, node, *finding, what + ": " + reach->detail());
            } else if (only_we_are_refused(node, *reach)) {
                about(refused, node, *finding, what + ": " + reach->detail());
            } else {
                auto failed = verdict(v1::BLOCKER, "not_reached",
                                      clipped(reach->kind(), 40) + " at " + clipped(reach->address(), 120) +
                                          " is not reached: " + std::string(layer_text(reach->failed_at())));
                about(failed, node, *finding, what + ": " + reach->detail());
                verdicts.push_back(std::move(failed));
            }
        }
        note_unheard(node, unseen);
    }
    auto rest = kept({&unseen, &refused, &ready}, fleet, "none", "no node uses a server that could be tried");
    if (!verdicts.empty() && rest.front().level() == v1::NOT_APPLICABLE) return verdicts;
    std::ranges::move(rest, std::back_inserter(verdicts));
    return verdicts;
}

}  // namespace

constexpr Check reachability_endpoints{
    .id = "reachability.endpoints",
    .asks = "Does every node reach the servers that it uses?",
    .judge = judge,
};

}  // namespace preflight::readiness
