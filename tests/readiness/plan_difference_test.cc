#include "readiness/difference.h"
#include "readiness/render/render.h"
#include "tests/readiness/fleet_builder.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

v1::Report report(std::string_view text) {
    v1::Report made;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(std::string(text), &made));
    return made;
}

template <typename List>
std::vector<std::string> lines_of(const List& list) {
    std::vector<std::string> lines;
    for (const auto& one : list) {
        lines.push_back(v1::ReportDifference::Kind_Name(one.kind()) + " " + one.key() + ": " + one.before() +
                        " -> " + one.after());
    }
    return lines;
}

std::vector<std::string> path(std::string_view before, std::string_view after) {
    return lines_of(difference_of(report(before), report(after)).path());
}

std::vector<std::string> plan(std::string_view before, std::string_view after) {
    return lines_of(difference_of(report(before), report(after)).plan());
}

TEST(PathDifference, TellsHopsThatWentAndAppearedAndOtherPatches) {
    EXPECT_THAT(path(R"(path { version: "18.8.11" stop: true } path { version: "18.11.9" stop: true }
                        path { version: "19.2.4" })",
                     R"(path { version: "18.11.11" stop: true } path { version: "19.2.4" stop: true }
                        path { version: "19.3.0" })"),
                ElementsAre("WENT 18.8: 18.8.11, a required stop -> ",
                            "CHANGED 18.11: 18.11.9, a required stop -> 18.11.11, a required stop",
                            "CHANGED 19.2: 19.2.4, the target -> 19.2.4, a required stop",
                            "APPEARED 19.3:  -> 19.3.0, the target"));
}

TEST(PathDifference, TellsThatAStopIsNoLongerConditional) {
    EXPECT_THAT(path(R"(path { version: "16.0.10" stop: true conditional: true })",
                     R"(path { version: "16.0.10" stop: true })"),
                ElementsAre("CHANGED 16.0: 16.0.10, a conditional stop -> 16.0.10, a required stop"));
}

TEST(PlanDifference, TellsStepsThatWentAndAppeared) {
    EXPECT_THAT(plan(R"(plan { steps { id: "before/rehearse" title: "Rehearse" }
                               steps { id: "19.3.0/stop_puma" to: "19.3.0" title: "Stop Puma" nodes: "web1" } })",
                     R"(plan { steps { id: "before/remedy-settings" title: "Mend" }
                               steps { id: "before/rehearse" title: "Rehearse" } })"),
                ElementsAre("WENT 19.3/stop_puma: Stop Puma (web1) -> ",
                            "APPEARED before/remedy-settings:  -> Mend"));
}

TEST(PlanDifference, TellsOtherNodesButNotOtherWords) {
    const auto step = [](std::string_view version, std::string_view nodes) {
        return "plan { steps { id: '" + std::string(version) + "/install' to: '" + std::string(version) +
               "' title: 'Install " + std::string(version) + "' nodes: [" + std::string(nodes) + "] } }";
    };
    EXPECT_THAT(
        plan(step("18.11.9", "'web1'"), step("18.11.11", "'web1', 'web2'")),
        ElementsAre("CHANGED 18.11/install: Install 18.11.9 (web1) -> Install 18.11.11 (web1, web2)"));
    EXPECT_THAT(plan(step("18.11.9", "'web1'"), step("18.11.11", "'web1'")), IsEmpty())
        << "the path has said that";
}

TEST(PlanDifference, PairsStepsOfOneIdInTheirOrder) {
    EXPECT_THAT(plan(R"(plan { steps { id: "a" title: "first" } steps { id: "a" title: "second" } })",
                     R"(plan { steps { id: "a" title: "first" } })"),
                ElementsAre("WENT a: second -> "));
}

TEST(PlanDifference, IsOneOfTheText) {
    const auto differences = difference_of(
        report(R"(path { version: "19.2.4" } plan { steps { id: "x" title: "Old" } })"),
        report(
            R"(path { version: "19.2.5" } plan { steps { id: "y" title: "New\n== Worse: 9" nodes: "web\r1" } })"));
    const auto text = render_text(differences, TextStyle{});
    EXPECT_THAT(text, AllOf(HasSubstr("\n== Path: 1\n\n  - 19.2: 19.2.4, the target -> 19.2.5, the target\n"),
                            HasSubstr("\n== Plan: 2\n\n  - x: went: Old\n  - y: appeared: New")));
    EXPECT_THAT(text, AllOf(Not(HasSubstr("\n== Worse")), Not(HasSubstr("\r"))));
    const auto json = json_of(differences);
    EXPECT_THAT(json, AllOf(HasSubstr("\"plan\""), HasSubstr("\"path\""), HasSubstr("CHANGED")));
}

TEST(PlanDifference, IsNotInTheTextWhereThereIsNone) {
    const auto same = report(R"(path { version: "19.2.4" } plan { steps { id: "x" title: "Old" } })");
    const auto text = render_text(difference_of(same, same), TextStyle{});
    EXPECT_THAT(text, AllOf(Not(HasSubstr("Path")), Not(HasSubstr("Plan"))));
}

}  // namespace
}  // namespace preflight::readiness
