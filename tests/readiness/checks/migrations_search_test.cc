#include "readiness/checks/migrations_search.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Names = std::vector<std::string>;

constexpr std::string_view read =
    "findings { probe: 'postgres' instance_settings { stores_read: ['clickhouse', 'elasticsearch'] } } ";
constexpr std::string_view used =
    "findings { probe: 'postgres' external_service { kind: 'elasticsearch' host: 'search.example.test' } } ";

FleetNode web(std::string_view findings, std::string_view edition = "EE") {
    return node("web1", installed("19.2.4", "edition: " + std::string(edition)) + roles("RAILS") +
                            ran({"postgres"}) + std::string(findings));
}

std::vector<v1::Verdict> of(std::vector<FleetNode> nodes, const Upgrade& upgrade = to("19.3.0")) {
    return judged(migrations_search, fleet_of(std::move(nodes)), upgrade);
}

TEST(SearchMigrations, AreUnknownWhereSearchIsUsed) {
    const auto verdicts = of({web(std::string(read) + std::string(used))});
    ASSERT_THAT(verdicts, ElementsAre(says(v1::UNKNOWN, "used")));
    EXPECT_TRUE(verdicts[0].nodes().empty()) << "it is of the instance";
    EXPECT_EQ(verdicts[0].evidence(0).what(), "searches at search.example.test");
}

TEST(SearchMigrations, AreReadyByTheWordOfAPerson) {
    auto upgrade = to("19.3.0");
    auto& word = *upgrade.acceptances.add_attestations();
    word.set_id("a-1");
    word.set_statement("search_migrations_finished");
    word.set_owner("Jo Doe");
    *word.mutable_made_at() = time_of("2026-08-21T00:00:00Z");
    *word.mutable_expires_at() = time_of("2026-09-01T00:00:00Z");
    const auto verdicts = of({web(used)}, upgrade);
    ASSERT_THAT(verdicts, ElementsAre(says(v1::READY, "stated")));
    EXPECT_THAT(verdicts[0].evidence(0).what(), HasSubstr("Jo Doe"));
    EXPECT_THAT(of({web("")}, upgrade), ElementsAre(says(v1::UNKNOWN, "unseen")))
        << "nobody knows what the word is of";
}

TEST(SearchMigrations, DoNotApplyWithoutSearch) {
    EXPECT_THAT(of({web(read)}), ElementsAre(says(v1::NOT_APPLICABLE, "not_used")));
    EXPECT_THAT(of({web("", "CE")}), ElementsAre(says(v1::NOT_APPLICABLE, "community")));
    expect_no_loss_is_green(migrations_search, fleet_of({web(used)}),
                            [](const v1::Finding& finding) { return finding.has_external_service(); });
}

TEST(SearchMigrations, AreUnknownWhereTheDatabaseWasNotRead) {
    EXPECT_THAT(of({web("findings { probe: 'postgres' instance_settings { stores_read: 'zoekt' } } ")}),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unseen"), on(Names{"web1"}))));
    EXPECT_THAT(of({web("", "CE"), silent_node("web2")}), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of({}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

}  // namespace
}  // namespace preflight::readiness
