#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "readiness/render/render.h"
#include "tests/readiness/render/report_builder.h"

namespace preflight::readiness {
namespace {

using testing::HasSubstr;
using testing::Not;

v1::Report report_with_acceptances() {
    return report_of(R"(
        from_version: "18.11.4" target_version: "19.3.0" outcome: READY_WITH_CONDITIONS nodes { name: "rails-1" }
        verdicts { check: "backup.fresh" level: BLOCKER title: "No fresh backup" nodes: "rails-1" waived_by: "w-1" }
        verdicts { check: "system.clock" level: WARNING title: "No time service" nodes: "rails-1" }
        acceptances { id: "w-2" state: EXPIRED detail: "system.clock: by Ann Lee; what it accepted counts again" }
        acceptances { id: "w-3" state: EVIDENCE_CHANGED detail: "disk.room: by Ann Lee" }
        acceptances { id: "w-1" state: IN_FORCE detail: "by Jo Doe: rehearsed, until 2026-12-01" }
        acceptances { id: "a-1" state: IN_FORCE detail: "A restore was rehearsed, says Jo Doe" attestation { } }
        acceptances { id: "w-4" state: OUT_OF_SCOPE detail: "for 19.2.0" waiver { } })");
}

TEST(Accepted, VerdictsAreToldApartWithWhoAndWhyAndUntilWhen) {
    const auto text = render_text(report_with_acceptances(), {});
    EXPECT_THAT(text, HasSubstr("READY WITH CONDITIONS: 1 warning, 1 accepted\n"));
    EXPECT_THAT(text, HasSubstr("1 verdict does\nnot count, because persons answer for that.\n"));
    EXPECT_THAT(text, Not(HasSubstr("== Blockers")));
    EXPECT_THAT(text, HasSubstr("\n== Accepted: 1\n"
                                "\nx Accepted blocker: No fresh backup (backup.fresh)\n"
                                "   Accepted     w-1: by Jo Doe: rehearsed, until 2026-12-01\n"
                                "   Where        rails-1\n"
                                "\ni a-1: A restore was rehearsed, says Jo Doe\n"
                                "- Not used, not for this report: w-4: for 19.2.0\n"));
}

TEST(Accepted, WithoutForceAreLoudAndStandAboveEverything) {
    const auto text = render_text(report_with_acceptances(), {});
    const auto at = text.find(
        "\n!! 2 acceptances are no longer in force\n"
        "   - EXPIRED: w-2: system.clock: by Ann Lee; what it accepted counts again\n"
        "   - VOID: what is found now is not what was accepted: w-3: disk.room: by Ann\n"
        "     Lee\n"
        "   What they stood for counts as if nobody had answered for it.\n");
    EXPECT_NE(at, std::string::npos) << text;
    EXPECT_LT(at, text.find("== Warnings"));
}

TEST(Accepted, StandsInTheRedBoxOfThePageAndInItsChips) {
    const auto html = render_html(report_with_acceptances());
    EXPECT_THAT(html, HasSubstr("<section class=\"level blocker alarm\" aria-labelledby=\"lost\">"));
    EXPECT_THAT(html, HasSubstr("<strong>EXPIRED</strong> w-2: system.clock: by Ann Lee;"));
    EXPECT_THAT(html, HasSubstr("<a href=\"#accepted\"><b>1</b> accepted</a>"));
    EXPECT_THAT(html, HasSubstr("<article class=\"card accepted blocker\" id=\"backup.fresh\">"));
    EXPECT_THAT(html, HasSubstr("<dt>Accepted</dt><dd>w-1: by Jo Doe: rehearsed, until 2026-12-01</dd>"));
    EXPECT_THAT(html, Not(HasSubstr("id=\"blocker\"")));
}

// Where there is such a part: also where persons have only stated something.
TEST(Accepted, IsInTheContentsOfThePageWhereItIsInThePage) {
    const auto page_with = [](const std::string& acceptances) {
        return render_html(report_of("plan { steps { title: 'Stop' } } " + acceptances));
    };
    const auto* link = "<li><a href=\"#accepted\">Accepted</a></li>";
    for (const auto* some : {"verdicts { check: 'a.b' level: BLOCKER waived_by: 'w-1' }",
                             "acceptances { id: 'a-1' state: IN_FORCE attestation { } }",
                             "acceptances { id: 'w-4' state: OUT_OF_SCOPE waiver { } }"}) {
        EXPECT_THAT(page_with(some), HasSubstr(link)) << some;
        EXPECT_THAT(page_with(some), HasSubstr("id=\"accepted\"")) << some;
    }
    EXPECT_THAT(page_with("acceptances { id: 'w-2' state: EXPIRED waiver { } }"), Not(HasSubstr(link)));
}

TEST(Accepted, AreWhatStopsWhereNothingElseDoes) {
    const auto only_accepted = render_text(report_of(R"(outcome: READY_WITH_CONDITIONS nodes { name: "n" }
        verdicts { check: "a.b" level: BLOCKER waived_by: "w-1" })"),
                                           {.width = 200});
    EXPECT_THAT(only_accepted,
                HasSubstr("Nothing stops the upgrade but what persons accepted. Read that before you "
                          "start. 1 verdict does not count, because persons answer for that.\n"));
    const auto with_warning = render_text(report_of(R"(outcome: READY_WITH_CONDITIONS nodes { name: "n" }
        verdicts { check: "a.b" level: BLOCKER waived_by: "w-1" } verdicts { check: "a.c" level: WARNING })"),
                                          {.width = 200});
    EXPECT_THAT(with_warning,
                HasSubstr("Nothing stops the upgrade. Read the warnings before you start. 1 verdict"));
}

TEST(Accepted, SaysWhenTheReportDoesNotKnowTheWaiver) {
    const auto text =
        render_text(report_of(R"(verdicts { check: "a.b" level: BLOCKER waived_by: "w-9" })"), {});
    EXPECT_THAT(text, HasSubstr("   Accepted     w-9: the report does not say by whom\n"));
}

TEST(Accepted, InAStateThatIsNotKnownIsLoudToo) {
    const auto text = render_text(report_of(R"(acceptances { id: "w-1" detail: "new" })"), {});
    EXPECT_THAT(
        text,
        HasSubstr("!! 1 acceptance is no longer in force\n   - IN A STATE THAT IS NOT KNOWN: w-1: new\n"));
}

}  // namespace
}  // namespace preflight::readiness
