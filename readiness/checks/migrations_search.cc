#include "readiness/checks/migrations_search.h"

#include <algorithm>
#include <utility>

#include "readiness/attestations.h"
#include "readiness/installed.h"
#include "readiness/search_stores.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

// Which of its migrations are done Elasticsearch keeps in an index of its own, which no probe reads.
constexpr std::string_view statement = "search_migrations_finished";

// The advanced search is part of the Enterprise Edition alone.
bool all_community(const Fleet& fleet) {
    const auto all = installations(fleet);
    const bool told = std::ranges::none_of(fleet.nodes, installation_unseen);
    return told && !all.empty() && std::ranges::all_of(all, [](const Installed& installed) {
               return installed.what->edition() == v1::CE;
           });
}

v1::Verdict unseen_in(const Fleet& fleet) {
    auto unseen = verdict(v1::UNKNOWN, "unseen", "whether advanced search is used was not seen");
    for (const auto& node : fleet.nodes) {
        if (!without_gitlab(node) && (runs_application(node) || !roles_seen(node)))
            about_unseen(unseen, node, "postgres");
    }
    return unseen;
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge&) {
    auto used = verdict(v1::UNKNOWN, "used",
                        "advanced search is used, and no probe sees whether its migrations are finished");
    for (const auto& node : fleet.nodes) {
        for (const auto& [service, finding] :
             findings_of<&v1::Finding::has_external_service, &v1::Finding::external_service>(node)) {
            if (service->kind() == "elasticsearch")
                about(used, node, *finding, "searches at " + clipped(service->host(), 120));
        }
    }
    const bool in_use = !used.nodes().empty();
    const auto* word = attested(upgrade, statement);
    if (in_use && word != nullptr)
        return {stated(*word, "a person states that the migrations of search are finished")};
    used.clear_nodes();  // of the instance
    if (in_use) return {used};
    if (all_community(fleet))
        return {verdict(v1::NOT_APPLICABLE, "community", "the Community Edition has no advanced search")};
    if (!search_store_seen(fleet, "elasticsearch")) return {unseen_in(fleet)};
    return {verdict(v1::NOT_APPLICABLE, "not_used", "advanced search is not used")};
}

}  // namespace

constexpr Check migrations_search{
    .id = "migrations.search",
    .asks = "Are the migrations of advanced search finished?",
    .judge = judge,
};

}  // namespace preflight::readiness
