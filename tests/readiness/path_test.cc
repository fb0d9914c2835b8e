#include "readiness/path.h"

#include <gmock/gmock.h>

#include <algorithm>

#include "readiness/knowledge.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

Path path(const char* from, const char* target) {
    return find_path(parse_version(from).value(), parse_version(target).value(), built_in_knowledge());
}

// "16.1.8?" is a conditional stop.
std::vector<std::string> hops(const char* from, const char* target) {
    std::vector<std::string> texts;
    for (const auto& hop : path(from, target).hops)
        texts.push_back(hop.version() + (hop.conditional() ? "?" : ""));
    return texts;
}

TEST(Path, GoesOverTheRequiredStopsAtTheirNewestPatch) {
    EXPECT_THAT(hops("15.0.5", "15.11.13"), ElementsAre("15.1.6?", "15.4.6", "15.11.13"));
    EXPECT_THAT(hops("15.3.2", "16.3.9"),
                ElementsAre("15.4.6", "15.11.13", "16.0.10?", "16.1.8?", "16.2.11?", "16.3.9"));
    EXPECT_THAT(hops("15.11.13", "17.3.7"), ElementsAre("16.0.10?", "16.1.8?", "16.2.11?", "16.3.9",
                                                        "16.7.10", "16.11.10", "17.1.8?", "17.3.7"));
    EXPECT_THAT(hops("19.0.3", "19.3.0"), ElementsAre("19.2.4", "19.3.0"));
    EXPECT_THAT(hops("16.5.1", "17.11.7"),
                ElementsAre("16.7.10", "16.11.10", "17.1.8?", "17.3.7", "17.5.5", "17.8.7", "17.11.7"));
    EXPECT_THAT(hops("16.11.10", "18.11.11"), ElementsAre("17.1.8?", "17.3.7", "17.5.5", "17.8.7", "17.11.7",
                                                          "18.2.8", "18.5.7", "18.8.11", "18.11.11"));
    EXPECT_THAT(hops("17.11.0", "19.3.0"),
                ElementsAre("18.2.8", "18.5.7", "18.8.11", "18.11.11", "19.2.4", "19.3.0"));
}

TEST(Path, GoesStraightWhereNoStopLiesBetween) {
    EXPECT_THAT(hops("19.2.1", "19.3.0"), ElementsAre("19.3.0"));
    EXPECT_THAT(hops("19.2.1", "19.2.4"), ElementsAre("19.2.4"));
}

TEST(Path, LeavesAPatchThatMayNotServeAsTheStop) {
    EXPECT_THAT(hops("19.2.0", "19.3.0"), ElementsAre("19.2.4", "19.3.0"));
    EXPECT_THAT(hops("18.11.7", "19.0.8"), ElementsAre("18.11.11", "19.0.8"));
    EXPECT_THAT(hops("18.11.9", "19.0.8"), ElementsAre("19.0.8"));
}

// Knowledge whose horizon lies beyond a stop; announced or not is all that differs.
std::vector<std::string> hops_over_stop(bool announced) {
    v1::Knowledge knowledge;
    knowledge.set_newest_known("30.4");
    for (const auto* minor : {"30.1", "30.2", "30.4"}) {
        auto& release = *knowledge.add_releases();
        release.set_minor(minor);
        release.set_newest_patch(std::string(minor) + ".3");
    }
    knowledge.add_stops()->set_minor("30.1");
    auto& stop = *knowledge.add_stops();
    stop.set_minor("30.2");
    stop.set_announced(announced);
    std::vector<std::string> texts;
    for (const auto& hop : find_path({30, 1, 3}, {30, 4, 3}, knowledge).hops) texts.push_back(hop.version());
    return texts;
}

TEST(Path, NeverWalksThroughAnAnnouncedStop) {
    EXPECT_THAT(hops_over_stop(false), ElementsAre("30.2.3", "30.4.3"));
    EXPECT_THAT(hops_over_stop(true), ElementsAre("30.4.3"));
}

TEST(Path, KnowsNoPatchAboveTheNewestKnownOne) {
    EXPECT_EQ(path("19.2.4", "19.3.0").kind, Path::Kind::found);
    EXPECT_EQ(path("19.2.4", "19.3.1").kind, Path::Kind::beyond_patch);
    EXPECT_THAT(hops("18.11.9", "19.3.1"), ElementsAre("19.2.4", "19.3.1"));
}

TEST(Path, KnowsWhichPatchesWereNeverReleased) {
    for (const auto* never : {"18.11.10", "19.0.7", "19.1.5", "19.2.3"})
        EXPECT_EQ(path("18.8.11", never).kind, Path::Kind::never_released) << never;
    for (const auto* tagged : {"18.11.9", "18.11.11", "19.0.8", "19.1.6", "19.2.4"})
        EXPECT_EQ(path("18.8.11", tagged).kind, Path::Kind::found) << tagged;
    EXPECT_THAT(hops("18.8.11", "19.0.7"), IsEmpty());
    EXPECT_EQ(path("19.0.8", "19.0.9").kind, Path::Kind::beyond_patch) << "not known is not never";
}

TEST(Path, TellsTheNewestPatchOfAMinor) {
    EXPECT_EQ(newest_patch({18, 11, 0}, built_in_knowledge()), (Version{18, 11, 11}));
    EXPECT_EQ(newest_patch({18, 12, 0}, built_in_knowledge()), std::nullopt);
}

TEST(Path, NamesTheMinorWhereNoPatchOfItIsKnown) {
    EXPECT_THAT(hops("11.0.3", "12.0.12"), ElementsAre("11.11", "12.0.12"));
}

TEST(Path, SaysWhyThereIsNone) {
    EXPECT_EQ(path("19.3.0", "19.3.0").kind, Path::Kind::already_there);
    EXPECT_EQ(path("19.3.1", "19.3.0").kind, Path::Kind::downgrade);
    EXPECT_EQ(path("19.2.4", "19.4.0").kind, Path::Kind::beyond_knowledge);
    EXPECT_EQ(path("19.2.4", "20.2.0").kind, Path::Kind::beyond_knowledge);
    EXPECT_EQ(path("7.14.3", "19.3.0").kind, Path::Kind::below_knowledge);
    EXPECT_EQ(path("17.11.7", "18.12.0").kind, Path::Kind::no_such_release);
    EXPECT_THAT(hops("19.2.4", "19.4.0"), IsEmpty());
}

TEST(Path, TakesEmptyKnowledgeForNone) {
    EXPECT_EQ(find_path({19, 2, 0}, {19, 3, 0}, v1::Knowledge()).kind, Path::Kind::beyond_knowledge);
}

// What must hold of every path: ascending, ends at the target, passes every unconditional stop strictly
// between.
void expect_whole(const Version& from, const Version& target) {
    const auto& knowledge = built_in_knowledge();
    const auto found = find_path(from, target, knowledge);
    ASSERT_EQ(found.kind, Path::Kind::found) << from.text() << " to " << target.text();
    std::vector<Version> versions{from};
    for (const auto& hop : found.hops) versions.push_back(parse_version(hop.version()).value());
    EXPECT_TRUE(std::ranges::is_sorted(versions));
    EXPECT_TRUE(std::ranges::adjacent_find(versions) == versions.end())
        << from.text() << " to " << target.text();
    EXPECT_EQ(versions.back(), target);
    for (const auto& stop : knowledge.stops()) {
        const auto minor = parse_version(stop.minor()).value();
        if (stop.announced() || minor <= from.minor_release() || minor >= target.minor_release()) continue;
        EXPECT_TRUE(
            std::ranges::any_of(versions, [&](const Version& version) { return version.same_minor(minor); }))
            << from.text() << " to " << target.text() << " misses " << stop.minor();
    }
}

TEST(Path, IsWholeBetweenEveryTwoReleases) {
    const auto& releases = built_in_knowledge().releases();
    std::size_t pairs = 0;
    for (const auto& from : releases) {
        for (const auto& target : releases) {
            const auto lower = parse_version(from.minor()).value();
            const auto higher = parse_version(target.newest_patch()).value();
            if (lower.same_minor(higher) || higher < lower) continue;
            expect_whole(lower, higher);
            ++pairs;
        }
    }
    EXPECT_EQ(pairs,
              static_cast<std::size_t>(releases.size()) * static_cast<std::size_t>(releases.size() - 1) / 2);
}

}  // namespace
}  // namespace preflight::readiness
