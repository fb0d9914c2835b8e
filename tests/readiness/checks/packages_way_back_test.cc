#include "readiness/checks/packages_way_back.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;

std::string cached(std::string_view version, std::string_view name = "gitlab-ee") {
    return "findings { probe: 'packages' package_cache { path: '/var/cache/apt/archives/p.deb' package_name: "
           "'" +
           std::string(name) + "' version: '" + std::string(version) + "' } } ";
}

FleetNode web(const std::string& findings) {
    return node("web1", installed("19.2.4", "package_version: '19.2.4-ee.0'") + ran({"packages"}) + findings);
}

std::vector<v1::Verdict> of(const std::string& findings) {
    return judged(packages_way_back, fleet_of({web(findings)}));
}

TEST(PackagesWayBack, IsReadyWhereThePackageLiesOnTheNode) {
    EXPECT_THAT(of(cached("19.2.4-ee.0")), ElementsAre(says(v1::READY, "at_hand")));
    auto cached_only = web(cached("19.2.4-ee.0"));
    cached_only.inspection.clear_probes();  // what was found is there, whatever else was not looked at
    expect_no_loss_is_green(packages_way_back, fleet_of({cached_only}));
}

TEST(PackagesWayBack, NotesThatItMustBeFetched) {
    const auto source = "findings { probe: 'packages' package_source { enabled: true } } ";
    EXPECT_THAT(of(source), ElementsAre(says(v1::NOTE, "to_be_fetched")));
    EXPECT_THAT(of(source + cached("19.3.0-ee.0")), ElementsAre(says(v1::NOTE, "to_be_fetched")));
    EXPECT_THAT(of(source + cached("19.2.4-ee.0", "gitlab-ce")),
                ElementsAre(says(v1::NOTE, "to_be_fetched")));
}

TEST(PackagesWayBack, WarnsWhereItCannotEvenBeFetched) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::WARNING, "not_at_hand")));
    EXPECT_THAT(of("findings { probe: 'packages' package_source { } } "),
                ElementsAre(says(v1::WARNING, "not_at_hand")));
}

TEST(PackagesWayBack, IsUnknownWhereItWasNotSeen) {
    EXPECT_THAT(of(gap("packages", "cause: TOO_LARGE")), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(packages_way_back, fleet_of({node("web1", installed("19.2.4") + ran({"packages"}))})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(packages_way_back, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(packages_way_back, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(PackagesWayBack, DoesNotApplyWithoutAPackage) {
    const auto image = "findings { probe: 'installation' installation { method: DOCKER } } ";
    EXPECT_THAT(judged(packages_way_back, fleet_of({node("web1", image)})),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_package")));
}

}  // namespace
}  // namespace preflight::readiness
