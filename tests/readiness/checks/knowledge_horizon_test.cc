#include "readiness/checks/knowledge_horizon.h"

#include "tests/readiness/fleet_builder.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

// Knowledge of 2026-08-21 up to 19.3, which came out the day before, and good for 35 days.
v1::Knowledge of_august() {
    v1::Knowledge knowledge;
    knowledge.set_version("2026-08-21");
    knowledge.set_newest_known("19.3");
    knowledge.set_good_for_days(35);
    auto& release = *knowledge.add_releases();
    release.set_minor("19.3");
    release.set_date("2026-08-20");
    return knowledge;
}

std::vector<v1::Verdict> at(std::string_view time, std::string_view target = "19.3.0",
                            const v1::Knowledge& knowledge = of_august()) {
    auto upgrade = to(target);
    upgrade.at = time_of(time);
    return knowledge_horizon.judge(fleet_of({node("web1", installed("19.2.4"))}), upgrade, knowledge);
}

TEST(KnowledgeHorizon, IsReadyUntilANewerReleaseIsOut) {
    const auto verdicts = at("2026-09-24T00:00:00Z");
    ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::READY, "recent"), mentions("is 35 days old"))));
    EXPECT_THAT(verdicts[0].evidence(0).what(), HasSubstr("2026-08-21, up to GitLab 19.3"));
    EXPECT_THAT(at("2026-08-01T00:00:00Z"), ElementsAre(AllOf(says(v1::READY, "recent"), mentions("0 days"))))
        << "a report as of a day before it";
}

TEST(KnowledgeHorizon, WarnsOfKnowledgeThatIsOld) {
    EXPECT_THAT(at("2026-09-24T00:00:01Z"), ElementsAre(says(v1::WARNING, "old")));
    const auto verdicts = at("2026-11-23T12:00:00Z");
    ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::WARNING, "old"),
                                            mentions("GitLab 19.3, the newest release in the knowledge of "
                                                     "2026-08-21, is 95 days old: after 35 days there is a "
                                                     "newer one"))));
    EXPECT_THAT(verdicts[0].lasting(), HasSubstr("(measured)")) << "a waiver holds on the day after";
}

// A file about something else does not make the releases younger.
TEST(KnowledgeHorizon, GoesByTheNewestReleaseAndWithoutItsDayByItsOwn) {
    auto touched = of_august();
    touched.set_version("2026-11-20");
    EXPECT_THAT(at("2026-11-23T12:00:00Z", "19.3.0", touched), ElementsAre(says(v1::WARNING, "old")));
    touched.mutable_releases(0)->clear_date();
    EXPECT_THAT(at("2026-11-23T12:00:00Z", "19.3.0", touched), ElementsAre(says(v1::READY, "recent")));
}

TEST(KnowledgeHorizon, IsUnknownWithoutADate) {
    auto undated = of_august();
    undated.clear_version();
    undated.clear_releases();
    EXPECT_THAT(at("2026-08-22T00:00:00Z", "19.3.0", undated), ElementsAre(says(v1::UNKNOWN, "undated")));
    auto endless = of_august();
    endless.clear_good_for_days();
    EXPECT_THAT(at("2026-08-22T00:00:00Z", "19.3.0", endless), ElementsAre(says(v1::UNKNOWN, "undated")));
}

TEST(KnowledgeHorizon, LeavesATargetBeyondItToThePath) {
    EXPECT_THAT(at("2026-08-22T00:00:00Z", "19.4.0"), ElementsAre(says(v1::NOT_APPLICABLE, "beyond")));
    EXPECT_THAT(judged(knowledge_horizon, Fleet{}), ElementsAre(says(v1::NOT_APPLICABLE, "no_nodes")));
}

TEST(KnowledgeHorizon, IsPartOfTheBuiltInKnowledge) { EXPECT_EQ(built_in_knowledge().good_for_days(), 36U); }

}  // namespace
}  // namespace preflight::readiness
