#include "readiness/condition_probes.h"

#include <functional>
#include <set>

#include "readiness/server_kinds.h"

namespace preflight::readiness {
namespace {

using Asks = v1::Condition::AsksCase;

// Calls `visit` with every question that holds no other.
void each_question(const v1::Condition& condition, const std::function<void(const v1::Condition&)>& visit) {
    const auto parts = [&](const v1::Conditions& conditions) {
        for (const auto& part : conditions.of()) each_question(part, visit);
    };
    switch (condition.asks_case()) {
        case Asks::kAll:
            return parts(condition.all());
        case Asks::kAny:
            return parts(condition.any());
        case Asks::kNone:
            return parts(condition.none());
        default:
            visit(condition);
    }
}

std::vector<std::string> probes_of_node(const v1::Condition& condition) {
    switch (condition.asks_case()) {
        case Asks::kInstalled:
        case Asks::kRuns:
        case Asks::kMarkerFile:
            return {"installation"};
        case Asks::kSystem:
        case Asks::kFilesystem:
            return {"system"};
        case Asks::kNodes:
        case Asks::kService:
            return {"services"};
        case Asks::kSecurity:
            return {"security"};
        case Asks::kTornFile:
            return {condition.torn_file().probe()};
        case Asks::kSetting:
            return {"settings"};
        case Asks::kUses:
            return {"external_services"};
        case Asks::kSharesStoragePath:
            return {"endpoints"};
        case Asks::kSecretsDiffer:
            return {"secrets"};
        default:
            return {};
    }
}

std::vector<std::string> probes_of_servers(const v1::Condition& condition) {
    switch (condition.asks_case()) {
        case Asks::kServer:
            return {std::string(server_kind(condition.server().component()).probe)};
        case Asks::kPostgresSets:
        case Asks::kLacksExtension:
        case Asks::kPendingRestart:
        case Asks::kThroughPgbouncer:
        case Asks::kUnavailableRepositories:
        case Asks::kInstanceSets:
        case Asks::kTable:
        case Asks::kUnfinishedMigration:
            return {"postgres"};
        case Asks::kGeo:
            return {"geo", "postgres"};
        default:
            return {};
    }
}

}  // namespace

std::vector<std::string> probes_asked(const v1::Condition& condition) {
    std::set<std::string> probes;
    each_question(condition, [&](const v1::Condition& question) {
        for (auto& probe : probes_of_node(question)) probes.insert(std::move(probe));
        for (auto& probe : probes_of_servers(question)) probes.insert(std::move(probe));
    });
    return {probes.begin(), probes.end()};
}

std::vector<std::string> questions_asked(const v1::Condition& condition) {
    std::vector<std::string> questions;
    each_question(condition, [&](const v1::Condition& question) {
        if (question.has_person()) questions.push_back(question.person().question());
        if (question.has_without_downtime()) questions.emplace_back("Is the upgrade to be without downtime?");
    });
    return questions;
}

}  // namespace preflight::readiness
