#include "readiness/checks/coverage_gaps.h"

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

std::vector<v1::Verdict> of_gap(std::string_view fields) {
    return judged(coverage_gaps, fleet_of({node("web1", gap("backups", fields))}));
}

TEST(Gaps, AreReadyWhereThereAreNone) {
    EXPECT_THAT(judged(coverage_gaps, whole_fleet()), ElementsAre(says(v1::READY, "none")));
}

TEST(Gaps, AreUnknownWhateverTheirCause) {
    EXPECT_THAT(of_gap("cause: DENIED"), ElementsAre(says(v1::UNKNOWN, "denied")));
    EXPECT_THAT(of_gap("cause: MALFORMED"), ElementsAre(says(v1::UNKNOWN, "malformed")));
    EXPECT_THAT(of_gap("cause: TOO_LARGE"), ElementsAre(says(v1::UNKNOWN, "too_large")));
    EXPECT_THAT(of_gap("cause: TIMED_OUT"), ElementsAre(says(v1::UNKNOWN, "timed_out")));
    EXPECT_THAT(of_gap("cause: KILLED"), ElementsAre(says(v1::UNKNOWN, "killed")));
    EXPECT_THAT(of_gap("cause: CRASHED"), ElementsAre(says(v1::UNKNOWN, "crashed")));
    EXPECT_THAT(of_gap("cause: REFUSED"), ElementsAre(says(v1::UNKNOWN, "refused")));
    EXPECT_THAT(of_gap("cause: DROPPED"), ElementsAre(says(v1::UNKNOWN, "dropped")));
    EXPECT_THAT(of_gap("cause: FAILED"), ElementsAre(says(v1::UNKNOWN, "failed")));
    EXPECT_THAT(of_gap(""), ElementsAre(says(v1::UNKNOWN, "failed")));
}

TEST(Gaps, NameProbeSourceAndWhatStaysUnknown) {
    EXPECT_EQ(of_gap("cause: DENIED affects: 'archives'")[0].summary(),
              "probe backups: /etc/gitlab/x may not be read; unknown: archives");
}

TEST(Gaps, TellAbsenceThatMattersFromAbsenceThatDoesNot) {
    EXPECT_THAT(of_gap("cause: ABSENT affects: 'archives'"), ElementsAre(says(v1::UNKNOWN, "absent")));
    EXPECT_THAT(of_gap("cause: ABSENT"), ElementsAre(says(v1::WARNING, "absent_harmless")));
}

TEST(Gaps, OfAnArchiveAreANoteBesideABetterOne) {
    const std::string torn =
        "findings { probe: 'backups' backup_archive { path: '/srv/backups/torn_gitlab_backup.tar' } } "
        "findings { probe: 'backups' source: '/srv/backups/torn_gitlab_backup.tar' gap { cause: MALFORMED } "
        "} ";
    auto fleet = whole_fleet();
    fleet.nodes[0].inspection.MergeFrom(node("web1", torn).inspection);
    EXPECT_THAT(judged(coverage_gaps, fleet), ElementsAre(says(v1::NOTE, "other_archive")));
    EXPECT_THAT(judged(coverage_gaps, fleet_of({node("web1", torn)})),
                ElementsAre(says(v1::UNKNOWN, "malformed")));
}

// Where the secrets are torn, a reconfigure would make new ones.
TEST(Gaps, AreNeverAnsweredWithAReconfigure) {
    for (const auto& text : built_in_knowledge().checks()) {
        if (text.id() != "coverage.gaps") continue;
        for (const auto& advice : text.advice()) {
            for (const auto& command : advice.commands())
                EXPECT_THAT(command.argv(), Not(Contains("reconfigure"))) << advice.key();
        }
    }
}

TEST(Gaps, NoteOnceWhatATreeCannotTell) {
    const auto text = gap("system", "cause: NOT_LIVE affects: 'uptime'") +
                      gap("services", "cause: NOT_LIVE affects: 'states'");
    EXPECT_THAT(
        judged(coverage_gaps, fleet_of({node("a", text), node("b", text)})),
        ElementsAre(AllOf(says(v1::NOTE, "not_live"), on(Names{"a", "b"}), mentions("states, uptime"))));
}

TEST(Gaps, NameOnceWhatSeveralTreesCannotTell) {
    const auto all = gap("system", "cause: NOT_LIVE affects: 'kernel, uptime, memory'");
    const auto some = gap("system", "cause: NOT_LIVE affects: 'kernel, memory'");
    const auto summary =
        "a tree of files was read; what only a running machine can tell was not seen: "
        "kernel, memory, uptime";
    for (const auto& fleet :
         {fleet_of({node("a", all), node("b", some)}), fleet_of({node("a", some), node("b", all)})}) {
        const auto verdicts = judged(coverage_gaps, fleet);
        ASSERT_EQ(verdicts.size(), 1U);
        EXPECT_EQ(verdicts.front().summary(), summary);
    }
}

TEST(Gaps, IncludeProbesThatDidNotFinishAndSaidNothing) {
    const auto ended = [](std::string_view more) {
        return judged(
            coverage_gaps,
            fleet_of({node("web1", "probes { probe: 'geo' outcome: KILLED } " + std::string(more))}));
    };
    EXPECT_THAT(ended(""), ElementsAre(AllOf(says(v1::UNKNOWN, "unfinished"), mentions("probe geo"))));
    EXPECT_THAT(ended(gap("geo", "cause: KILLED")), ElementsAre(says(v1::UNKNOWN, "killed")));
    EXPECT_THAT(ended(gap("geo", "cause: NOT_LIVE")), Contains(says(v1::UNKNOWN, "unfinished")));
}

TEST(Gaps, IncludeAnInspectionInWhichNoProbeRan) {
    auto web = node("web1", "");
    web.inspection.clear_probes();
    EXPECT_THAT(judged(coverage_gaps, fleet_of({web})), ElementsAre(says(v1::UNKNOWN, "not_started")));
    EXPECT_THAT(judged(coverage_gaps, Fleet{}), ElementsAre(says(v1::UNKNOWN, "nothing_seen")));
    EXPECT_THAT(judged(coverage_gaps, fleet_of({silent_node("web1")})),
                ElementsAre(says(v1::UNKNOWN, "nothing_seen")));
}

TEST(Gaps, IncludeGitLabOfWhichNoServiceIsKnown) {
    EXPECT_THAT(judged(coverage_gaps, fleet_of({node("web1", installed("19.2.4"))})),
                ElementsAre(AllOf(says(v1::UNKNOWN, "roles_unseen"), on(Names{"web1"}))));
}

TEST(Gaps, OfANodeGoneWildAreNotListedOneByOne) {
    std::string text;
    for (int index = 0; index < 1000; ++index)
        text += gap("backups", "cause: DENIED affects: '" + std::to_string(index) + "'");
    const auto verdicts = judged(coverage_gaps, fleet_of({node("web1", text)}));
    EXPECT_EQ(verdicts.size(), 101U);
    EXPECT_THAT(verdicts, Contains(says(v1::UNKNOWN, "many")));
}

}  // namespace
}  // namespace preflight::readiness
