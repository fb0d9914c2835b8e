// What a plan does not know: it says so, and guesses nothing; what nodes say never becomes a command.
#include <algorithm>
#include <random>

#include "readiness/judge.h"
#include "readiness/render/shell.h"
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

TEST(OpenPoints, NameANodeThatDidNotSayWhatItIs) {
    auto fleet = several_nodes("19.2.4");
    fleet.nodes.push_back(node("db9", installed("19.2.4") + runs_on("ubuntu", "24.04")));
    fleet.nodes.push_back(silent_node("new1"));
    const auto plan = plan_of(fleet);
    EXPECT_THAT(open_points(plan),
                AllOf(HasSubstr("db9 has no step in this plan: what runs on it was not seen"),
                      HasSubstr("new1 has no step in this plan: no inspection")));
    for (const auto& step : plan.steps())
        EXPECT_THAT(step.nodes(), Each(Not(::testing::AnyOf("db9", "new1"))));
}

TEST(OpenPoints, LeaveNoStepsWhereNoNodeSaidWhatItIs) {
    const auto plan = plan_of(fleet_of({node("gitlab", installed("19.2.4") + runs_on("ubuntu", "24.04"))}));
    EXPECT_THAT(plan.steps(), IsEmpty());
    EXPECT_THAT(open_points(plan), HasSubstr("gitlab has no step"));
}

// It may be one of several.
TEST(OpenPoints, DoNotTakeAKnownNodeForTheOnlyOne) {
    const auto beside = plan_of(fleet_of({single_node("19.2.4"), silent_node("new1")}));
    EXPECT_EQ(beside.manner(), v1::Plan::WITH_DOWNTIME);
    auto upgrade = to("19.3.0");
    upgrade.expected_nodes = {"gitlab", "gone1"};
    const auto missing = plan_of(fleet_of({single_node("19.2.4")}), upgrade);
    EXPECT_EQ(missing.manner(), v1::Plan::WITH_DOWNTIME);
    EXPECT_THAT(open_points(missing), HasSubstr("gone1 has no step in this plan: nobody reports from there"));
}

TEST(OpenPoints, GiveNoWordsForASystemThatWasNotSeen) {
    const auto plan =
        plan_of(fleet_of({node("gitlab", installed("19.2.4") + roles("RAILS") + sees_all() + no_geo())}));
    EXPECT_THAT(step(plan, "19.3.0/install_single").commands(), IsEmpty());
    EXPECT_THAT(open_points(plan),
                HasSubstr("With which words the package is installed on gitlab is not known"));
}

TEST(OpenPoints, TellWhyThereIsNoPath) {
    const auto of = [](std::string_view version, std::string_view target) {
        const auto plan = plan_of(fleet_of({single_node(version)}), target);
        EXPECT_THAT(plan.steps(), IsEmpty());
        return open_points(plan);
    };
    EXPECT_THAT(of("19.3.0", "19.2.4"), HasSubstr("a restore, not an upgrade"));
    EXPECT_THAT(of("19.2.4", "19.9.0"), HasSubstr("The knowledge ends with GitLab 19.3"));
    EXPECT_THAT(of("7.0.0", "19.3.0"), HasSubstr("The stops that GitLab 7.0.0 needs are not known"));
    EXPECT_THAT(of("18.2.8", "18.12.0"), HasSubstr("no release GitLab 18.12.0"));
    EXPECT_THAT(open_points(plan_of(fleet_of({silent_node("a")}))), HasSubstr("there is no path to plan"));
    EXPECT_THAT(of("19.3.0", "19.3.0"), IsEmpty()) << "there is nothing to do";
}

TEST(OpenPoints, HoldUnknownVerdictsAndStopsThatMayBeNeedless) {
    v1::Verdict unknown;
    unknown.set_level(v1::UNKNOWN);
    unknown.set_title("State of Redis");
    unknown.set_summary("not every Redis told");
    unknown.add_nodes("redis1");
    const auto plan = plan_of(fleet_of({single_node("16.11.10", "16.8")}), "17.3.7", {unknown});
    EXPECT_THAT(plan.open(), Contains("State of Redis: not every Redis told (redis1)"));
    EXPECT_THAT(open_points(plan),
                HasSubstr("The stop 17.1 is in this plan because it is not proved needless"));
}

TEST(OpenPoints, SayThatTheWayToTheDatabaseWasNotSeen) {
    const auto plan =
        plan_of(fleet_of({member("web1", "19.2.4", "RAILS"), member("db1", "19.2.4", "GITALY")}));
    EXPECT_THAT(open_points(plan), HasSubstr("through PgBouncer was not seen"));
}

TEST(OpenPoints, SayThatNoNodeWasSeenToChangeTheDatabase) {
    auto fleet = several_nodes("19.2.4");
    std::erase_if(fleet.nodes, [](const FleetNode& node) { return node_name(node).starts_with("web"); });
    EXPECT_THAT(open_points(plan_of(fleet)), HasSubstr("No Rails node is in this plan"));
}

TEST(OpenPoints, SayThatNoStepChangesTheEdition) {
    auto upgrade = to("19.3.0");
    upgrade.edition = v1::CE;
    EXPECT_THAT(open_points(plan_of(fleet_of({single_node("19.2.4")}), upgrade)),
                HasSubstr("The edition is to become CE"));
    upgrade.edition = v1::EE;
    EXPECT_THAT(plan_of(fleet_of({single_node("19.2.4")}), upgrade).open(), IsEmpty());
    const auto unseen = node(
        "gitlab", installed("19.2.4", "") + runs_on("debian", "12") + roles("RAILS") + sees_all() + no_geo());
    EXPECT_THAT(open_points(plan_of(fleet_of({unseen}), upgrade)),
                HasSubstr("Whether gitlab must become Enterprise Edition was not seen"));
}

constexpr std::string_view hostile = "$(reboot); `id` | x'\"\\\n--";

// Of every text that a node can send.
Fleet hostile_fleet() {
    auto fleet = several_nodes("19.2.4");
    for (auto& node : fleet.nodes) {
        node.inspection.mutable_node()->set_name(node_name(node) + std::string(hostile));
        for (auto& finding : *node.inspection.mutable_findings()) {
            if (finding.has_installation()) {
                auto& what = *finding.mutable_installation();
                what.set_package_version("19.2.4-ee.0" + std::string(hostile));
                what.set_held(true);
                what.set_held_by(std::string(hostile));
            }
            if (finding.has_operating_system())
                finding.mutable_operating_system()->set_pretty_name(std::string(hostile));
        }
    }
    fleet.nodes.push_back(member("odd", "19.2.4", "GITALY"));
    for (auto& finding : *fleet.nodes.back().inspection.mutable_findings()) {
        if (finding.has_installation())
            finding.mutable_installation()->set_package_name("gitlab-ee" + std::string(hostile));
        if (finding.has_operating_system())
            finding.mutable_operating_system()->set_version_id(std::string(hostile));
    }
    return fleet;
}

TEST(OpenPoints, NeverPutWhatANodeSaysIntoACommand) {
    const auto plan = plan_of(hostile_fleet());
    ASSERT_GT(plan.steps_size(), 10);
    for (const auto& step : plan.steps()) {
        for (const auto& line : commands(step)) {
            EXPECT_THAT(line, AllOf(Not(HasSubstr("reboot")), Not(HasSubstr("`")), Not(HasSubstr("\n"))));
        }
        EXPECT_THAT(render::shell_line(step.verify()), Not(HasSubstr("reboot")));
    }
}

TEST(OpenPoints, AreTheSameWhateverTheOrderOfArrival) {
    auto fleet = several_nodes("18.8.11");
    const auto first = judge(fleet, to("19.3.0"), built_in_knowledge()).plan().SerializeAsString();
    std::mt19937 chance(7);  // NOLINT(cert-msc51-cpp): the same order in every run
    for (int round = 0; round < 5; ++round) {
        std::ranges::shuffle(fleet.nodes, chance);
        for (auto& node : fleet.nodes) {
            auto& findings = *node.inspection.mutable_findings();
            std::shuffle(findings.pointer_begin(), findings.pointer_end(), chance);
        }
        EXPECT_EQ(judge(fleet, to("19.3.0"), built_in_knowledge()).plan().SerializeAsString(), first);
    }
}

}  // namespace
}  // namespace preflight::readiness
