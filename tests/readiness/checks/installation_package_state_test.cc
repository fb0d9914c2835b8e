#include "readiness/checks/installation_package_state.h"

#include "tests/readiness/fleet_builder.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

using Names = std::vector<std::string>;

std::vector<v1::Verdict> state(std::string_view fields) {
    return judged(installation_package_state, fleet_of({node("web1", installed("19.2.4", fields))}));
}

TEST(PackageState, IsReadyWhereThePackageIsWhole) {
    EXPECT_THAT(state("package_state: INSTALLED"), ElementsAre(says(v1::READY, "whole")));
}

TEST(PackageState, BlocksAHalfConfiguredPackage) {
    EXPECT_THAT(state("package_state: HALF_CONFIGURED"),
                ElementsAre(AllOf(says(v1::BLOCKER, "half_configured"), on(Names{"web1"}))));
}

TEST(PackageState, WarnsOfAHeldPackageAndNamesWhatHoldsIt) {
    const auto verdicts = state("package_state: INSTALLED held: true held_by: '/var/lib/dpkg/status'");
    EXPECT_THAT(verdicts, ElementsAre(says(v1::WARNING, "held")));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "gitlab-ee is held by /var/lib/dpkg/status");
}

TEST(PackageState, WarnsOfFilesThatNoPackageOwns) {
    EXPECT_THAT(state("package_state: NOT_IN_DATABASE"), ElementsAre(says(v1::WARNING, "not_in_database")));
}

TEST(PackageState, WarnsWhereItsFilesNameTwoVersions) {
    const auto with = [](std::string_view kind) {
        return judged(installation_package_state,
                      fleet_of({node("web1", installed("19.2.4", "package_state: INSTALLED") +
                                                 "findings { probe: 'installation' difference { kind: " +
                                                 std::string(kind) + R"( what: "any words"
            used: "/opt/a/VERSION" other: "/opt/b" detail: "19.2.4 against 19.2.1" } })")}));
    };
    EXPECT_THAT(with("NOT_APPLIED"), ElementsAre(says(v1::READY, "whole")));
    const auto verdicts = with("PACKAGE_VERSION");
    ASSERT_THAT(verdicts, ElementsAre(AllOf(says(v1::WARNING, "two_versions"), on(Names{"web1"}))));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "/opt/a/VERSION and /opt/b: 19.2.4 against 19.2.1");
}

// Of an agent that is older than the kinds, or newer than this release.
TEST(PackageState, IsUnknownWhereADifferenceIsOfNoKindThatIsKnown) {
    const auto with = [](std::string_view kind, std::string_view probe) {
        return judged(
            installation_package_state,
            fleet_of({node("web1", installed("19.2.4", "package_state: INSTALLED") + "findings { probe: '" +
                                       std::string(probe) + "' difference { " + std::string(kind) +
                                       " used: '/opt/a' other: '/opt/b' detail: 'x' } }")}));
    };
    EXPECT_THAT(with("", "installation"), ElementsAre(AllOf(says(v1::UNKNOWN, "untold"), on(Names{"web1"}))));
    EXPECT_THAT(with("", "settings"), ElementsAre(says(v1::READY, "whole")));
    auto fleet = fleet_of({node("web1", installed("19.2.4", "package_state: INSTALLED") +
                                            "findings { probe: 'installation' difference { used: 'x' } }")});
    auto& last = *fleet.nodes[0].inspection.mutable_findings()->rbegin();
    last.mutable_difference()->set_kind(static_cast<v1::Difference::Kind>(77));
    EXPECT_THAT(judged(installation_package_state, fleet), ElementsAre(says(v1::UNKNOWN, "untold")));
}

TEST(PackageState, IsUnknownWithoutADatabase) {
    EXPECT_THAT(state(""), ElementsAre(says(v1::UNKNOWN, "unread")));
    EXPECT_THAT(judged(installation_package_state, fleet_of({node("web1", "")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(installation_package_state, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(PackageState, DoesNotApplyToContainers) {
    const auto fleet = fleet_of({node(
        "docker1", "findings { probe: 'installation' installation { method: DOCKER version: '19.2.4' } }")});
    EXPECT_THAT(judged(installation_package_state, fleet),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_package")));
}

}  // namespace
}  // namespace preflight::readiness
