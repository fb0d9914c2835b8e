// The path that a fleet has to take: worked examples, and what must hold of every one.
#include "readiness/route.h"

#include <algorithm>

#include "tests/readiness/asked.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Hops = std::vector<std::string>;

// One node of a small instance whose database was read whole: no stop's condition holds.
FleetNode small(std::string_view version) {
    const auto empty = [](std::string_view table) {
        return "findings { probe: 'postgres' table_estimate { database: 'main' table: '" +
               std::string(table) + "' } } ";
    };
    return node("web1", installed(version) + roles("RAILS") + ran({"postgres"}) + empty("users") +
                            empty("ci_pipeline_variables") + empty("packages_packages") +
                            empty("ci_pipeline_messages"));
}

// A node of which nothing is known but its version.
FleetNode unseen(std::string_view version, std::string_view name = "web1") {
    return node(name, installed(version));
}

// Two of them: both could run Rails.
Fleet unseen_fleet(std::string_view version) { return fleet_of({unseen(version), unseen(version, "web2")}); }

Route route(const Fleet& fleet, std::string_view target) {
    return find_route(fleet, to(target), built_in_knowledge());
}

Route route(const FleetNode& one, std::string_view target) { return route(fleet_of({one}), target); }

Hops hops(const Route& found) {
    Hops versions;
    for (const auto& hop : found.path.hops) versions.push_back(hop.version());
    return versions;
}

struct Worked {
    const char* from;
    const char* target;
    Hops unconditional;
    Hops whole;  // with the conditional stops
};

const std::vector<Worked>& worked() {
    static const std::vector<Worked> paths{
        {"15.0.5", "15.11.13", {"15.4.6", "15.11.13"}, {"15.1.6", "15.4.6", "15.11.13"}},
        {"15.3.2",
         "16.3.9",
         {"15.4.6", "15.11.13", "16.3.9"},
         {"15.4.6", "15.11.13", "16.0.10", "16.1.8", "16.2.11", "16.3.9"}},
        {"15.11.13",
         "17.3.7",
         {"16.3.9", "16.7.10", "16.11.10", "17.3.7"},
         {"16.0.10", "16.1.8", "16.2.11", "16.3.9", "16.7.10", "16.11.10", "17.1.8", "17.3.7"}},
        {"16.5.1",
         "17.11.7",
         {"16.7.10", "16.11.10", "17.3.7", "17.5.5", "17.8.7", "17.11.7"},
         {"16.7.10", "16.11.10", "17.1.8", "17.3.7", "17.5.5", "17.8.7", "17.11.7"}},
        {"16.11.10",
         "18.11.11",
         {"17.3.7", "17.5.5", "17.8.7", "17.11.7", "18.2.8", "18.5.7", "18.8.11", "18.11.11"},
         {"17.1.8", "17.3.7", "17.5.5", "17.8.7", "17.11.7", "18.2.8", "18.5.7", "18.8.11", "18.11.11"}},
        {"17.11.0",
         "19.3.0",
         {"18.2.8", "18.5.7", "18.8.11", "18.11.11", "19.2.4", "19.3.0"},
         {"18.2.8", "18.5.7", "18.8.11", "18.11.11", "19.2.4", "19.3.0"}},
        {"18.11.7", "19.0.8", {"18.11.11", "19.0.8"}, {"18.11.11", "19.0.8"}},
        {"19.0.3", "19.3.0", {"19.2.4", "19.3.0"}, {"19.2.4", "19.3.0"}},
        {"19.2.0", "19.3.0", {"19.2.4", "19.3.0"}, {"19.2.4", "19.3.0"}},
    };
    return paths;
}

TEST(Route, DropsConditionalStopsThatAreProvedNotToBeNeeded) {
    for (const auto& path : worked())
        EXPECT_EQ(hops(route(small(path.from), path.target)), path.unconditional)
            << path.from << " to " << path.target;
}

TEST(Route, KeepsConditionalStopsOfWhichNothingWasSeen) {
    for (const auto& path : worked())
        EXPECT_EQ(hops(route(unseen_fleet(path.from), path.target)), path.whole)
            << path.from << " to " << path.target;
}

// Each is kept by its own fact, and by no other's.
TEST(Route, KeepsEachConditionalStopThatIsNeeded) {
    const auto with = [](std::string_view table, std::string_view rows) {
        auto one = small("15.11.13");
        for (auto& finding : *one.inspection.mutable_findings()) {
            if (finding.table_estimate().table() == table)
                finding.mutable_table_estimate()->set_rows(std::stoull(std::string(rows)));
        }
        return hops(route(one, "17.3.7"));
    };
    EXPECT_THAT(with("users", "30001"), ElementsAre("16.0.10", "16.3.9", "16.7.10", "16.11.10", "17.3.7"));
    EXPECT_THAT(with("users", "30000"), ElementsAre("16.3.9", "16.7.10", "16.11.10", "17.3.7"));
    EXPECT_THAT(with("packages_packages", "1"),
                ElementsAre("16.1.8", "16.3.9", "16.7.10", "16.11.10", "17.3.7"));
    EXPECT_THAT(with("ci_pipeline_variables", "1000001"),
                ElementsAre("16.0.10", "16.2.11", "16.3.9", "16.7.10", "16.11.10", "17.3.7"));
    EXPECT_THAT(with("ci_pipeline_messages", "1500001"),
                ElementsAre("16.3.9", "16.7.10", "16.11.10", "17.1.8", "17.3.7"));
}

TEST(Route, GoesOverFifteenOneWhereSeveralNodesRunRails) {
    auto fleet = fleet_of({small("15.0.5"), unseen("15.0.5", "web2")});
    EXPECT_EQ(hops(find_route(fleet, to("15.4.6"), built_in_knowledge())), (Hops{"15.1.6", "15.4.6"}))
        << "it could run Rails";
    fleet.nodes[1] = node("gitaly1", installed("15.0.5") + roles("GITALY"));
    EXPECT_EQ(hops(find_route(fleet, to("15.4.6"), built_in_knowledge())), (Hops{"15.4.6"}));
    fleet.nodes[1] = node("web2", installed("15.0.5") + roles("RAILS"));
    EXPECT_EQ(hops(find_route(fleet, to("15.4.6"), built_in_knowledge())), (Hops{"15.1.6", "15.4.6"}));
}

TEST(Route, KeepsAStopThatHangsOnANodeThatNeverReported) {
    auto upgrade = to("15.4.6");
    upgrade.expected_nodes = {"web1", "web2"};
    const auto fleet = fleet_of({small("15.0.5")});
    EXPECT_EQ(hops(find_route(fleet, upgrade, built_in_knowledge())), (Hops{"15.1.6", "15.4.6"}));
    upgrade.expected_nodes = {"web1"};
    EXPECT_EQ(hops(find_route(fleet, upgrade, built_in_knowledge())), (Hops{"15.4.6"}));
}

// The stop of the minor that runs is taken while the patch is below what may serve as one.
TEST(Route, DecidesTheConditionalStopOfTheMinorThatRuns) {
    EXPECT_EQ(hops(route(small("15.1.2"), "15.4.6")), (Hops{"15.4.6"})) << "one node runs Rails";
    const auto open = find_route(unseen_fleet("15.1.2"), to("15.4.6"), built_in_knowledge());
    EXPECT_EQ(hops(open), (Hops{"15.1.6", "15.4.6"}));
    ASSERT_THAT(open.conditional, SizeIs(1));
    EXPECT_EQ(open.conditional[0].decided.truth, Truth::unknown);
    EXPECT_EQ(hops(find_route(unseen_fleet("15.1.6"), to("15.4.6"), built_in_knowledge())), (Hops{"15.4.6"}));
}

TEST(Route, TellsWhatDecidedEachConditionalStop) {
    const auto found = route(small("15.11.13"), "17.3.7");
    ASSERT_THAT(found.conditional, SizeIs(4));
    EXPECT_EQ(found.conditional[0].stop->minor(), "16.0");
    EXPECT_EQ(found.conditional[0].decided.truth, Truth::fails);
    EXPECT_EQ(found.conditional[3].stop->minor(), "17.1");
    EXPECT_EQ(evidence_of(found.conditional[3].decided), "ci_pipeline_messages has about 0 rows\n");
    EXPECT_EQ(route(unseen("15.11.13"), "17.3.7").conditional[0].decided.truth, Truth::unknown);
}

TEST(Route, HasItsLegsOneAfterTheOther) {
    const auto found = route(small("17.11.0"), "19.3.0");
    ASSERT_THAT(found.legs, SizeIs(6));
    EXPECT_EQ(leg_text(found.legs.front()), "17.11.0 → 18.2.8");
    EXPECT_EQ(leg_text(found.legs.back()), "19.2.4 → 19.3.0");
    EXPECT_TRUE(crosses(found.legs.front(), {18, 0, 0}));
    EXPECT_TRUE(crosses(found.legs.front(), {18, 2, 8})) << "it ends there";
    EXPECT_FALSE(crosses(found.legs.front(), {17, 11, 0})) << "it begins there";
    EXPECT_FALSE(crosses(found.legs.front(), {18, 2, 9}));
}

TEST(Route, BeginsAtTheLowestVersionThatRuns) {
    const auto fleet = fleet_of({node("a", installed("19.2.4")), node("b", installed("18.11.9"))});
    const auto found = find_route(fleet, to("19.3.0"), built_in_knowledge());
    EXPECT_EQ(found.from, (Version{18, 11, 9}));
    EXPECT_EQ(hops(found), (Hops{"19.2.4", "19.3.0"}));
}

TEST(Route, IsKnownOnlyWhereItsHopsAre) {
    EXPECT_TRUE(is_known(route(unseen("19.2.4"), "19.3.0")));
    EXPECT_TRUE(is_known(route(unseen("19.3.0"), "19.3.0"))) << "there is none to make";
    EXPECT_FALSE(is_known(route(unseen("19.2.4"), "19.4.0")));
    EXPECT_FALSE(is_known(route(unseen("19.3.0"), "19.2.4")));
    const auto nothing = find_route(fleet_of({silent_node("a")}), to("19.3.0"), built_in_knowledge());
    EXPECT_FALSE(is_known(nothing));
    EXPECT_EQ(nothing.from, std::nullopt);
    EXPECT_THAT(nothing.legs, IsEmpty());
}

// Ascending without a gap, to the target, over every unconditional stop between, and no leg crosses one; of
// the conditional ones those that are not proved to be needless.
void expect_whole(const Fleet& fleet, const Version& from, const Version& target, bool conditional) {
    const auto& knowledge = built_in_knowledge();
    const auto found = find_route(fleet, to(target.text()), knowledge);
    ASSERT_FALSE(found.legs.empty()) << from.text() << " to " << target.text();
    EXPECT_EQ(found.legs.back().to, target);
    for (std::size_t at = 0; at < found.legs.size(); ++at) {
        EXPECT_LT(found.legs[at].from, found.legs[at].to);
        EXPECT_EQ(found.legs[at].from, at == 0 ? from : found.legs[at - 1].to);
    }
    for (const auto& stop : knowledge.stops()) {
        const auto minor = parse_version(stop.minor()).value();
        if (stop.announced() || (stop.conditional() && !conditional)) continue;
        const auto crossed = std::ranges::any_of(found.legs, [&](const Leg& leg) {
            return leg.from.minor_release() < minor && minor < leg.to.minor_release();
        });
        EXPECT_FALSE(crossed) << from.text() << " to " << target.text() << " crosses " << stop.minor();
    }
}

TEST(Route, IsWholeBetweenEveryTwoReleases) {
    const auto& releases = built_in_knowledge().releases();
    for (const auto& lower : releases) {
        const auto from = parse_version(lower.newest_patch()).value();
        const auto proved = fleet_of({small(from.text())});
        const auto open = unseen_fleet(from.text());
        for (const auto& higher : releases) {
            const auto target = parse_version(higher.newest_patch()).value();
            if (from.minor_release() >= target.minor_release()) continue;
            expect_whole(proved, from, target, false);
            expect_whole(open, from, target, true);
        }
    }
}

}  // namespace
}  // namespace preflight::readiness
