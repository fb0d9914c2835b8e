#include "readiness/checks/reachability_endpoints.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

std::string reach(std::string_view probe, std::string_view kind, std::string_view more = "reached: true") {
    return "findings { probe: '" + std::string(probe) + "' reach { kind: '" + std::string(kind) +
           "' address: '10.20.0.9:1' uses: 'rails main' " + std::string(more) + " } } ";
}

std::string others() { return reach("redis", "redis") + reach("gitaly", "gitaly"); }

FleetNode web(const std::string& findings, std::string_view name = "web1") {
    return node(name, roles("RAILS") + ran({"postgres", "redis", "gitaly"}) + findings);
}

std::vector<v1::Verdict> of_postgresql(std::string_view more) {
    return judged(reachability_endpoints, fleet_of({web(others() + reach("postgres", "postgresql", more))}));
}

TEST(Reachability, IsReadyWhereAllAreReached) {
    EXPECT_THAT(of_postgresql("reached: true"), ElementsAre(says(v1::READY, "reached")));
    expect_no_loss_is_green(reachability_endpoints,
                            fleet_of({web(others() + reach("postgres", "postgresql"))}), but_roles);
}

TEST(Reachability, BlocksWhatIsNotReachedAndNamesTheLayer) {
    const auto failed = reach("postgres", "postgresql", "failed_at: TLS detail: 'unknown authority'");
    const auto verdicts = judged(reachability_endpoints, fleet_of({web(others() + failed)}));
    EXPECT_THAT(verdicts,
                UnorderedElementsAre(AllOf(says(v1::BLOCKER, "not_reached"), on(Names{"web1"}),
                                           mentions("postgresql at 10.20.0.9:1 is not reached: TLS fails")),
                                     says(v1::READY, "reached")));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "10.20.0.9:1 for rails main: unknown authority");
}

TEST(Reachability, SaysForEachLayerWhatFails) {
    const auto summary = [](std::string_view layer) {
        return of_postgresql("failed_at: " + std::string(layer))[0].summary();
    };
    EXPECT_THAT(summary("NAME"), ::testing::HasSubstr("the name has no address"));
    EXPECT_THAT(summary("ROUTE"), ::testing::HasSubstr("nobody answers there"));
    EXPECT_THAT(summary("AUTHENTICATION"), ::testing::HasSubstr("the login is refused"));
    EXPECT_THAT(summary("DATABASE"), ::testing::HasSubstr("what is wanted there is not there"));
    EXPECT_THAT(summary("PROTOCOL"), ::testing::HasSubstr("speaks something else"));
}

TEST(Reachability, DoesNotBlameALoginThatOnlyTheAgentHas) {
    const auto console = reach("pgbouncer", "pgbouncer", "failed_at: AUTHENTICATION");
    EXPECT_THAT(judged(reachability_endpoints,
                       fleet_of({node("pg1", roles("PGBOUNCER") + ran({"pgbouncer"}) + console)})),
                ElementsAre(says(v1::UNKNOWN, "login_unknown")));
    const auto by_command =
        reach("postgres", "postgresql", "failed_at: AUTHENTICATION") +
        "findings { probe: 'endpoints' postgres_endpoint { password_by_command: true } } ";
    EXPECT_THAT(judged(reachability_endpoints, fleet_of({web(others() + by_command)})),
                UnorderedElementsAre(says(v1::UNKNOWN, "login_unknown"), says(v1::READY, "reached")));
}

TEST(Reachability, IsUnknownWhereOnlyTheAgentWasKeptOutOrRanOutOfTime) {
    for (const auto* failed :
         {"detail: 'the socket is not open to the agent'",
          "failed_at: ROUTE cut_short: true detail: 'the time was over while connecting'"}) {
        const auto verdicts = of_postgresql(failed);
        EXPECT_THAT(verdicts, UnorderedElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"web1"})),
                                                   says(v1::READY, "reached")));
    }
    EXPECT_THAT(of_postgresql("failed_at: ROUTE"),
                UnorderedElementsAre(says(v1::BLOCKER, "not_reached"), says(v1::READY, "reached")));
}

TEST(Reachability, IsUnknownWhereItWasNotTried) {
    EXPECT_THAT(judged(reachability_endpoints, fleet_of({web(others())})),
                UnorderedElementsAre(says(v1::UNKNOWN, "unseen"), says(v1::READY, "reached")));
    EXPECT_THAT(judged(reachability_endpoints, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(reachability_endpoints, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(Reachability, DoesNotApplyToANodeThatUsesNoServer) {
    EXPECT_THAT(judged(reachability_endpoints, fleet_of({node("mon1", roles("MONITORING"))})),
                ElementsAre(says(v1::NOT_APPLICABLE, "none")));
}

}  // namespace
}  // namespace preflight::readiness
