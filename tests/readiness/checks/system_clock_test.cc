#include "readiness/checks/system_clock.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;

std::vector<v1::Verdict> of(std::string_view host) {
    return judged(
        system_clock,
        fleet_of({node("web1", "findings { probe: 'system' host { " + std::string(host) + " } } ")}));
}

TEST(SystemClock, IsReadyWhereTheKernelSaysSo) {
    EXPECT_THAT(of("time_sync: SYNCHRONISED"), ElementsAre(says(v1::READY, "synchronised")));
    auto web = node("web1", "findings { probe: 'system' host { time_sync: SYNCHRONISED } } ");
    web.inspection.clear_probes();
    expect_no_loss_is_green(system_clock, fleet_of({web}));
}

TEST(SystemClock, WarnsOfOneThatRunsByItself) {
    EXPECT_THAT(of("time_sync: NOT_SYNCHRONISED"), ElementsAre(says(v1::WARNING, "not_synchronised")));
}

TEST(SystemClock, IsUnknownWhereNobodyAsked) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of("time_sync: 9"), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(system_clock, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(system_clock, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(SystemClock, DoesNotApplyWithoutGitLab) {
    const auto none = "findings { probe: 'installation' installation { method: NONE } } ";
    EXPECT_THAT(judged(system_clock, fleet_of({node("lb1", none)})),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_gitlab")));
}

}  // namespace
}  // namespace preflight::readiness
