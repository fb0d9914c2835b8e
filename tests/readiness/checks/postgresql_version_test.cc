#include "readiness/checks/postgresql_version.h"

#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;

std::string server(std::string_view address, std::string_view version, std::string_view uses) {
    return "findings { probe: 'postgres' reach { kind: 'postgresql' address: '" + std::string(address) +
           "' reached: true } } findings { probe: 'postgres' postgres_instance { address: '" +
           std::string(address) + "' version: '" + std::string(version) + "' uses: '" + std::string(uses) +
           "' } } ";
}

FleetNode web(const std::string& findings) {
    return node("web1", installed("18.11.9") + roles("RAILS") + ran({"postgres"}) + findings);
}

// Each server that is used is judged: the application's, Praefect's, a replica.
TEST(PostgresqlVersion, AsksEveryServer) {
    const auto fleet =
        fleet_of({web(server("a:5432", "17.5", "rails main") + server("b:5432", "16.9", "rails ci"))});
    EXPECT_THAT(judged(postgresql_version, fleet),
                ElementsAre(says(v1::READY, "fit"), says(v1::BLOCKER, "too_old")));
}

TEST(PostgresqlVersion, IsNeverReadyWhereAnythingIsMissing) {
    const auto fleet = fleet_of({web(server("a:5432", "17.5", "rails main"))});
    ASSERT_THAT(judged(postgresql_version, fleet), ElementsAre(says(v1::READY, "fit")));
    expect_no_loss_is_green(postgresql_version, fleet, [](const v1::Finding& finding) {
        return !finding.has_reach() && !finding.has_node_roles();
    });
}

}  // namespace
}  // namespace preflight::readiness
