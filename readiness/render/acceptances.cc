#include "readiness/render/acceptances.h"

#include <fmt/format.h>

#include <set>

#include "readiness/render/visible.h"

namespace preflight::readiness::render {
namespace {

using Uses = std::vector<const v1::AcceptanceUse*>;

enum class Standing { in_force, lost, idle };

Standing standing_of(const v1::AcceptanceUse& use) {
    switch (use.state()) {
        case v1::AcceptanceUse::IN_FORCE:
            return Standing::in_force;
        case v1::AcceptanceUse::NOTHING_TO_ACCEPT:
        case v1::AcceptanceUse::OUT_OF_SCOPE:
            return Standing::idle;
        default:
            return Standing::lost;
    }
}

Uses uses_of(const v1::Report& report, Standing standing) {
    Uses found;
    for (const auto& use : report.acceptances()) {
        if (standing_of(use) == standing) found.push_back(&use);
    }
    return found;
}

}  // namespace

std::vector<const v1::Verdict*> accepted_verdicts(const v1::Report& report) {
    std::vector<const v1::Verdict*> found;
    for (const auto& verdict : report.verdicts()) {
        if (is_accepted(verdict)) found.push_back(&verdict);
    }
    return found;
}

std::string acceptance_words(const v1::Report& report, const v1::Verdict& verdict) {
    for (const auto* use : uses_of(report, Standing::in_force)) {
        if (use->id() == verdict.waived_by() && !use->has_attestation()) return acceptance_words(*use);
    }
    return visible(verdict.waived_by()) + ": the report does not say by whom";
}

Uses lost_acceptances(const v1::Report& report) { return uses_of(report, Standing::lost); }

Uses attested(const v1::Report& report) {
    std::set<std::string> named;
    for (const auto* verdict : accepted_verdicts(report)) named.insert(verdict->waived_by());
    auto uses = uses_of(report, Standing::in_force);
    std::erase_if(uses,
                  [&named](const auto* use) { return !use->has_attestation() && named.contains(use->id()); });
    return uses;
}

Uses idle_acceptances(const v1::Report& report) { return uses_of(report, Standing::idle); }

bool has_accepted(const v1::Report& report) {
    return !accepted_verdicts(report).empty() || !attested(report).empty() ||
           !idle_acceptances(report).empty();
}

std::string_view state_words(v1::AcceptanceUse::State state) {
    switch (state) {
        case v1::AcceptanceUse::IN_FORCE:
            return "in force";
        case v1::AcceptanceUse::EXPIRED:
            return "EXPIRED";
        case v1::AcceptanceUse::EVIDENCE_CHANGED:
            return "VOID: what is found now is not what was accepted";
        case v1::AcceptanceUse::NOTHING_TO_ACCEPT:
            return "nothing to accept";
        case v1::AcceptanceUse::OUT_OF_SCOPE:
            return "not for this report";
        case v1::AcceptanceUse::REFUSED:
            return "REFUSED";
        default:
            return "IN A STATE THAT IS NOT KNOWN";
    }
}

std::string lost_heading(std::size_t count) {
    return fmt::format("{} no longer in force",
                       count == 1 ? "1 acceptance is" : fmt::format("{} acceptances are", count));
}

std::string acceptance_words(const v1::AcceptanceUse& use) {
    const auto id = use.id().empty() ? "without an id" : visible(use.id());
    return use.detail().empty() ? id : id + ": " + visible(use.detail());
}

}  // namespace preflight::readiness::render
