#include "readiness/checks/backup_configuration.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "readiness/archives.h"
#include "readiness/installed.h"
#include "readiness/secret_groups.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

// No configuration backup in the whole instance is a blocker: without gitlab-secrets.json a restored database
// cannot be decrypted, and one quick command ends it. One node without its own is a warning: the secrets are
// the same everywhere.
struct Cases {
    v1::Verdict none =
        verdict(v1::BLOCKER, "none", "no backup of /etc/gitlab with its secrets was found on any node");
    v1::Verdict unseen = verdict(v1::UNKNOWN, "unseen", "whether /etc/gitlab is backed up could not be seen");
    v1::Verdict unread =
        verdict(v1::UNKNOWN, "unread",
                "the configuration backup could not be read, so whether it holds the secrets is not known");
    v1::Verdict cloud_native =
        verdict(v1::UNKNOWN, "cloud_native",
                "secrets and values of a cloud native instance cannot be seen from its nodes");
    v1::Verdict some_without = verdict(v1::WARNING, "some_without",
                                       "the node has no backup of its own /etc/gitlab; another node has one");
    v1::Verdict without_rb =
        verdict(v1::WARNING, "without_gitlab_rb",
                "the secrets are backed up, but no configuration backup of the node holds gitlab.rb");
    v1::Verdict outdated =
        verdict(v1::WARNING, "outdated", "the configuration changed after its last backup");
    v1::Verdict other_secrets =
        verdict(v1::WARNING, "other_secrets",
                "the newest configuration backup holds other secrets than the node uses");
    v1::Verdict not_compared =
        verdict(v1::UNKNOWN, "not_compared",
                "whether the newest configuration backup holds the secrets that are in use was not compared");
    v1::Verdict ready =
        verdict(v1::READY, "backed_up", "configuration and secrets are backed up since their last change");
};

struct Node {
    const FleetNode* node = nullptr;
    const v1::Finding* with_secrets = nullptr;  // the newest
    bool with_rb = false;                       // perhaps in another backup than the secrets
    const v1::Finding* unread = nullptr;
    const v1::Finding* changed = nullptr;  // a file that is newer than its backup
    bool blind = false;
};

// Those of one moment are told apart by their names.
bool newer(const v1::ConfigurationBackup& one, const v1::ConfigurationBackup& other) {
    return std::forward_as_tuple(one.created_at().seconds(), one.path()) >
           std::forward_as_tuple(other.created_at().seconds(), other.path());
}

Node look_at(const FleetNode& node) {
    Node seen{&node};
    for (const auto& [backup, finding] :
         findings_of<&v1::Finding::has_configuration_backup, &v1::Finding::configuration_backup>(node)) {
        if (!backup->members_read()) seen.unread = finding;
        const bool kept = backup->members_read() && backup->has_secrets();
        if (kept &&
            (seen.with_secrets == nullptr || newer(*backup, seen.with_secrets->configuration_backup())))
            seen.with_secrets = finding;
        seen.with_rb = seen.with_rb || (backup->members_read() && backup->has_gitlab_rb());
    }
    for (const auto& [file, finding] :
         findings_of<&v1::Finding::has_secrets_file, &v1::Finding::secrets_file>(node)) {
        const bool counts =
            file->kind() == v1::SecretsFile::SECRETS || file->kind() == v1::SecretsFile::CONFIGURATION;
        if (counts && file->newer_than_configuration_backup()) seen.changed = finding;
    }
    seen.blind = !roles_seen(node) || !inspected(node) || !blinding_gaps(node).empty();
    return seen;
}

void judge_copy(const Node& seen, Cases& cases) {
    const auto& node = *seen.node;
    const auto& finding = *seen.with_secrets;
    const auto& copy = finding.configuration_backup();
    const auto path = clipped(copy.path(), 200);
    // A new backup mends all else as well.
    if (copy.secrets_equal() == v1::ConfigurationBackup::DIFFERENT)
        return about(cases.other_secrets, node, finding, path + " holds other secrets");
    const bool equal = copy.secrets_equal() == v1::ConfigurationBackup::EQUAL;
    if (!equal)
        about(cases.not_compared, node, finding, path + ": its secrets and the node's were not compared");
    if (!seen.with_rb) return about(cases.without_rb, node, finding, path + " holds no gitlab.rb");
    if (seen.changed != nullptr) {
        return about(cases.outdated, node, *seen.changed,
                     seen.changed->secrets_file().path() + " is newer than its last backup");
    }
    // Whether it changed since then the probe of the secrets says.
    if (broke_off(node, "secrets")) return about_unseen(cases.unseen, node, "secrets");
    if (equal) about(cases.ready, node, finding, path);
}

void judge_node(const Node& seen, bool any_with_secrets, Cases& cases) {
    const auto& node = *seen.node;
    if ((installation_methods(node) & bit_of(v1::Installation::CLOUD_NATIVE)) != 0)
        return about(cases.cloud_native, node);
    if (seen.with_secrets != nullptr) return judge_copy(seen, cases);
    if (seen.unread != nullptr) {
        return about(cases.unread, node, *seen.unread,
                     seen.unread->configuration_backup().path() + " was not read");
    }
    if (seen.blind) return about_unseen(cases.unseen, node, "backups");
    about_inspection(any_with_secrets ? cases.some_without : cases.none, node,
                     "no configuration backup with secrets was found");
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade&, const v1::Knowledge&) {
    std::vector<Node> nodes;
    bool any_with_secrets = false;
    for (const auto& node : fleet.nodes) {
        if (without_gitlab(node)) continue;
        const auto seen = look_at(node);
        any_with_secrets = any_with_secrets || seen.with_secrets != nullptr;
        if (needs_secrets(node)) nodes.push_back(seen);
    }
    Cases cases;
    for (const auto& node : nodes) judge_node(node, any_with_secrets, cases);
    // Nobody has one for certain, but one may lie where nothing could be seen: then it is not known that
    // there is none.
    if (!cases.unseen.nodes().empty() || !cases.unread.nodes().empty()) {
        for (const auto& node : nodes) {
            if (std::ranges::find(cases.none.nodes(), node_name(*node.node)) != cases.none.nodes().end()) {
                about_unseen(cases.unseen, *node.node, "backups");
            }
        }
        cases.none.clear_nodes();
    }
    std::vector<v1::Verdict> verdicts;
    for (auto* found :
         {&cases.none, &cases.unseen, &cases.unread, &cases.not_compared, &cases.cloud_native,
          &cases.other_secrets, &cases.some_without, &cases.without_rb, &cases.outdated, &cases.ready}) {
        keep(verdicts, std::move(*found));
    }
    if (!verdicts.empty()) return verdicts;
    return {verdict(v1::UNKNOWN, "no_rails",
                    "no Rails or Sidekiq node has reported, so its configuration backup was not seen")};
}

}  // namespace

constexpr Check backup_configuration{
    .id = "backup.configuration",
    .asks = "Are the configuration and the secrets backed up?",
    .judge = judge,
};

}  // namespace preflight::readiness
