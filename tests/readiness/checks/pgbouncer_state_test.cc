#include "readiness/checks/pgbouncer_state.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::string pooler(std::string_view more) {
    return roles("PGBOUNCER") + ran({"pgbouncer"}) +
           "findings { probe: 'pgbouncer' reach { kind: 'pgbouncer' address: '/run/p:6432' reached: true } } "
           "findings { probe: 'pgbouncer' pgbouncer_status { address: '/run/p:6432' version: '1.24.1' " +
           std::string(more) + " } } ";
}

std::vector<v1::Verdict> state(std::string_view more) {
    return judged(pgbouncer_state, fleet_of({node("pg1", pooler(more))}));
}

constexpr std::string_view open =
    "state: 'active' settings { key: 'pool_mode' value: 'transaction' } "
    "databases { name: 'gitlabhq_production' host: 'db1' } ";

TEST(PgbouncerState, IsReadyWhereClientsGoThrough) {
    const auto whole = std::string(open) + "pools { database: 'gitlabhq_production' clients_active: 40 }";
    EXPECT_THAT(state(whole), ElementsAre(says(v1::READY, "active")));
    expect_no_loss_is_green(pgbouncer_state, fleet_of({node("pg1", pooler(whole))}), states);
}

TEST(PgbouncerState, BlocksOneThatIsPausedOrSuspended) {
    EXPECT_THAT(state("state: 'suspended' databases { name: 'a' pool_mode: 'session' }"),
                ElementsAre(says(v1::BLOCKER, "paused")));
    EXPECT_THAT(state("databases { name: 'a' pool_mode: 'session' paused: true }"),
                ElementsAre(says(v1::BLOCKER, "paused")));
}

TEST(PgbouncerState, BlocksADisabledDatabase) {
    EXPECT_THAT(state("databases { name: 'a' pool_mode: 'session' disabled: true }"),
                ElementsAre(says(v1::BLOCKER, "disabled")));
}

TEST(PgbouncerState, WarnsOfClientsThatWait) {
    const auto verdicts = state(std::string(open) +
                                "pools { database: 'gitlabhq_production' clients_waiting: 4294967295 "
                                "longest_wait_milliseconds: 18446744073709551615 }");
    EXPECT_THAT(verdicts, ElementsAre(says(v1::WARNING, "waiting")));
}

TEST(PgbouncerState, WarnsOfAPoolOfStatements) {
    const auto mode = [](std::string_view of_all, std::string_view own) {
        return state("state: 'active' settings { key: 'pool_mode' value: '" + std::string(of_all) +
                     "' } databases { name: 'a' host: 'db1' pool_mode: '" + std::string(own) +
                     "' } databases { name: 'pgbouncer' pool_mode: 'statement' }");
    };
    const auto verdicts = mode("transaction", "statement");
    ASSERT_THAT(verdicts, ElementsAre(says(v1::WARNING, "pool_mode")));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "/run/p:6432: a on db1: statement");
    EXPECT_THAT(mode("statement", ""), ElementsAre(says(v1::WARNING, "pool_mode")));
    EXPECT_THAT(mode("statement", "session"), ElementsAre(says(v1::READY, "active")));
    EXPECT_THAT(mode("transaction", ""), ElementsAre(says(v1::READY, "active")));
    const auto untold = state("state: 'active' databases { name: 'a' host: 'db1' }");
    ASSERT_THAT(untold, ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_EQ(untold[0].evidence(0).what(), "/run/p:6432: the pool mode was not told of a on db1");
}

TEST(PgbouncerState, IsUnknownWhereItDidNotAnswer) {
    EXPECT_THAT(state(""), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(
        judged(pgbouncer_state, fleet_of({node("pg1", pooler(open) + gap("pgbouncer", "cause: REFUSED"))})),
        UnorderedElementsAre(says(v1::UNKNOWN, "unseen"), says(v1::READY, "active")));
    EXPECT_THAT(judged(pgbouncer_state, fleet_of({node("pg1", roles("PGBOUNCER"))})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(pgbouncer_state, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(PgbouncerState, DoesNotApplyWhereNobodyRunsIt) {
    EXPECT_THAT(judged(pgbouncer_state, fleet_of({node("web1", roles("RAILS"))})),
                ElementsAre(says(v1::NOT_APPLICABLE, "unused")));
}

}  // namespace
}  // namespace preflight::readiness
