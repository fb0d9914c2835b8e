#include "readiness/checks/postgresql_version.h"

#include "readiness/component_fit.h"

namespace preflight::readiness {
namespace {

std::vector<v1::Verdict> judge(const Fleet& fleet, const Upgrade& upgrade, const v1::Knowledge& knowledge) {
    return judge_fit(v1::ServerIs::POSTGRESQL, fleet, upgrade, knowledge);
}

}  // namespace

constexpr Check postgresql_version{
    .id = "postgresql.version",
    .asks = "Is every PostgreSQL in use fit for every version on the way?",
    .judge = judge,
};

}  // namespace preflight::readiness
