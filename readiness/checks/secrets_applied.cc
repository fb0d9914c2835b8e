#include "readiness/checks/secrets_applied.h"

#include <array>
#include <set>
#include <utility>

#include "readiness/installed.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

struct Cases {
    v1::Verdict rails =
        verdict(v1::BLOCKER, "rails",
                "Rails encrypts with other secrets than gitlab-secrets.json holds: the upgrade's reconfigure "
                "would put those of the file in their place");
    v1::Verdict unseen =
        verdict(v1::UNKNOWN, "unseen", "whether the services run with the secrets of the file was not seen");
    v1::Verdict service = verdict(v1::WARNING, "service",
                                  "a service runs with another secret than the one that it is written from");
    v1::Verdict ready =
        verdict(v1::READY, "applied", "the services run with the secrets that they are written from");
};

// With those the database is read: what was encrypted with the one in use opens with no other.
bool encrypts(std::string_view key) {
    static const std::set<std::string_view> keys{"gitlab_rails.db_key_base", "gitlab_rails.otp_key_base",
                                                 "gitlab_rails.encrypted_settings_key_base"};
    return keys.contains(key) || key.starts_with("gitlab_rails.active_record_encryption_");
}

// Nodes of the others hold nothing that is written from the file.
bool runs_holder(const FleetNode& node) {
    static constexpr std::array holders{
        v1::NodeRoles::RAILS,    v1::NodeRoles::SIDEKIQ, v1::NodeRoles::GITALY, v1::NodeRoles::PRAEFECT,
        v1::NodeRoles::REGISTRY, v1::NodeRoles::PAGES,   v1::NodeRoles::KAS};
    return !roles_seen(node) || has_any_role(node, holders);
}

bool judge_differences(const FleetNode& node, Cases& cases) {
    bool any = false;
    for (const auto& [difference, finding] :
         findings_of<&v1::Finding::has_difference, &v1::Finding::difference>(node)) {
        if (finding->probe() != "secrets") continue;
        any = true;
        about(encrypts(difference->what()) ? cases.rails : cases.service, node, *finding,
              clipped(difference->what(), 80) + " in " + clipped(difference->used(), 120) + " and " +
                  clipped(difference->other(), 120) + ": " + clipped(difference->detail(), 80));
    }
    return any;
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    Cases cases;
    for (const auto& node : fleet.nodes) {
        if (without_gitlab(node)) continue;
        const bool differs = judge_differences(node, cases);
        if (!runs_holder(node)) continue;
        if (!saw_all(node, "secrets")) {
            about_unseen(cases.unseen, node, "secrets");
        } else if (!differs) {
            about_inspection(cases.ready, node, "no secret of a service differs from its source");
        }
    }
    std::vector<v1::Verdict> verdicts;
    for (auto* found : {&cases.rails, &cases.unseen, &cases.service, &cases.ready})
        keep(verdicts, std::move(*found));
    if (!verdicts.empty()) return verdicts;
    if (fleet.nodes.empty()) return {verdict(v1::UNKNOWN, "unseen", "no node has reported")};
    return {verdict(v1::NOT_APPLICABLE, "nobody", "no node runs a service that shares a secret")};
}

}  // namespace

constexpr Check secrets_applied{
    .id = "secrets.applied",
    .asks = "Do the services run with the secrets of gitlab-secrets.json?",
    .judge = judge,
};

}  // namespace preflight::readiness
