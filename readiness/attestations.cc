#include "readiness/attestations.h"

#include <google/protobuf/util/time_util.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "model/clock.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

constexpr std::array listed_statements{
    Statement{"backups_kept_elsewhere", "Copies of the backups are kept off the hosts of the instance"},
    Statement{"configuration_kept_elsewhere", "Copies of /etc/gitlab are kept off the host", true},
    Statement{"downtime_agreed", "The downtime is agreed to by those who use the instance"},
    Statement{"external_database_backed_up",
              "The database that is no node of the fleet has a backup of its own"},
    Statement{"load_balancers_drain_nodes",
              "The load balancers take a node out as soon as it says that it is not ready"},
    Statement{"object_storage_backed_up", "The buckets have backups of their own"},
    Statement{"old_package_at_hand", "The package of the running version can be installed again", true},
    Statement{"praefect_database_dumped", "Praefect's own database of the running version is dumped"},
    Statement{"praefect_database_has_stand_in", "Praefect's own database has a stand-in"},
    Statement{"release_notes_read", "The notes of every version on the way are read"},
    Statement{"restore_rehearsed", "A restore of a backup was rehearsed"},
    Statement{"restore_room_at_hand", "There is room to restore beside the current data", true},
    Statement{"search_migrations_finished", "Every migration of advanced search is finished"},
    Statement{"secrets_kept_elsewhere", "A copy of gitlab-secrets.json is kept off the host", true},
    Statement{"snapshots_cover_every_node", "Snapshots of one moment cover every node of the instance"},
    Statement{"upgrade_rehearsed", "This upgrade was rehearsed on a copy of the instance"},
};

}  // namespace

std::span<const Statement> statements() { return listed_statements; }

const Statement* find_statement(std::string_view name) {
    const auto found = std::ranges::find(listed_statements, name, &Statement::name);
    return found == listed_statements.end() ? nullptr : &*found;
}

bool in_force(const v1::Attestation& attestation, const google::protobuf::Timestamp& at) {
    return attestation.made_at() <= at && at < attestation.expires_at();
}

const v1::Attestation* attested(const Upgrade& upgrade, std::string_view statement, std::string_view node) {
    const auto rank = [](const v1::Attestation& one) {
        return std::tuple(!one.node().empty(), one.expires_at().seconds(), one.id());
    };
    const v1::Attestation* best = nullptr;
    for (const auto& one : upgrade.acceptances.attestations()) {
        const bool fits = one.statement() == statement && (one.node().empty() || one.node() == node);
        if (!fits || !in_force(one, upgrade.at)) continue;
        if (best == nullptr || rank(*best) < rank(one)) best = &one;
    }
    return best;
}

const v1::Attestation* answered(const Upgrade& upgrade, std::string_view question) {
    const auto rank = [](const v1::Attestation& one) {
        return std::tuple(one.made_at().seconds(), one.made_at().nanos(), one.id());
    };
    const v1::Attestation* last = nullptr;
    for (const auto& one : upgrade.acceptances.attestations()) {
        if (one.answer().empty() || one.question() != question || !in_force(one, upgrade.at)) continue;
        if (last == nullptr || rank(*last) < rank(one)) last = &one;
    }
    return last;
}

std::string evidence_source(const v1::Attestation& attestation) {
    return "attestation " + clipped(attestation.id(), 80);
}

void about(v1::Verdict& verdict, const v1::Attestation& attestation) {
    auto& evidence = *verdict.add_evidence();
    evidence.set_source(evidence_source(attestation));
    *evidence.mutable_taken_at() = attestation.made_at();
    evidence.set_what(attestation_text(attestation));
}

v1::Verdict stated(const v1::Attestation& attestation, std::string_view says) {
    auto said = verdict(v1::READY, "stated", says);
    about(said, attestation);
    return said;
}

std::string by_whom(const std::string& owner, const std::string& why,
                    const google::protobuf::Timestamp& expires_at) {
    return clipped(owner) + ", " + clipped(why) + ", until " + to_iso8601(expires_at);
}

std::string attestation_text(const v1::Attestation& attestation) {
    const auto whom = by_whom(attestation.owner(), attestation.detail(), attestation.expires_at());
    if (!attestation.answer().empty())
        return clipped(attestation.statement()) + ": " + clipped(attestation.answer()) + ", says " + whom;
    const auto node = attestation.node().empty() ? "" : " on " + clipped(attestation.node());
    return attestation.statement() + node + ": " + whom;
}

}  // namespace preflight::readiness
