#include "readiness/checks/packages_repository.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::string source(std::string_view more) {
    return "findings { probe: 'packages' source: '/etc/apt/sources.list.d/gitlab.list' package_source { uri: "
           "'https://packages.gitlab.com/gitlab/gitlab-ee/ubuntu/' " +
           std::string(more) + " } } ";
}

std::string suffix(std::string_view of = "") {
    return "findings { probe: 'packages' package_suffix { package_name: 'gitlab-ee' package_version: "
           "'19.2.4-ee.0' suffix: '" +
           std::string(of) + "' } } ";
}

FleetNode jammy(const std::string& findings) {
    return node("web1", installed("19.2.4") + runs_on("ubuntu", "22.04") + ran({"packages"}) + findings);
}

// Of the EL family, whose packages name the system.
std::vector<v1::Verdict> on_el(std::string_view path, std::string_view built, std::string_view id = "rocky",
                               std::string_view version = "9.4") {
    const std::string system = "findings { probe: 'system' operating_system { id: '" + std::string(id) +
                               "' version_id: '" + std::string(version) + "' id_like: 'rhel' } } ";
    return judged(
        packages_repository,
        fleet_of({node("web1", installed("19.2.4") + system + ran({"packages"}) + suffix(built) +
                                   source("enabled: true path_element: '" + std::string(path) + "'"))}));
}

std::vector<v1::Verdict> of(const std::string& findings) {
    return judged(packages_repository, fleet_of({jammy(suffix() + findings)}));
}

TEST(PackagesRepository, IsReadyWhereTheSourceIsForThisSystem) {
    const auto right = source("enabled: true suite: 'jammy' path_element: 'ubuntu'");
    EXPECT_THAT(of(right), ElementsAre(says(v1::READY, "fits")));
    expect_no_loss_is_green(packages_repository, fleet_of({jammy(suffix() + right)}));
    EXPECT_THAT(on_el("el/9", "el9"), ElementsAre(says(v1::READY, "fits")));
    EXPECT_THAT(on_el("el/$releasever", "el9"), ElementsAre(says(v1::READY, "fits")));
    EXPECT_THAT(on_el("amazon/2023", "amazon2023", "amzn", "2023"), ElementsAre(says(v1::READY, "fits")));
    EXPECT_THAT(on_el("opensuse/15.6", "sles15", "opensuse-leap", "15.6"),
                ElementsAre(says(v1::READY, "fits")));
}

TEST(PackagesRepository, BlocksASourceOfAnotherSystem) {
    const auto verdicts = of(source("enabled: true suite: 'focal' path_element: 'ubuntu'"));
    EXPECT_THAT(verdicts, ElementsAre(says(v1::BLOCKER, "other_system")));
    EXPECT_EQ(verdicts[0].evidence(0).what(),
              "https://packages.gitlab.com/gitlab/gitlab-ee/ubuntu/ focal on ubuntu 22.04");
    EXPECT_THAT(on_el("el/8", "el9"), ElementsAre(says(v1::BLOCKER, "other_system")));
    EXPECT_THAT(on_el("ubuntu", "el9"), ElementsAre(says(v1::BLOCKER, "other_system")));
}

TEST(PackagesRepository, BlocksAPackageBuiltForAnotherSystem) {
    EXPECT_THAT(on_el("el/9", "el8"),
                UnorderedElementsAre(says(v1::BLOCKER, "built_for_other"), says(v1::READY, "fits")));
    EXPECT_THAT(on_el("el/9", "amazon2023"),
                UnorderedElementsAre(says(v1::BLOCKER, "built_for_other"), says(v1::READY, "fits")));
}

TEST(PackagesRepository, WarnsWithoutASourceOrWithAForeignOneBeside) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::WARNING, "none_enabled")));
    EXPECT_THAT(of(source("suite: 'jammy'")), ElementsAre(says(v1::WARNING, "none_enabled")));
    EXPECT_THAT(of(source("enabled: true suite: 'jammy'") + source("enabled: true suite: 'focal'")),
                UnorderedElementsAre(says(v1::WARNING, "also_other"), says(v1::READY, "fits")));
}

TEST(PackagesRepository, IsUnknownWhereASourceIsNotUnderstood) {
    EXPECT_THAT(of(source("enabled: true suite: 'stable'")),
                ElementsAre(says(v1::UNKNOWN, "not_comparable")));
    EXPECT_THAT(on_el("", "el9"), ElementsAre(says(v1::UNKNOWN, "not_comparable")));
    EXPECT_THAT(on_el("el/9", "plan9"),
                UnorderedElementsAre(says(v1::UNKNOWN, "not_comparable"), says(v1::READY, "fits")));
}

TEST(PackagesRepository, IsUnknownWhereNothingWasSeen) {
    EXPECT_THAT(
        judged(packages_repository, fleet_of({node("web1", installed("19.2.4") + ran({"packages"}))})),
        ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(packages_repository, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(packages_repository, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(PackagesRepository, DoesNotApplyWithoutAPackage) {
    const auto image = "findings { probe: 'installation' installation { method: DOCKER } } ";
    EXPECT_THAT(judged(packages_repository, fleet_of({node("web1", image)})),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_package")));
}

}  // namespace
}  // namespace preflight::readiness
