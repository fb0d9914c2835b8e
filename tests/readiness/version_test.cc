#include "readiness/version.h"

#include <gmock/gmock.h>

namespace preflight::readiness {
namespace {

TEST(Version, ComparesFieldByFieldAndNotAsText) {
    EXPECT_GT(parse_version("18.10.0"), parse_version("18.9.7"));
    EXPECT_GT(parse_version("19.0.0"), parse_version("18.11.11"));
    EXPECT_LT(parse_version("19.2.4"), parse_version("19.2.10"));
}

TEST(Version, PassesOverWhatPackagesAddToTheNumbers) {
    const Version expected{19, 2, 1};
    for (const auto* text : {"19.2.1", "19.2.1-ee", "19.2.1-ee.0", "v19.2.1", "19.2.1+rnightly.1234",
                             "19.2.1~rc1", "19.2.1.pre"}) {
        EXPECT_EQ(parse_version(text), expected) << text;
    }
    EXPECT_EQ(parse_version("19.2"), (Version{19, 2, 0}));
}

TEST(Version, RefusesWhatIsNone) {
    for (const auto* text : {"", "v", "19", "19.", "19.2.", "19.x", "-19.2.1", "19.-2.1", "19.2x",
                             "ee-19.2.1", "99999.1.1", "19.2.99999999999999999999", " 19.2.1", "19..1"}) {
        EXPECT_EQ(parse_version(text), std::nullopt) << text;
    }
}

TEST(Version, TakesAsTargetNothingButNumbers) {
    EXPECT_EQ(parse_target("19.3"), (Version{19, 3, 0}));
    EXPECT_EQ(parse_target("19.3.1"), (Version{19, 3, 1}));
    for (const auto* text : {"v19.3", "19.3-ee", "19.3.1.2", "19.3 ", "latest", "19"}) {
        EXPECT_EQ(parse_target(text), std::nullopt) << text;
    }
}

TEST(Version, OfAServerMayBeItsMajorAlone) {
    EXPECT_EQ(parse_server_version("17"), (Version{17, 0, 0}));
    EXPECT_EQ(parse_server_version("16.8 (Debian 16.8-1)"), (Version{16, 8, 0}));
    EXPECT_EQ(parse_server_version("7.2.11"), (Version{7, 2, 11}));
    for (const auto* text : {"", "x", "18beta1", "17.", "-7"})
        EXPECT_EQ(parse_server_version(text), std::nullopt) << text;
}

TEST(Version, WritesItselfAsItIsRead) {
    EXPECT_EQ(parse_version("18.11.4-ee")->text(), "18.11.4");
    EXPECT_EQ(parse_version("18.11.4-ee")->minor_text(), "18.11");
}

}  // namespace
}  // namespace preflight::readiness
