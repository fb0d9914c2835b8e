// The way back of fleets with something of their own: another system on the way, a held package, Praefect.
#include "tests/readiness/way_back/returnable.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(ReturnSteps, SpeakTheWordsOfTheSystemThatRunsBeforeTheHop) {
    const auto way = way_back(fleet_of(
        {node("git", installed("18.11.11") + runs_on("amzn", "2") + roles("RAILS, SIDEKIQ, POSTGRESQL"))}));
    EXPECT_THAT(steps(way, 0), Contains("back_install_dnf on git: rpm -e gitlab-ee; yum install "
                                        "gitlab-ee-18.11.11-ee.0.amazon2"));
    EXPECT_THAT(steps(way, 1), Contains("back_install_dnf on git: rpm -e gitlab-ee; dnf install "
                                        "gitlab-ee-19.2.4-ee.0.amazon2023"))
        << "it moved before the hop to 19.3.0, which Amazon Linux 2 has no packages of";
}

TEST(ReturnSteps, KeepAHeldPackageAtTheVersionOfBefore) {
    const auto held = installed("19.2.4", "edition: EE held: true held_by: '/var/lib/dpkg/status'") +
                      runs_on("debian", "12") + roles("RAILS");
    std::vector<std::string> of_package;
    for (const auto& line : steps(way_back(fleet_of({node("a", held)})))) {
        if (line.find("_package on") != std::string::npos || line.find("_install_") != std::string::npos)
            of_package.push_back(line.substr(0, line.find(':')));
    }
    EXPECT_THAT(of_package,
                ElementsAre("back_release_package on a", "back_install_apt on a", "back_hold_package on a"));
}

TEST(WayBack, SaysThatNoBackupHoldsTheDatabaseOfPraefect) {
    const auto notes = [](std::string_view with_roles) {
        const auto way = way_back(
            fleet_of({node("a", installed("19.2.4") + runs_on("debian", "12") + roles(with_roles))}));
        return std::vector<std::string>(way.notes().begin(), way.notes().end());
    };
    EXPECT_THAT(notes("RAILS, PRAEFECT"), Contains(HasSubstr("is in no backup of GitLab's")));
    EXPECT_THAT(notes("RAILS"), Not(Contains(HasSubstr("is in no backup of GitLab's"))));
}

}  // namespace
}  // namespace preflight::readiness
