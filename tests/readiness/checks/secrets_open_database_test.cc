#include "readiness/checks/secrets_open_database.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::string proof(std::string_view outcome, std::string_view column = "web_hooks.encrypted_url") {
    return "findings { probe: 'postgres' secret_proof { outcome: " + std::string(outcome) + " column: '" +
           std::string(column) + "' rows_tried: 5 rows_opened: 3 } } ";
}

std::vector<v1::Verdict> of(const std::string& findings) {
    return judged(secrets_open_database,
                  fleet_of({node("web1", roles("RAILS") + ran({"postgres"}) + findings)}));
}

TEST(SecretsOpenDatabase, IsReadyWhereRowsOpen) {
    EXPECT_THAT(of(proof("OPENS")), ElementsAre(says(v1::READY, "opens")));
    EXPECT_THAT(of(proof("OPENS") + proof("NOTHING_TO_TRY")), ElementsAre(says(v1::READY, "opens")));
    auto web = node("web1", roles("RAILS") + proof("OPENS"));
    web.inspection.clear_probes();
    expect_no_loss_is_green(secrets_open_database, fleet_of({web}), but_roles);
}

TEST(SecretsOpenDatabase, BlocksARowThatDoesNotOpen) {
    const auto verdicts = of(proof("OPENS") + proof("DOES_NOT_OPEN", "integrations.encrypted_properties"));
    EXPECT_THAT(verdicts, ElementsAre(says(v1::BLOCKER, "does_not_open")));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "integrations.encrypted_properties: 3 of 5 rows opened");
}

TEST(SecretsOpenDatabase, NotesADatabaseThatProvesNothing) {
    EXPECT_THAT(of(proof("NOTHING_TO_TRY")), ElementsAre(says(v1::NOTE, "nothing_to_try")));
}

TEST(SecretsOpenDatabase, IsUnknownWhereItWasNotTried) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of(proof("OUTCOME_UNSPECIFIED")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of(proof("77")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(secrets_open_database, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(secrets_open_database, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(SecretsOpenDatabase, DoesNotApplyWhereNobodyNeedsThem) {
    EXPECT_THAT(judged(secrets_open_database, fleet_of({node("db1", roles("POSTGRESQL"))})),
                ElementsAre(says(v1::NOT_APPLICABLE, "nobody")));
}

}  // namespace
}  // namespace preflight::readiness
