#include "readiness/checks/known_issues_apply.h"

#include <tuple>

#include "readiness/route.h"
#include "tests/readiness/issues_of.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr auto holds = "condition { runs { versions { from: '1.0' } } } ";
constexpr auto fails = "condition { runs { versions { below: '1.0' } } } ";
constexpr auto open = "condition { marker_file { names: 'x' } } ";
constexpr auto person = "condition { person { question: 'Is it so?' } } ";

TEST(KnownIssues, ApplyAtTheHopThatCrossesTheVersion) {
    const auto crossed = issue("crossed: '19.2.1'");
    EXPECT_THAT(judge_issues(crossed, running("18.11.9")),
                ElementsAre(AllOf(says(v1::BLOCKER, "KI-1"),
                                  mentions("KI-1: Things break, at the hop 18.11.9 → 19.2.4"))));
    EXPECT_THAT(judge_issues(crossed, running("19.2.1")), ElementsAre(says(v1::READY, "spared")));
    EXPECT_THAT(judge_issues(crossed, running("19.2.0")), ElementsAre(says(v1::BLOCKER, "KI-1")));
}

TEST(KnownIssues, ApplyWhereAHopLandsOrTheUpgradeBegins) {
    EXPECT_THAT(judge_issues(issue("landed_on { from: '19.2.4' below: '19.2.5' }"), running("18.11.9")),
                ElementsAre(mentions("at the hop 18.11.9 → 19.2.4")));
    EXPECT_THAT(judge_issues(issue("landed_on { from: '19.2.0' below: '19.2.4' }"), running("18.11.9")),
                ElementsAre(says(v1::READY, "spared")));
    EXPECT_THAT(judge_issues(issue("started_from { from: '18.11' below: '19.0' }"), running("18.11.9")),
                ElementsAre(mentions("with 18.11.9, which runs")));
    EXPECT_THAT(judge_issues(issue("started_from { below: '18.11' }"), running("18.11.9")),
                ElementsAre(says(v1::READY, "spared")));
}

// What the check says where Jo Doe answered the question of KI-1.
std::vector<v1::Verdict> judge_answered(std::string_view answer, std::string_view at) {
    auto upgrade = to("19.3.0");
    upgrade.at = time_of(at);
    auto& word = *upgrade.acceptances.add_attestations();
    word.set_id("a-1");
    word.set_statement("KI-1");
    word.set_question("Is it so?");
    word.set_answer(std::string(answer));
    word.set_owner("Jo Doe");
    word.set_detail("looked");
    *word.mutable_made_at() = time_of("2026-08-01T00:00:00Z");
    *word.mutable_expires_at() = time_of("2026-12-01T00:00:00Z");
    return known_issues_apply.judge(running("19.2.4"), upgrade,
                                    with_issues(issue(std::string("crossed: '19.3.0' ") + person)));
}

TEST(KnownIssues, AreDecidedByAPersonsAnswerWhileItLasts) {
    const auto no = judge_answered("no", "2026-08-21T12:00:00Z");
    ASSERT_EQ(no.size(), 1U);
    EXPECT_EQ(no[0].level(), v1::READY);
    EXPECT_EQ(no[0].key(), "attested");
    EXPECT_EQ(no[0].summary(), "1 known issue on the way does not apply here by a person's answer: KI-1");
    EXPECT_EQ(no[0].evidence(0).what(), "KI-1: no, says Jo Doe, looked, until 2026-12-01T00:00:00Z");
    const auto yes = judge_answered("yes", "2026-08-21T12:00:00Z");
    EXPECT_THAT(yes, ElementsAre(says(v1::BLOCKER, "KI-1")));
    EXPECT_EQ(yes[0].evidence(0).source(), "attestation a-1");
    EXPECT_THAT(judge_answered("no", "2026-12-01T00:00:00Z"), ElementsAre(says(v1::WARNING, "KI-1")))
        << "open again";
}

TEST(KnownIssues, AreJudgedByTheirHarmWhereTheyApply) {
    const auto level = [&](std::string_view harm, const std::string& condition) {
        return judge_issues(issue("crossed: '19.3.0' " + condition, harm), running("19.2.4")).front().level();
    };
    EXPECT_EQ(level("BREAKS", holds), v1::BLOCKER);
    EXPECT_EQ(level("LOSES_DATA", ""), v1::BLOCKER);
    EXPECT_EQ(level("TAKES_LONG", holds), v1::WARNING);
    EXPECT_EQ(level("ANNOYS", holds), v1::WARNING);
    EXPECT_EQ(level("ANNOYS", ""), v1::NOTE) << "what is so for everybody is for reading";
}

TEST(KnownIssues, AreNeverGreenWhereTheirConditionIsOpen) {
    const auto level = [&](std::string_view harm, const std::string& condition) {
        return judge_issues(issue("crossed: '19.3.0' " + condition, harm), running("19.2.4")).front().level();
    };
    EXPECT_EQ(level("BREAKS", open), v1::UNKNOWN);
    EXPECT_EQ(level("LOSES_DATA", open), v1::UNKNOWN);
    EXPECT_EQ(level("TAKES_LONG", open), v1::WARNING);
    EXPECT_EQ(level("BREAKS", person), v1::WARNING) << "only a person can say, and no inspection helps";
    EXPECT_EQ(level("ANNOYS", person), v1::NOTE);
}

TEST(KnownIssues, AreUnknownWhereAPersonIsAskedAndAFindingIsLackingBesides) {
    const std::string both =
        "condition { all { of { marker_file { names: 'x' } } of { person { question: 'Is it so?' } } } } ";
    const auto of_harm = [&](std::string_view harm) {
        return judge_issues(issue("crossed: '19.3.0' " + both, harm), running("19.2.4")).front();
    };
    EXPECT_EQ(of_harm("BREAKS").level(), v1::UNKNOWN);
    EXPECT_EQ(of_harm("ANNOYS").level(), v1::WARNING);
    EXPECT_THAT(of_harm("BREAKS"), mentions("not all that tells it was seen; to be answered: Is it so?"));
    EXPECT_THAT(of_harm("BREAKS"), on(std::vector<std::string>{"web1"})) << "where it was not seen";
}

TEST(KnownIssues, SayWhatIsOpenAndWhatIsToBeAnswered) {
    EXPECT_THAT(judge_issues(issue(std::string("crossed: '19.3.0' ") + open), running("19.2.4")),
                ElementsAre(mentions("whether it applies here was not seen")));
    EXPECT_THAT(judge_issues(issue(std::string("crossed: '19.3.0' ") + person), running("19.2.4")),
                ElementsAre(mentions("to be answered: Is it so?")));
}

TEST(KnownIssues, CarryTheirOwnTextsAndEvidence) {
    const auto said =
        judge_issues(
            issue(std::string("crossed: '19.3.0' links: 'https://docs.gitlab.com/x' commands { argv: "
                              "'gitlab-ctl' } verify { argv: 'true' } ") +
                  holds),
            running("19.2.4"))
            .front();
    EXPECT_EQ(said.consequence(), "It breaks.");
    EXPECT_EQ(said.remedy(), "Mend it.");
    EXPECT_EQ(said.commands(0).argv(0), "gitlab-ctl");
    EXPECT_EQ(said.verify().argv(0), "true");
    EXPECT_EQ(said.links(0), "https://docs.gitlab.com/x");
    EXPECT_THAT(said, on(std::vector<std::string>{"web1"}));
    ASSERT_EQ(said.evidence_size(), 2);
    EXPECT_EQ(said.evidence(0).what(), "19.2.4 is installed");
    EXPECT_EQ(said.evidence(1).source(), "notes");
    EXPECT_EQ(said.evidence(1).what(), "known when a node runs GitLab 1.0 or later");
}

TEST(KnownIssues, AskOfAHopWhatItStartsFrom) {
    const auto asking = [](std::string_view of_issue, std::string_view versions) {
        return judge_issues(issue(std::string(of_issue) + " condition { runs { versions { " +
                                  std::string(versions) + " } hop_starts: true } } "),
                            running("18.11.9"));
    };
    EXPECT_THAT(asking("crossed: '19.3.0'", "below: '19.2'"), ElementsAre(says(v1::READY, "spared")))
        << "19.2.4 runs by then";
    const auto later = asking("crossed: '19.3.0'", "from: '19.2'");
    ASSERT_THAT(later, ElementsAre(says(v1::BLOCKER, "KI-1")));
    EXPECT_EQ(later[0].evidence(0).what(), "19.2.4 is installed by then");
    const auto first = asking("crossed: '19.2.1'", "below: '19.2'");
    ASSERT_THAT(first, ElementsAre(says(v1::BLOCKER, "KI-1")));
    EXPECT_EQ(first[0].evidence(0).what(), "18.11.9 is installed");
    EXPECT_THAT(asking("started_from { from: '18.11' below: '19.0' }", "below: '19.0'"),
                ElementsAre(says(v1::BLOCKER, "KI-1")))
        << "no hop is asked of, but what runs";
}

// What the way does not let happen is not held against it: each of these is gone over at its own stop.
TEST(KnownIssues, AreClearedByTheStopThatTheirRemedyNames) {
    const auto with_rows = [](std::string_view table, std::string_view more) {
        return fleet_of({node("web1", installed("15.11.13") + roles("RAILS") + ran({"postgres"}) +
                                          "findings { probe: 'postgres' schema_migrations { database: 'main' "
                                          "applied: 9 files: 9 } } findings { probe: 'postgres' "
                                          "table_estimate { database: 'main' rows: 9000000 table: '" +
                                          std::string(table) + "' } } " + std::string(more))});
    };
    const auto unfinished = [](std::string_view job) {
        return "findings { probe: 'postgres' background_migration { database: 'main' status: ACTIVE job: '" +
               std::string(job) + "' } } ";
    };
    const auto named = [](std::string_view id) { return testing::Property(&v1::Verdict::key, id); };
    for (const auto& [id, table, job] :
         {std::tuple{"KI-16-05", "users", "MigrateHumanUserType"},
          std::tuple{"KI-16-07", "packages_packages", "MarkDuplicateNpmPackagesForDestruction"},
          std::tuple{"KI-17-07", "ci_pipeline_messages", "BackfillPartitionIdCiPipelineMessage"}}) {
        EXPECT_THAT(judged(known_issues_apply, with_rows(table, ""), to("17.3.7")), Not(Contains(named(id))));
        EXPECT_THAT(judged(known_issues_apply, with_rows(table, unfinished(job)), to("17.3.7")),
                    Contains(named(id)));
    }
}

TEST(KnownIssues, LeaveTheRightsInClickHouseToAPerson) {
    const auto fleet =
        fleet_of({node("web1", installed("18.5.6") + roles("RAILS") + ran({"external_services", "postgres"}) +
                                   "findings { probe: 'external_services' external_service { kind: "
                                   "'clickhouse' host: 'ch.example.test' } } ")});
    EXPECT_THAT(judged(known_issues_apply, fleet, to("18.8.11")),
                Contains(AllOf(says(v1::WARNING, "KI-18-25"), mentions("lack the rights on dictionaries?"))));
}

TEST(KnownIssues, AreCountedWhereTheyDoNotApply) {
    const auto spared = issue(std::string("crossed: '19.3.0' ") + fails);
    EXPECT_THAT(
        judge_issues(spared, running("19.2.4")),
        ElementsAre(AllOf(says(v1::READY, "spared"), mentions("1 known issue on the way does not apply"))));
    EXPECT_THAT(judge_issues("", running("19.2.4")), ElementsAre(mentions("no known issue lies on the way")));
}

// PostgreSQL is 17 where the way ends, and nobody looked for the service.
TEST(KnownIssues, AreOpenWhereTheWayEndsRatherThanAWarningInPassing) {
    const auto fleet = fleet_of({node(
        "web1", installed("18.5.6") + roles("RAILS, POSTGRESQL") +
                    ran({"postgres", "geo", "installation", "settings"}) +
                    "findings { probe: 'geo' geo_role { role: NOT_CONFIGURED } } "
                    "findings { probe: 'postgres' postgres_instance { version: '16.10' uses: 'rails main' "
                    "address: '/var/opt/gitlab/postgresql/.s.PGSQL.5432' } } ")});
    const auto both = issue(
        "in_passing: 'Do not stay.' landed_on { from: '18.8' below: '18.9' } "
        "landed_on { from: '19.2' below: '19.3' } condition { any { of { uses { kinds: 'ldap' } } "
        "of { server { component: POSTGRESQL versions { below: '17' } } } } } ");
    EXPECT_THAT(judge_issues(both, fleet, "19.2.4"),
                ElementsAre(AllOf(says(v1::UNKNOWN, "KI-1"), mentions("at the hop 18.11.11 → 19.2.4"))));
}

TEST(KnownIssues, AreUnknownWithoutAPath) {
    EXPECT_THAT(judged(known_issues_apply, Fleet{}), ElementsAre(says(v1::UNKNOWN, "version_unseen")));
    EXPECT_THAT(judged(known_issues_apply, running("nonsense")),
                ElementsAre(says(v1::UNKNOWN, "version_unseen")));
    for (const auto* target : {"19.4.0", "18.11.0"})
        EXPECT_THAT(judged(known_issues_apply, running("19.2.4"), to(target)),
                    ElementsAre(says(v1::UNKNOWN, "no_path")));
    EXPECT_THAT(judge_issues("", running("19.3.0")), ElementsAre(says(v1::READY, "spared")))
        << "there is no way to go";
}

// A node that says nothing but its version leaves every issue open whose condition looks further.
TEST(KnownIssues, OfTheBuiltInKnowledgeAreNeverSparedUnseen) {
    for (const auto* from : {"15.4.6", "16.3.9", "17.3.7", "18.2.8", "18.11.9"}) {
        const auto verdicts = judged(known_issues_apply, running(from));
        EXPECT_THAT(verdicts, Contains(testing::Property(&v1::Verdict::level, v1::UNKNOWN))) << from;
        for (const auto& verdict : verdicts) {
            EXPECT_THAT(verdict.summary(), Not(IsEmpty()));
            if (verdict.level() == v1::READY) continue;
            EXPECT_THAT(verdict.consequence(), Not(IsEmpty())) << verdict.key();
            EXPECT_THAT(verdict.remedy(), Not(IsEmpty())) << verdict.key();
        }
    }
}

TEST(BuiltInIssues, ThatMeetOnlyWhoLeavesOutAStopAreLeftToThePath) {
    const auto& issues = built_in_knowledge().known_issues();
    const auto known = std::ranges::find(issues, "KI-16-23", &v1::KnownIssue::id);
    ASSERT_NE(known, issues.end());
    EXPECT_EQ(known->covered_by(), "path.required_stops");
    const auto route = find_route(running("16.2.11"), to("16.4.5"), built_in_knowledge());
    ASSERT_EQ(route.legs.size(), 2U);
    EXPECT_EQ(route.legs[0].to.minor_text(), "16.3");
    EXPECT_THAT(
        judged(known_issues_apply, running("16.2.11"), to("16.4.5")),
        ::testing::Each(Not(::testing::AnyOf(says(v1::NOTE, "KI-16-23"), says(v1::WARNING, "KI-16-23")))));
}

}  // namespace
}  // namespace preflight::readiness
