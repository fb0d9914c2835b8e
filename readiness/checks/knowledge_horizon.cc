#include "readiness/checks/knowledge_horizon.h"

#include <algorithm>
#include <optional>

#include "model/clock.h"
#include "readiness/age.h"
#include "readiness/knowledge.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

constexpr std::int64_t day_seconds = 24 * 3600;

// The day of its newest release, which no later entry about something else makes younger; else its own.
std::optional<google::protobuf::Timestamp> newest_day(const v1::Knowledge& knowledge) {
    for (const auto& release : knowledge.releases()) {
        if (release.minor() == knowledge.newest_known() && !release.date().empty())
            return from_iso8601(release.date());
    }
    return from_iso8601(knowledge.version());
}

v1::Verdict judge_age(std::int64_t age, const v1::Knowledge& knowledge) {
    const auto days = static_cast<std::size_t>(std::max<std::int64_t>(age / day_seconds, 0));
    const auto text = "GitLab " + knowledge.newest_known() + ", the newest release in the knowledge of " +
                      knowledge.version() + ", is " + passing(counted(days, "day")) + " old";
    const auto limit = counted(knowledge.good_for_days(), "day");
    if (age > day_seconds * knowledge.good_for_days())
        return verdict(v1::WARNING, "old", text + ": after " + limit + " there is a newer one");
    return verdict(v1::READY, "recent", text + "; it is the newest for up to " + limit);
}

v1::Verdict judged(const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    const auto day = newest_day(knowledge);
    const auto age = day ? age_seconds(upgrade.at, *day) : std::nullopt;
    if (!age || knowledge.good_for_days() == 0)
        return verdict(v1::UNKNOWN, "undated", "how old the knowledge may be, or is, is not known");
    // What is beyond it is unknown whatever its age; path.required_stops says so.
    const auto horizon = parse_version(knowledge.newest_known());
    if (!horizon || upgrade.target.minor_release() > horizon->minor_release())
        return verdict(v1::NOT_APPLICABLE, "beyond", "the target is beyond it, whatever its age");
    return judge_age(*age, knowledge);
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    if (fleet.nodes.empty())
        return {verdict(v1::NOT_APPLICABLE, "no_nodes", "no node has reported: nothing is judged by it")};
    auto said = judged(upgrade, knowledge);
    auto& evidence = *said.add_evidence();
    evidence.set_source("knowledge");
    evidence.set_what(clipped(version_text(knowledge)) + ", up to GitLab " + knowledge.newest_known());
    return {said};
}

}  // namespace

constexpr Check knowledge_horizon{
    .id = "knowledge.horizon",
    .asks = "Is the knowledge recent enough to know the newest releases?",
    .judge = judge,
};

}  // namespace preflight::readiness
