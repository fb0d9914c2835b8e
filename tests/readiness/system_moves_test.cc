#include "readiness/system_moves.h"

#include <set>

#include "readiness/collations.h"
#include "readiness/path.h"
#include "readiness/route.h"
#include "tests/readiness/fleet_builder.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

const v1::OperatingSystemSupport& row(std::string_view name) {
    const auto& rows = built_in_knowledge().operating_systems();
    return *std::ranges::find(rows, name, &v1::OperatingSystemSupport::name);
}

std::vector<Version> versions(std::initializer_list<const char*> texts) {
    std::vector<Version> all;
    for (const auto* text : texts) all.push_back(parse_version(text).value());
    return all;
}

// "1: Ubuntu 22.04 or Ubuntu 24.04 at 18.11.11"
std::vector<std::string> moves(std::string_view system, std::initializer_list<const char*> way,
                               const Build& build = {}) {
    std::vector<std::string> texts;
    for (const auto& move :
         system_moves({&row(system), build, v1::EE, "", versions(way), 0}, built_in_knowledge()))
        texts.push_back(std::to_string(move.hop) + ": " + systems_text(move) + " at " + move.at.text() +
                        (move.rebuild ? ", rebuild" : ""));
    return texts;
}

TEST(SystemMoves, AreMadeAsLateAsMayBeToTheSystemsThatCarryFarthest) {
    EXPECT_THAT(moves("Ubuntu 20.04", {"18.8.11", "18.11.11", "19.2.4", "19.3.0"}),
                ElementsAre("1: Ubuntu 22.04 or Ubuntu 24.04 at 18.11.11"));
    EXPECT_THAT(moves("Ubuntu 20.04", {"15.11.13", "16.3.9", "19.2.4"}),
                ElementsAre("1: Ubuntu 22.04 at 16.3.9"))
        << "24.04 has none yet";
    EXPECT_THAT(moves("Ubuntu 24.04", {"18.11.11", "19.2.4", "19.3.0"}), IsEmpty());
}

TEST(SystemMoves, FollowEachOtherWhereNoneCarriesTheWholeWay) {
    EXPECT_THAT(
        moves("Ubuntu 16.04", {"13.12.15", "16.3.9", "18.11.11", "19.2.4"}),
        ElementsAre("0: Ubuntu 20.04 at 13.12.15, rebuild", "2: Ubuntu 22.04 or Ubuntu 24.04 at 18.11.11"));
}

TEST(SystemMoves, SayWhereNoSystemHasPackagesBeforeAndAfter) {
    EXPECT_THAT(moves("Ubuntu 26.04", {"19.1.6", "19.2.4", "19.3.0"}), ElementsAre("0:  at 19.1.6"));
    EXPECT_THAT(moves("Raspberry Pi OS 12 32-bit (Bookworm)", {"17.11.7", "18.2.8"}),
                ElementsAre("0:  at 17.11.7"));
}

TEST(SystemMoves, GoFromCentosToItsFamily) {
    EXPECT_THAT(moves("CentOS 7", {"17.5.5", "17.8.7"}, {.architecture = "aarch64"}),
                ElementsAre("0: AlmaLinux 8, AlmaLinux 9, RHEL 8 or RHEL 9 at 17.5.5, rebuild"));
}

TEST(SystemMoves, KeepToFipsPackages) {
    EXPECT_THAT(moves("Ubuntu 20.04", {"18.5.7", "18.11.11", "19.2.4"}, {.fips = true}),
                ElementsAre("1: Ubuntu 22.04 at 18.11.11"));
}

// openSUSE Leap 15.3, 15.4 and 15.5 itself go from 15.5 to 15.6 at the same hop.
TEST(SystemMoves, AreSaidOnceWhereSeveralSystemsComeToOne) {
    const auto from = parse_version("15.4.2").value();
    auto hops = find_path(from, parse_version("19.3.0").value(), built_in_knowledge()).hops;
    add_moves(hops, from, v1::EE, built_in_knowledge());
    std::multiset<std::string> said;
    for (const auto& hop : hops) {
        for (const auto& move : hop.moves()) said.insert(hop.version() + " " + move.ShortDebugString());
    }
    EXPECT_GT(said.size(), 5U);
    for (const auto& one : said) EXPECT_EQ(said.count(one), 1U) << one;
}

TEST(SystemMoves, AreToldOfTheNodesInTheHopBeforeWhichTheyAreMade) {
    const auto fleet = fleet_of({node("a", installed("18.8.11") + runs_on("ubuntu", "20.04")),
                                 node("b", installed("18.8.11") + runs_on("ubuntu", "20.04")),
                                 node("c", installed("18.8.11") + runs_on("ubuntu", "24.04")),
                                 node("d", installed("18.8.11"))});
    const auto hops = find_route(fleet, to("19.3.0"), built_in_knowledge()).path.hops;
    ASSERT_THAT(hops, SizeIs(3));
    EXPECT_THAT(hops[0].moves(), IsEmpty());
    ASSERT_THAT(hops[1].moves(), SizeIs(1));
    EXPECT_THAT(hops[1].moves(0).nodes(), ElementsAre("a", "b"));
    EXPECT_EQ(hops[1].moves(0).system(), "Ubuntu 20.04");
    EXPECT_THAT(hops[1].moves(0).to(), ElementsAre("Ubuntu 22.04", "Ubuntu 24.04"));
    EXPECT_EQ(hops[1].moves(0).at_version(), "18.11.11");
}

// Over the whole table: whoever makes the moves has packages of every version on the way, or is told that
// there are none.
TEST(SystemMoves, LeaveNoHopWithoutPackages) {
    const Version target{19, 3, 0};
    for (const auto& system : built_in_knowledge().operating_systems()) {
        for (const auto& release : built_in_knowledge().releases()) {
            const auto from = parse_version(release.newest_patch()).value();
            if (packages_for(system, {}, from) != Packages::offered || from == target) continue;
            std::vector<Version> way{from};
            for (const auto& hop : find_path(from, target, built_in_knowledge()).hops)
                way.push_back(parse_version(hop.version()).value());
            const auto all =
                system_moves({&system, {}, v1::EDITION_UNSPECIFIED, "", way, 0}, built_in_knowledge());
            const auto* runs = &system;
            for (std::size_t at = 1; at < way.size() && runs != nullptr; ++at) {
                for (const auto& move : all) {
                    if (move.hop + 1 != at) continue;
                    EXPECT_EQ(move.from, runs);
                    runs = move.to.empty() ? nullptr : move.to.front();
                    for (const auto* next : move.to)
                        EXPECT_EQ(packages_for(*next, {}, move.at), Packages::offered) << next->name();
                }
                if (runs == nullptr) break;
                EXPECT_EQ(packages_for(*runs, {}, way[at]), Packages::offered)
                    << system.name() << " from " << from.text() << " at " << way[at].text();
            }
        }
    }
}

TEST(Collations, DifferOnTwoSidesOfTheLibraryThatSortsAnew) {
    EXPECT_EQ(order_differs("2.27", "2.28"), true);
    EXPECT_EQ(order_differs("2.28", "2.41"), false);
    EXPECT_EQ(order_differs("2.17", "2.27"), false);
    EXPECT_EQ(order_differs("", "2.41"), std::nullopt);
    EXPECT_EQ(order_changes("2.31", ""), false) << "what follows is never older";
    EXPECT_EQ(order_changes("", "2.27"), false);
    EXPECT_EQ(order_changes("", "2.36"), std::nullopt);
    EXPECT_EQ(order_changes("2.17", "2.28"), true);
}

}  // namespace
}  // namespace preflight::readiness
