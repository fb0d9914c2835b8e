#include "readiness/checks/redis_version.h"

#include <algorithm>

#include "readiness/component_fit.h"

namespace preflight::readiness {
namespace {

// Redis and Valkey serve the same uses: an instance without the one has the other, and what was not heard
// could be either and is said once.
bool says_none(const v1::Verdict& verdict) { return verdict.key() == "unused" || verdict.key() == "untold"; }

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    auto verdicts = judge_fit(v1::ServerIs::REDIS, fleet, upgrade, knowledge);
    for (auto& verdict : judge_fit(v1::ServerIs::VALKEY, fleet, upgrade, knowledge)) {
        if (!says_none(verdict) && verdict.key() != "unheard") verdicts.push_back(std::move(verdict));
    }
    if (verdicts.size() > 1) std::erase_if(verdicts, says_none);
    return verdicts;
}

}  // namespace

constexpr Check redis_version{
    .id = "redis.version",
    .asks = "Is every Redis or Valkey in use fit for every version on the way?",
    .judge = judge,
};

}  // namespace preflight::readiness
