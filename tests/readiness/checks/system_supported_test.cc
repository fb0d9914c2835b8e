#include "readiness/checks/system_supported.h"

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

std::vector<v1::Verdict> on_system(const std::string& system, std::string_view from, std::string_view target,
                                   std::string_view fields = "edition: EE") {
    return judged(system_supported, fleet_of({node("n1", installed(from, fields) + system)}), to(target));
}

TEST(SystemSupported, IsReadyWherePackagesExistOnTheWholeWay) {
    EXPECT_THAT(on_system(runs_on("ubuntu", "24.04"), "17.11.7", "19.3.0"),
                ElementsAre(AllOf(says(v1::READY, "supported"), on(Names{"n1"}))));
    EXPECT_THAT(on_system(runs_on("rhel", "9.6"), "19.2.4", "19.3.0"),
                ElementsAre(says(v1::READY, "supported")));
}

TEST(SystemSupported, BlocksASystemWhosePackagesEnded) {
    EXPECT_THAT(on_system(runs_on("ubuntu", "20.04"), "18.11.11", "19.0.8"),
                ElementsAre(AllOf(says(v1::BLOCKER, "ended"), mentions("end with GitLab 18.11"))));
    EXPECT_THAT(on_system(runs_on("amzn", "2") + roles("RAILS"), "19.2.4", "19.3.0"),
                ElementsAre(says(v1::BLOCKER, "ended")));
    EXPECT_THAT(on_system(runs_on("debian", "11"), "19.3.0", "19.8.0"),
                ElementsAre(says(v1::BLOCKER, "ended")));
}

TEST(SystemSupported, SaysBetweenWhichHopsTheSystemChangesAndToWhich) {
    EXPECT_THAT(on_system(runs_on("ubuntu", "20.04"), "18.5.7", "19.3.0"),
                ElementsAre(AllOf(says(v1::BLOCKER, "ended"),
                                  mentions("; between hop 2 (18.11.11) and hop 3 (19.2.4): move to Ubuntu "
                                           "22.04 or Ubuntu 24.04"))));
    EXPECT_THAT(on_system(runs_on("ubuntu", "20.04"), "18.11.11", "19.0.8"),
                ElementsAre(mentions("; before hop 1 (19.0.8): move to Ubuntu 22.04 or Ubuntu 24.04")));
    EXPECT_THAT(on_system(runs_on("sles", "12.5"), "18.11.11", "19.2.4"),
                Contains(mentions("move to SLES 15 SP6")));
    EXPECT_THAT(on_system(runs_on("ubuntu", "26.04"), "19.1.6", "19.3.0"),
                ElementsAre(mentions("no system that follows Ubuntu 26.04 has packages of both versions")));
}

TEST(SystemSupported, TellsAChainOfMovesWhereNoSystemServesTheWholeWay) {
    EXPECT_THAT(on_system(runs_on("ubuntu", "16.04"), "13.12.15", "19.3.0"),
                Contains(AllOf(says(v1::BLOCKER, "ended"),
                               mentions("before hop 1 (14.0.12): move to Ubuntu 20.04; between hop "),
                               mentions("(18.11.11) and hop "), mentions("(19.2.4): move to Ubuntu 22.04"))));
}

TEST(SystemSupported, WantsIndexesRebuiltWhereTheLibrarySortsAnewUnderPostgresql) {
    const auto database = runs_on("centos", "7", "x86_64", "2.17") + roles("POSTGRESQL");
    EXPECT_THAT(on_system(database, "17.5.5", "17.8.7"),
                ElementsAre(says(v1::BLOCKER, "ended"),
                            AllOf(says(v1::WARNING, "rebuild"), mentions("from CentOS 7 to AlmaLinux 8"))));
    EXPECT_THAT(on_system(runs_on("centos", "7", "x86_64", "2.17") + roles("RAILS"), "17.5.5", "17.8.7"),
                ElementsAre(says(v1::BLOCKER, "ended")))
        << "no PostgreSQL there";
    EXPECT_THAT(on_system(runs_on("centos", "7", "x86_64", "2.17"), "17.5.5", "17.8.7"),
                Contains(says(v1::WARNING, "rebuild")))
        << "what runs there was not seen";
    EXPECT_THAT(on_system(runs_on("ubuntu", "20.04") + roles("POSTGRESQL"), "18.11.11", "19.2.4"),
                ElementsAre(says(v1::BLOCKER, "ended")))
        << "2.31 and 2.35 sort alike";
}

TEST(SystemSupported, NotesAnEndThatOnlyOneSourceNames) {
    EXPECT_THAT(on_system(runs_on("debian", "12"), "19.2.4", "19.3.0"),
                ElementsAre(AllOf(says(v1::NOTE, "disputed"), mentions("names 19.3 as the last version"))));
    EXPECT_THAT(on_system(runs_on("debian", "12"), "19.1.6", "19.2.4"),
                ElementsAre(says(v1::READY, "supported")));
}

TEST(SystemSupported, KeepsCentosStreamApartFromCentosLinux) {
    const auto centos = [](std::string_view version, std::string_view name) {
        return "findings { probe: 'system' operating_system { id: 'centos' version_id: '" +
               std::string(version) + "' architecture: 'x86_64' pretty_name: '" + std::string(name) +
               "' } } ";
    };
    EXPECT_THAT(on_system(centos("9", "CentOS Stream 9"), "19.2.4", "19.3.0"),
                ElementsAre(says(v1::NOTE, "compatible_only")));
    EXPECT_THAT(on_system(centos("8", "CentOS Stream 8"), "18.8.11", "18.11.11"),
                ElementsAre(says(v1::WARNING, "end_of_life")));
    EXPECT_THAT(on_system(centos("8", "CentOS Linux 8"), "18.8.11", "18.11.11"),
                Contains(AllOf(says(v1::BLOCKER, "ended"), mentions("end with GitLab 14.6"))));
}

TEST(SystemSupported, BlocksAFipsBuildWithoutSuccessor) {
    const auto* fips = "edition: EE fips: true";
    EXPECT_THAT(on_system(runs_on("debian", "12"), "19.2.4", "19.3.0", fips),
                ElementsAre(AllOf(says(v1::BLOCKER, "fips"), mentions("FIPS packages for Debian 12"))));
    EXPECT_THAT(on_system(runs_on("ubuntu", "22.04"), "18.2.8", "18.3.6", fips),
                ElementsAre(AllOf(says(v1::BLOCKER, "not_yet"), mentions("begin with GitLab 18.4"))));
    EXPECT_THAT(on_system(runs_on("ubuntu", "22.04"), "19.2.4", "19.3.0", fips),
                ElementsAre(says(v1::READY, "supported")));
}

TEST(SystemSupported, KeepsAmazonLinux2And2023Apart) {
    EXPECT_THAT(on_system(runs_on("amzn", "2023"), "19.2.4", "19.3.0"),
                ElementsAre(says(v1::READY, "supported")));
}

TEST(SystemSupported, BlocksASystemWhosePackagesHaveNotBegun) {
    EXPECT_THAT(on_system(runs_on("ubuntu", "26.04"), "19.1.6", "19.2.4"),
                ElementsAre(says(v1::BLOCKER, "not_yet")));
}

TEST(SystemSupported, BlocksAStopOnTheWayWithoutPackages) {
    EXPECT_THAT(on_system(runs_on("ubuntu", "26.04"), "19.1.6", "19.3.0"),
                ElementsAre(AllOf(says(v1::BLOCKER, "hop"), mentions("19.2.4"))));
}

TEST(SystemSupported, BlocksATargetThatWasBuiltWithoutTheSystem) {
    EXPECT_THAT(on_system(runs_on("opensuse-leap", "15.6"), "18.11.11", "19.0.2"),
                ElementsAre(says(v1::BLOCKER, "gap")));
}

TEST(SystemSupported, WarnsWherePackagesAreEnding) {
    EXPECT_THAT(on_system(runs_on("debian", "11"), "19.2.4", "19.3.0"),
                ElementsAre(AllOf(says(v1::WARNING, "ending"), mentions("19.7"))));
    EXPECT_THAT(on_system(runs_on("sles", "15.6"), "19.2.4", "19.3.0"),
                Contains(says(v1::WARNING, "ending")));
    EXPECT_THAT(on_system(runs_on("debian", "11"), "18.11.11", "19.2.4"),
                ElementsAre(says(v1::READY, "supported")));
}

TEST(SystemSupported, WarnsWhereTheVendorHasEndedItsSupport) {
    EXPECT_THAT(on_system(runs_on("ubuntu", "20.04"), "18.0.6", "18.1.6"),
                ElementsAre(AllOf(says(v1::WARNING, "end_of_life"), mentions("ended 2025-05"))));
    EXPECT_THAT(on_system(runs_on("ubuntu", "22.04"), "18.0.6", "18.1.6"),
                ElementsAre(says(v1::READY, "supported")));
}

TEST(SystemSupported, BlocksAnEditionThatIsNotOffered) {
    EXPECT_THAT(on_system(runs_on("sles", "12.5"), "18.8.11", "18.10.8", "edition: CE"),
                ElementsAre(says(v1::BLOCKER, "edition")));
    EXPECT_THAT(on_system(runs_on("sles", "12.5"), "18.8.11", "18.10.8", ""),
                ElementsAre(says(v1::UNKNOWN, "edition_unseen")));
}

// Community Edition that becomes Enterprise Edition needs packages of that.
TEST(SystemSupported, JudgesTheEditionThatIsToBe) {
    const auto becoming = [](v1::Edition edition, const std::string& system, std::string_view fields) {
        auto upgrade = to("18.10.8");
        upgrade.edition = edition;
        return judged(system_supported, fleet_of({node("n1", installed("18.8.11", fields) + system)}),
                      upgrade);
    };
    const auto suse = runs_on("sles", "12.5");
    EXPECT_THAT(becoming(v1::EE, suse, "edition: CE"), Not(Contains(says(v1::BLOCKER, "edition"))));
    EXPECT_THAT(becoming(v1::EE, suse, ""), Not(Contains(says(v1::UNKNOWN, "edition_unseen"))));
    EXPECT_THAT(becoming(v1::CE, suse, "edition: EE"), Contains(says(v1::BLOCKER, "edition")));
    EXPECT_THAT(becoming(v1::EDITION_UNSPECIFIED, suse, "edition: CE"),
                Contains(says(v1::BLOCKER, "edition")));
}

TEST(SystemSupported, BlocksAnArchitectureThatIsNotOffered) {
    const auto package = [](std::string_view architecture) {
        return "findings { installation { method: LINUX_PACKAGE version: '19.2.4' edition: EE architecture: "
               "'" +
               std::string(architecture) + "' } } ";
    };
    const auto on_oracle = [&](const std::string& installation, std::string_view machine) {
        return judged(system_supported, fleet_of({node("n1", installation + runs_on("ol", "9.4", machine))}));
    };
    EXPECT_THAT(on_oracle(package("aarch64"), ""), ElementsAre(says(v1::BLOCKER, "architecture")));
    EXPECT_THAT(on_oracle(package(""), "aarch64"), ElementsAre(says(v1::BLOCKER, "architecture")));
    EXPECT_THAT(on_oracle(package(""), ""), ElementsAre(says(v1::UNKNOWN, "architecture_unseen")));
    EXPECT_THAT(on_oracle(package("amd64"), ""), ElementsAre(says(v1::READY, "supported")));
}

// A package runs there already, and the system is served for both architectures that packages are built for.
TEST(SystemSupported, DoesNotAskForTheArchitectureWhereItMakesNoDifference) {
    const auto text = "findings { installation { method: LINUX_PACKAGE version: '19.2.4' edition: EE } }" +
                      runs_on("rhel", "9.6", "");
    EXPECT_THAT(judged(system_supported, fleet_of({node("n1", text)})),
                ElementsAre(says(v1::READY, "supported")));
}

TEST(SystemSupported, NotesASystemThatIsOnlyCompatible) {
    EXPECT_THAT(on_system(runs_on("rocky", "9.4"), "19.2.4", "19.3.0"),
                ElementsAre(says(v1::NOTE, "compatible_only")));
}

TEST(SystemSupported, IsUnknownForASystemThatIsNotInTheTable) {
    EXPECT_THAT(on_system(runs_on("gentoo", "2.17"), "19.2.4", "19.3.0"),
                ElementsAre(AllOf(says(v1::UNKNOWN, "unlisted"), mentions("gentoo"))));
    EXPECT_THAT(on_system(runs_on("ubuntu", "23.10"), "19.2.4", "19.3.0"),
                ElementsAre(says(v1::UNKNOWN, "unlisted")));
}

TEST(SystemSupported, IsUnknownForWhatWasNotSeen) {
    EXPECT_THAT(on_system("", "19.2.4", "19.3.0"), ElementsAre(says(v1::UNKNOWN, "unseen")));
    EXPECT_THAT(judged(system_supported, fleet_of({silent_node("n1")})),
                ElementsAre(AllOf(says(v1::UNKNOWN, "installation_unseen"), on(Names{"n1"}))));
    EXPECT_THAT(judged(system_supported, Fleet{}), ElementsAre(says(v1::UNKNOWN, "installation_unseen")));
}

TEST(SystemSupported, IsUnknownPastTheKnowledge) {
    EXPECT_THAT(on_system(runs_on("ubuntu", "24.04"), "19.2.4", "19.4.0"),
                ElementsAre(says(v1::UNKNOWN, "beyond_knowledge")));
    EXPECT_THAT(on_system(runs_on("ubuntu", "24.04"), "18.5.7", "18.12.0"),
                ElementsAre(says(v1::UNKNOWN, "no_path")));
}

TEST(SystemSupported, DoesNotAskForTheHostOfAContainer) {
    const auto fleet = fleet_of(
        {node("docker1",
              "findings { probe: 'installation' installation { method: DOCKER version: '19.2.4' } }" +
                  runs_on("centos", "7")),
         node("lb",
              "findings { probe: 'installation' installation { method: NONE } }" + runs_on("centos", "7"))});
    EXPECT_THAT(judged(system_supported, fleet),
                ElementsAre(AllOf(says(v1::NOT_APPLICABLE, "no_package"), on(Names{"docker1", "lb"}))));
}

// Over the whole table: an installed system is never called supported at a target for which it has no
// packages.
TEST(SystemSupported, NeverCallsATargetWithoutPackagesReady) {
    for (const auto& row : built_in_knowledge().operating_systems()) {
        const auto last = parse_version(row.last());
        if (!last || *last >= Version{19, 3, 0}) continue;
        EXPECT_THAT(on_system(runs_on(row.ids(0), row.version(), row.architectures(0)), row.last() + ".0",
                              "19.3.0", ""),
                    Contains(says(v1::BLOCKER, "ended")))
            << row.name();
    }
}

}  // namespace
}  // namespace preflight::readiness
