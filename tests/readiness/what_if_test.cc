// Several targets side by side, for one fleet.
#include "readiness/what_if.h"

#include "readiness/judge.h"
#include "readiness/render/render.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Property;
using ::testing::SizeIs;

v1::WhatIf compared(const Fleet& fleet, const std::vector<Version>& targets) {
    return what_if(fleet, to("1.0"), targets, built_in_knowledge());
}

TEST(WhatIf, SaysOfEachTargetWhatItsReportSays) {
    const auto found = compared(whole_fleet(), {{19, 2, 4}, {19, 3, 0}, {19, 4, 0}});
    ASSERT_THAT(found.targets(), SizeIs(3));
    for (const auto& target : found.targets()) {
        const auto report = judge(whole_fleet(), to(target.version()), built_in_knowledge());
        EXPECT_EQ(target.outcome(), report.outcome()) << target.version();
        EXPECT_EQ(target.path_size(), report.path_size()) << target.version();
        EXPECT_EQ(target.stopping_size(), static_cast<int>(target.blockers() + target.unknowns()));
    }
    EXPECT_EQ(found.from_version(), "19.2.4");
    EXPECT_EQ(found.knowledge_horizon(), "19.3");
}

TEST(WhatIf, FindsATargetItselfSafe) {
    const auto found = compared(whole_fleet(), {{19, 3, 0}});
    EXPECT_EQ(found.targets(0).nearest_safe(), "19.3.0");
    EXPECT_THAT(found.targets(0).stopping(), IsEmpty());
}

TEST(WhatIf, GoesBackToTheLastHopThatNothingStops) {
    const auto found = compared(whole_fleet(), {{19, 4, 0}});
    EXPECT_EQ(found.targets(0).outcome(), v1::Report::CANNOT_SAY) << "beyond the knowledge";
    EXPECT_EQ(found.targets(0).nearest_safe(), "19.3.0");
    EXPECT_TRUE(found.targets(0).path().empty());
}

// A system whose packages end between the stops of the way.
TEST(WhatIf, StopsBeforeTheHopThatABlockerLiesAt) {
    auto fleet = whole_fleet();
    for (auto& node : fleet.nodes) {
        for (auto& finding : *node.inspection.mutable_findings()) {
            if (!finding.has_operating_system()) continue;
            finding.mutable_operating_system()->set_id("amzn");
            finding.mutable_operating_system()->set_version_id("2");
        }
    }
    const auto found = compared(fleet, {{19, 3, 0}});
    EXPECT_EQ(found.targets(0).outcome(), v1::Report::NOT_READY);
    EXPECT_THAT(found.targets(0).stopping(), Contains(AllOf(Property(&v1::Verdict::check, "system.supported"),
                                                            Property(&v1::Verdict::level, v1::BLOCKER))));
    EXPECT_NE(found.targets(0).nearest_safe(), "19.3.0");
}

TEST(WhatIf, HasNoSafeStopForAFleetThatNobodySaw) {
    const auto found = compared(fleet_of({silent_node("web1")}), {{19, 2, 4}, {19, 3, 0}});
    for (const auto& target : found.targets()) EXPECT_EQ(target.nearest_safe(), "") << target.version();
    EXPECT_EQ(found.from_version(), "");
}

TEST(WhatIf, EndsWithTheWorstOfItsTargets) {
    v1::WhatIf found;
    EXPECT_EQ(exit_status(found), 3);
    const auto with = [&](v1::Report::Outcome outcome) {
        found.add_targets()->set_outcome(outcome);
        return exit_status(found);
    };
    EXPECT_EQ(with(v1::Report::READY_TO_UPGRADE), 0);
    EXPECT_EQ(with(v1::Report::READY_WITH_CONDITIONS), 1);
    EXPECT_EQ(with(v1::Report::CANNOT_SAY), 3);
    EXPECT_EQ(with(v1::Report::NOT_READY), 2);
    EXPECT_EQ(with(v1::Report::READY_TO_UPGRADE), 2);
}

TEST(WhatIf, DoesNotDependOnTheOrderOfTheTargets) {
    const auto up = compared(whole_fleet(), {{19, 2, 4}, {19, 3, 0}});
    const auto down = compared(whole_fleet(), {{19, 3, 0}, {19, 2, 4}});
    EXPECT_EQ(up.targets(0).SerializeAsString(), down.targets(1).SerializeAsString());
    EXPECT_EQ(up.targets(1).SerializeAsString(), down.targets(0).SerializeAsString());
}

TEST(WhatIf, IsReadAsText) {
    const auto text = render_text(compared(whole_fleet(), {{19, 3, 0}, {19, 4, 0}}), {.width = 120});
    EXPECT_THAT(text, AllOf(HasSubstr("What if this instance went from 19.2.4 to one of these?"),
                            HasSubstr("Nearest safe stop"), HasSubstr("== 19.4.0: CANNOT SAY"),
                            HasSubstr("? path.required_stops: the knowledge ends with GitLab 19.3")));
}

TEST(WhatIf, ShowsHostileTextHarmless) {
    v1::WhatIf found;
    auto& target = *found.add_targets();
    target.set_version("19.3.0\x1b[2J");
    auto& verdict = *target.add_stopping();
    verdict.set_level(v1::BLOCKER);
    verdict.set_summary("a\nb\x1b[31m");
    verdict.add_nodes("web1\x1b[2J");
    EXPECT_THAT(render_text(found, {}), Not(HasSubstr("\x1b")));
}

}  // namespace
}  // namespace preflight::readiness
