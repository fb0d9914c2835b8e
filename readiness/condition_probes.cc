#include "readiness/condition_probes.h"

#include <algorithm>
#include <functional>
#include <set>

#include "readiness/search_stores.h"
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
        case Asks::kFirst:
            return parts(condition.first());
        default:
            visit(condition);
    }
}

std::vector<std::string> probes_of_services(const v1::UsesService& asked) {
    std::vector<std::string> probes;
    if (std::ranges::any_of(asked.kinds(), is_search_store_of_database)) probes.emplace_back("postgres");
    if (!std::ranges::all_of(asked.kinds(), is_search_store_of_database))
        probes.emplace_back("external_services");
    return probes;
}

std::vector<std::string> probes_of_setting(const v1::HasSetting& asked) {
    std::vector<std::string> probes{"settings"};
    if (!asked.roles().empty()) probes.emplace_back("services");
    if (asked.site() != v1::GeoRole::ROLE_UNSPECIFIED) probes.emplace_back("geo");
    return probes;
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
            return probes_of_setting(condition.setting());
        case Asks::kBeyondAscii:
            return {"settings"};
        case Asks::kCertificateKey:
            return {"certificates"};
        case Asks::kChangedEdition:
            return {"packages"};
        case Asks::kUses:
            return probes_of_services(condition.uses());
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
        case Asks::kTableFact:
        case Asks::kGeoSite:
            return {"postgres"};
        case Asks::kGeo:
            return {"geo", "postgres"};
        default:
            return {};
    }
}

std::vector<std::string> questions_in(const v1::Condition& condition, bool planning) {
    std::vector<std::string> questions;
    const auto add = [&](const std::string& question) {
        if (std::ranges::find(questions, question) == questions.end()) questions.push_back(question);
    };
    each_question(condition, [&](const v1::Condition& question) {
        if (question.has_person()) add(question.person().question());
        if (planning && question.has_without_downtime()) add("Is the upgrade to be without downtime?");
    });
    return questions;
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
    return questions_in(condition, true);
}

std::vector<std::string> questions_of_persons(const v1::Condition& condition) {
    return questions_in(condition, false);
}

}  // namespace preflight::readiness
