#include "readiness/checks/packages_unattended.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;

std::string upgrades(std::string_view more) {
    return "findings { probe: 'packages' source: '/etc/apt/apt.conf.d' unattended_upgrades { mechanism: "
           "'unattended-upgrades' " +
           std::string(more) + " } } ";
}

std::vector<v1::Verdict> of(const std::string& findings, std::string_view package = "") {
    return judged(packages_unattended,
                  fleet_of({node("web1", installed("19.2.4", package) + ran({"packages"}) + findings)}));
}

TEST(PackagesUnattended, IsReadyWhereNothingIsArmed) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::READY, "unarmed")));
    EXPECT_THAT(of(upgrades("enabled: true")), ElementsAre(says(v1::READY, "unarmed")));
    EXPECT_THAT(of(upgrades("covers_gitlab: true")), ElementsAre(says(v1::READY, "unarmed")));
    expect_no_loss_is_green(packages_unattended,
                            fleet_of({node("web1", installed("19.2.4") + ran({"packages"}))}));
}

TEST(PackagesUnattended, WarnsWhereGitLabIsUpgradedUnasked) {
    const auto verdicts = of(upgrades("enabled: true covers_gitlab: true origins: 'origin=*'"));
    EXPECT_THAT(verdicts, ElementsAre(says(v1::WARNING, "armed")));
    EXPECT_EQ(verdicts[0].evidence(0).what(), "unattended-upgrades installs, by origin=*");
}

TEST(PackagesUnattended, NotesThatOnlyAHoldKeepsIt) {
    EXPECT_THAT(of(upgrades("enabled: true covers_gitlab: true"), "held: true"),
                ElementsAre(says(v1::NOTE, "armed_held")));
}

TEST(PackagesUnattended, IsUnknownWhereItWasNotSeen) {
    EXPECT_THAT(of(gap("packages", "cause: DENIED")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(packages_unattended, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(packages_unattended, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(PackagesUnattended, DoesNotApplyWithoutAPackage) {
    const auto image = "findings { probe: 'installation' installation { method: DOCKER } } ";
    EXPECT_THAT(judged(packages_unattended, fleet_of({node("web1", image)})),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_package")));
}

}  // namespace
}  // namespace preflight::readiness
