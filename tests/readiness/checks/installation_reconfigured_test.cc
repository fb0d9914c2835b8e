#include "readiness/checks/installation_reconfigured.h"

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

std::vector<v1::Verdict> reconfigured(std::string_view fields, std::string_view role) {
    return judged(installation_reconfigured,
                  fleet_of({node("web1", installed("19.2.4", fields) + roles(role))}));
}

TEST(Reconfigured, IsReadyWhereTheInstalledVersionIsTheConfiguredOne) {
    EXPECT_THAT(reconfigured("configured_version: '19.2.4'", "RAILS"), ElementsAre(says(v1::READY, "done")));
}

TEST(Reconfigured, WarnsWhereReconfigureIsPending) {
    EXPECT_THAT(reconfigured("configured_version: '19.2.1' pending_reconfigure: true", "RAILS"),
                ElementsAre(AllOf(says(v1::WARNING, "pending"), on(Names{"web1"}))));
}

TEST(Reconfigured, WarnsWhereTheConfigurationWasEditedSince) {
    const auto edited = [](std::string_view kind) {
        return judged(
            installation_reconfigured,
            fleet_of({node("web1", installed("19.2.4", "configured_version: '19.2.4'") + roles("RAILS") +
                                       "findings { probe: 'installation' difference { other: "
                                       "'/etc/gitlab/gitlab.rb' what: 'any words' kind: " +
                                       std::string(kind) + " } } ")}));
    };
    EXPECT_THAT(edited("NOT_APPLIED"),
                ElementsAre(AllOf(says(v1::WARNING, "not_applied"), on(Names{"web1"}))));
    EXPECT_THAT(edited("PACKAGE_VERSION"), ElementsAre(says(v1::READY, "done")));
    EXPECT_THAT(edited("KIND_UNSPECIFIED"),
                ElementsAre(AllOf(says(v1::UNKNOWN, "untold"), on(Names{"web1"}))));
}

TEST(Reconfigured, IsUnknownWhereRailsLeftNoMark) {
    EXPECT_THAT(reconfigured("", "RAILS"), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(installation_reconfigured, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(installation_reconfigured, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(Reconfigured, DoesNotApplyWithoutRails) {
    EXPECT_THAT(reconfigured("", "GITALY"), ElementsAre(says(v1::NOT_APPLICABLE, "no_mark")));
}

}  // namespace
}  // namespace preflight::readiness
