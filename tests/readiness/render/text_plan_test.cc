#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "readiness/render/render.h"
#include "tests/readiness/render/report_builder.h"

namespace preflight::readiness {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(TextPlan, GoesHopByHopAndPhaseByPhaseAndCountsThrough) {
    const auto text = render_text(report_of(R"(
        plan { manner: WITH_DOWNTIME geo: true
            steps { phase: BEFORE_WINDOW title: "Read the notes" }
            steps { to: "18.11.11" phase: IN_WINDOW title: "Stop Puma" }
            steps { to: "18.11.11" phase: IN_WINDOW title: "Install the package" }
            steps { to: "18.11.11" phase: BETWEEN_HOPS title: "Wait" }
            steps { phase: AFTER title: "Upgrade the runners" } })"),
                                  {});
    EXPECT_THAT(text, HasSubstr("\n== Plan: 5 steps, with downtime, Geo sites\n"
                                "\n-- Before the window, while GitLab serves\n\n1. Read the notes\n"));
    EXPECT_THAT(text, HasSubstr("\n-- To 18.11.11: in the window\n\n2. Stop Puma\n"));
    EXPECT_THAT(text, HasSubstr("\n3. Install the package\n"));
    EXPECT_THAT(text,
                HasSubstr("\n-- To 18.11.11: after the window; the next hop waits for this\n\n4. Wait\n"));
    EXPECT_THAT(text, HasSubstr("\n-- After the upgrade\n\n5. Upgrade the runners\n"));
}

TEST(TextPlan, TellsOfAStepAllThatAPersonNeedsForIt) {
    const auto text = render_text(report_of(R"(
        plan { steps { to: "19.2.5" phase: IN_WINDOW title: "Install GitLab 19.2.5" nodes: "gitaly-1" nodes: "gitaly-2"
            one_by_one: true commands { argv: ["apt-get", "install", "gitlab-ee=19.2.5-ee.0"] }
            commands { argv: ["gitlab-ctl", "restart it's"] } why: "Gitaly goes first." expected: "Both serve."
            verify { argv: ["gitlab-ctl", "status"] } reversal: RESTORE_ONLY seconds_from: 600 seconds_to: 1800
            duration_source: "doc/update" checks: "settings.removed" checks: "disk.room"
            links: "https://docs.gitlab.com/update/" note: "Not while a backup runs." } })"),
                                  {});
    EXPECT_THAT(text, HasSubstr(R"(
1. Install GitLab 19.2.5
   Where        gitaly-1, gitaly-2
   Order        one by one, the next only when the check of the one before holds
   Do             apt-get install gitlab-ee=19.2.5-ee.0
                  gitlab-ctl 'restart it'\''s'
   Expect       Both serve.
   Verify         gitlab-ctl status
   Why          Gitaly goes first.
   Mind         Not while a backup runs.
   Takes        10 to 30 minutes (doc/update)
   Back         from here on only a restore leads back
   Clears       settings.removed, disk.room
   Read         https://docs.gitlab.com/update/
)"));
}

TEST(TextPlan, LeavesToAPersonWhatIsDoneOnNoNode) {
    const auto text = render_text(report_of(R"(plan { steps { title: "Pause CI" } })"), {});
    EXPECT_THAT(text,
                HasSubstr("1. Pause CI\n   Who          a person, on no node\n   Back         not known\n"));
}

// Whoever types the commands has to know on which hosts, forward and back.
TEST(TextPlan, NamesEveryNodeOfAStep) {
    v1::Report report;
    auto& step = *report.mutable_plan()->add_steps();
    auto& back = *report.mutable_way_back()->add_hops()->add_steps();
    for (int i = 101; i <= 300; ++i) {
        step.add_nodes("gitaly-" + std::to_string(i));
        back.add_nodes("db-" + std::to_string(i));
    }
    const auto text = render_text(report, {});
    EXPECT_THAT(text, HasSubstr("   Where        gitaly-101, gitaly-102, "));
    for (int i = 101; i <= 300; ++i) {
        EXPECT_THAT(text, HasSubstr("gitaly-" + std::to_string(i)));
        EXPECT_THAT(text, HasSubstr("db-" + std::to_string(i)));
    }
}

TEST(TextPlan, GivesAReasonThatManyStepsHaveOnce) {
    const auto text = render_text(report_of(R"(
        plan { steps { title: "Stop" why: "Nothing may write." links: "https://docs.gitlab.com/a" }
            steps { title: "Stop" why: "Nothing may write." links: "https://docs.gitlab.com/a" }
            steps { title: "Stop" why: "Nothing may write." links: "https://docs.gitlab.com/b" } steps { title: "Look" }
            steps { why: "It must." note: "Slowly." } steps { why: "It must." note: "Slowly." } })"),
                                  {});
    EXPECT_THAT(text, HasSubstr("\n2. Stop\n"
                                "   Who          a person, on no node\n"
                                "   Why          as for step 1\n"
                                "   Back         not known\n"
                                "\n3. Stop\n"
                                "   Who          a person, on no node\n"
                                "   Why          Nothing may write.\n"
                                "   Back         not known\n"
                                "   Read         https://docs.gitlab.com/b\n"
                                "\n4. Look\n"
                                "   Who          a person, on no node\n"
                                "   Back         not known\n"));
    EXPECT_THAT(text, HasSubstr("   Why          and what to mind: as for step 5\n   Back"));
}

TEST(TextPlan, IsADraftWhileSomethingIsOpen) {
    const auto text =
        render_text(report_of(R"(plan { steps { title: "Stop" } open: "Is Patroni used?" })"), {});
    EXPECT_THAT(text, HasSubstr("\n? A draft: what is open may change it.\n   - Is Patroni used?\n"));
}

TEST(TextPlan, SaysWhyThereIsNone) {
    const auto text = render_text(report_of(R"(plan { open: "The path is not known" })"), {});
    EXPECT_THAT(text, HasSubstr("\n== Plan: none\n\n? There is no plan yet:\n   - The path is not known\n"));
}

TEST(TextWayBack, SaysForEachHopWhatIsMissingFirst) {
    const auto text = render_text(report_of(R"(
        plan { steps { id: "a" title: "Stop Puma" } steps { id: "b" title: "Migrate the database" } }
        way_back { notes: "Snapshots are outside Support's scope."
            hops { from: "18.11.4" to: "18.11.11" point_of_no_return: "When the migrations begin." point_step: "b"
                needs { what: "The package of 18.11.4" state: PROVED nodes: "rails-1" detail: "in apt's cache" }
                needs { what: "Snapshots of all nodes" state: ATTESTED detail: "Jo Doe says so" }
                needs { what: "Room to restore" }
                needs { what: "A full backup of 18.11.4 EE" state: MISSING nodes: "rails-1" detail: "The newest is of 18.11.2"
                    evidence { node: "rails-1" source: "/var/backups/a.tar" what: "18.11.2-ee" taken_at { seconds: 60 } } }
                steps { title: "Stop GitLab" nodes: "rails-1" commands { argv: ["gitlab-ctl", "stop"] }
                    why: "Nothing may write." note: "All at once." } } })"),
                                  {});
    EXPECT_THAT(text, HasSubstr(R"(
== Way back: 1 hop

   - Snapshots are outside Support's scope.

-- From 18.11.11 back to 18.11.4: 1 missing, 1 not known, 1 attested by a
   person, 1 proved
   No return    When the migrations begin.
                Step 2 of the plan: Migrate the database

x A full backup of 18.11.4 EE: missing
   Where        rails-1
   Found        The newest is of 18.11.2
   Evidence     rails-1: 18.11.2-ee (/var/backups/a.tar, 1970-01-01 00:01 UTC)

? Room to restore: not known

i Snapshots of all nodes: attested by a person
   Found        Jo Doe says so

+ The package of 18.11.4: proved
   Where        rails-1
   Found        in apt's cache

   The steps back:
   1. Stop GitLab [rails-1]
                  gitlab-ctl stop
   Mind         All at once.
)"));
}

TEST(TextWayBack, SaysWhyThereIsNone) {
    const auto text = render_text(report_of(R"(way_back { notes: "No version was seen." })"), {});
    EXPECT_THAT(text, HasSubstr("\n== Way back: none\n\n   - No version was seen.\n"));
}

TEST(TextWayBack, SaysWhatIsNotKnown) {
    const auto text = render_text(report_of("way_back { hops { } }"), {});
    EXPECT_THAT(text,
                HasSubstr("-- From a version not known back to a version not known: what it needs is not\n"
                          "   known\n   No return    not known\n"));
}

TEST(TextReport, PrintsNoPartThatIsEmpty) {
    const auto text = render_text(report_of("plan { } way_back { } support { } architecture { }"), {});
    EXPECT_EQ(text, render_text(v1::Report(), {}));
    EXPECT_THAT(text, Not(HasSubstr("Plan")));
}

}  // namespace
}  // namespace preflight::readiness
