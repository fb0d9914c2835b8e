#include "readiness/checks/installation_running.h"

#include "tests/readiness/losses.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAre;

std::string binary(std::string_view path, std::string_view more = "") {
    return "findings { probe: 'running_binaries' running_binary { process: 812 path: "
           "'/opt/gitlab/embedded/bin/" +
           std::string(path) + "' " + std::string(more) + " } } ";
}

FleetNode web(const std::string& findings) {
    return node("web1", installed("19.2.4") + roles("RAILS") + ran({"running_binaries"}) + findings);
}

std::vector<v1::Verdict> of(const std::string& findings) {
    return judged(installation_running, fleet_of({web(findings)}));
}

TEST(InstallationRunning, IsReadyWhereAllRunWhatIsInstalled) {
    EXPECT_THAT(of(binary("gitaly")), ElementsAre(says(v1::READY, "current")));
    expect_no_loss_is_green(installation_running, fleet_of({web(binary("gitaly"))}), but_roles);
}

TEST(InstallationRunning, WarnsOfProgramsFromBefore) {
    const auto verdicts = of(binary("gitaly", "deleted: true started_at {at 2026-08-01T00:00:00Z}"));
    EXPECT_THAT(verdicts, ElementsAre(says(v1::WARNING, "not_restarted")));
    EXPECT_EQ(
        verdicts[0].evidence(0).what(),
        "/opt/gitlab/embedded/bin/gitaly (process 812) since 2026-08-01T00:00:00Z, its file was replaced");
    EXPECT_THAT(of(binary("redis-server", "older_than_installed: true started_at { seconds: -5 }")),
                ElementsAre(says(v1::WARNING, "not_restarted")));
}

TEST(InstallationRunning, NotesTheSupervisorAlone) {
    EXPECT_THAT(of(binary("runsvdir", "deleted: true") + binary("gitaly")),
                UnorderedElementsAre(says(v1::NOTE, "supervisor"), says(v1::READY, "current")));
}

TEST(InstallationRunning, IsUnknownWhereNothingWasSeen) {
    EXPECT_THAT(of(""), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(of(binary("gitaly") + gap("running_binaries", "cause: DENIED")),
                UnorderedElementsAre(says(v1::UNKNOWN, "unseen"), says(v1::READY, "current")));
    EXPECT_THAT(judged(installation_running, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(installation_running, Fleet{}), ElementsAre(says(v1::UNKNOWN, "unseen")));
}

TEST(InstallationRunning, DoesNotApplyWithoutAPackage) {
    const auto compiled = "findings { probe: 'installation' installation { method: SELF_COMPILED } } ";
    EXPECT_THAT(judged(installation_running, fleet_of({node("web1", compiled)})),
                ElementsAre(says(v1::NOT_APPLICABLE, "no_package")));
}

}  // namespace
}  // namespace preflight::readiness
