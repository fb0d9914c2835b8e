#include "readiness/checks/backup_fresh.h"

#include "model/clock.h"
#include "readiness/age.h"
#include "readiness/archives.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

v1::Verdict judge_age(const Archive& archive, const Upgrade& upgrade) {
    const auto name = archive_name(archive);
    const auto age = age_seconds(upgrade.at, archive.what->created_at());
    if (!age) return verdict(v1::UNKNOWN, "no_time", "when " + name + " was made was not seen");
    if (*age < -clock_tolerance_seconds) {
        return verdict(v1::UNKNOWN, "future", name + " says it was made later than now: a clock is wrong");
    }
    const auto limit = upgrade.backup_age_limit.count();
    const auto text = name + " is " + passing(span_text(std::max<std::int64_t>(*age, 0))) +
                      " old, the limit is " + span_text(limit);
    return *age <= limit ? verdict(v1::READY, "fresh", text) : verdict(v1::WARNING, "stale", text);
}

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge&) {
    const auto archives = archives_of(fleet);
    if (archives.best == nullptr) {
        if (archives.absence == Absence::none) {
            return {verdict(v1::NOT_APPLICABLE, "no_backup",
                            "there is no complete backup whose age could be judged")};
        }
        return {verdict(v1::UNKNOWN, "unseen", "no backup was seen whose age could be judged")};
    }
    auto judged = judge_age(*archives.best, upgrade);
    const auto& made = archives.best->what->created_at();
    about(judged, *archives.best->node, *archives.best->finding,
          sensible(made) ? "made " + to_iso8601(made) : "no time of its own");
    return {judged};
}

}  // namespace

constexpr Check backup_fresh{
    .id = "backup.fresh",
    .asks = "Is the backup recent?",
    .judge = judge,
};

}  // namespace preflight::readiness
