#include "readiness/render/node_names.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::readiness::render {
namespace {

using testing::ElementsAre;

std::vector<std::string> shown(const std::vector<std::string>& names, const std::string& address = "") {
    v1::Report report;
    for (const auto& name : names) report.add_nodes()->set_name(name);
    report.add_endpoints()->set_address(address);
    return shown_all(names, NodeNames(report));
}

TEST(NodeNames, AreCutAtTheFirstDot) {
    EXPECT_THAT(shown({"pg-1.git.meridian.example", "rails-1"}), ElementsAre("pg-1", "rails-1"));
}

TEST(NodeNames, GoAsFarAsTellsThemApart) {
    EXPECT_THAT(shown({"pg-1.east.git.example", "pg-1.west.git.example", "rails-1.east.git.example"}),
                ElementsAre("pg-1.east", "pg-1.west", "rails-1"));
}

TEST(NodeNames, AreNeverAnotherNodesWholeName) {
    EXPECT_THAT(shown({"pg-1", "pg-1.git.example"}), ElementsAre("pg-1", "pg-1.git"));
    EXPECT_THAT(shown({"git.example", "git.example.org", "git"}),
                ElementsAre("git.example", "git.example.org", "git"));
}

TEST(NodeNames, AreNotToldApartByCapitals) {
    EXPECT_THAT(shown({"PG-1.east.example", "pg-1.west.example"}), ElementsAre("PG-1.east", "pg-1.west"));
}

TEST(NodeNames, LeaveNoDoubtWhichServerInUseIsMeant) {
    EXPECT_THAT(shown({"gitaly-1.east.example"}, "gitaly-1.west.example:8075"), ElementsAre("gitaly-1.east"));
    EXPECT_THAT(shown({"gitaly-1.east.example"}, "gitaly-1.east.example:8075"), ElementsAre("gitaly-1"));
    EXPECT_THAT(shown({"gitaly-1.east.example"}, "gitaly-1:8075"), ElementsAre("gitaly-1"));
}

TEST(NodeNames, StayWholeWhereTheyAreNoHostNames) {
    EXPECT_THAT(shown({"10.20.0.51", "::ffff:10.20.0.52", "(node 7fe5aebdba74)", "a b.example", "trailing.",
                       ".leading", "two..dots", ""}),
                ElementsAre("10.20.0.51", "::ffff:10.20.0.52", "(node 7fe5aebdba74)", "a b.example",
                            "trailing.", ".leading", "two..dots", ""));
}

TEST(NodeNames, AreVisibleText) {
    EXPECT_THAT(shown({"evil\x1b[2J.example"}), ElementsAre("evil\\u001b[2J.example"));
    EXPECT_THAT(NodeNames(v1::Report()).shown("not\x1bin.it"), "not\\u001bin.it");
}

}  // namespace
}  // namespace preflight::readiness::render
