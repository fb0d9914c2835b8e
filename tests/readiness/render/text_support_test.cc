#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "readiness/render/render.h"
#include "tests/readiness/render/report_builder.h"

namespace preflight::readiness {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(TextSupport, AnswersQuestionByQuestionAndTellsOnceWhatNodesSayAlike) {
    const auto text = render_text(report_of(R"(
        support {
            questions { id: "systems" question: "Which systems?"
                answers { subject: "rails-1" text: "Ubuntu 22.04" state: SEEN
                    evidence { node: "rails-1" source: "/etc/os-release" taken_at { seconds: 60 } } }
                answers { subject: "old-1" text: "no inspection of it" state: NOT_SEEN }
                answers { subject: "rails-2" text: "Ubuntu 22.04" state: SEEN
                    evidence { node: "rails-2" source: "/etc/os-release" taken_at { seconds: 120 } } } }
            questions { question: "What is unique?" answers { text: "Who knows the proxies?" state: ASKS_PERSON } }
            questions { id: "geo" } })"),
                                  {});
    EXPECT_THAT(text, HasSubstr(R"(
== Answers for GitLab Support: 3 questions, 1 not seen, 1 for a person to
   answer

-- Which systems?
   + rails-1, rails-2: Ubuntu 22.04
     (/etc/os-release; 1970-01-01 00:01 to 00:02 UTC)
   ? Not seen: old-1: no inspection of it

-- What is unique?
   ! For a person: Who knows the proxies?

-- geo
   ? Not answered
)"));
}

// What is denied of ten topics is denied of each: a reader must see of which.
TEST(TextSupport, NamesEachSubjectOfAnAnswerUnlessTheyAreVeryMany) {
    const auto of_many = [](int count) {
        std::string answers;
        for (int at = 1; at <= count; ++at)
            answers += "answers { subject: 'A rather long topic " + std::to_string(at) +
                       "' text: 'No.' state: SEEN } ";
        return render_text(report_of("support { questions { question: 'Unique?' " + answers + "} }"), {});
    };
    EXPECT_THAT(of_many(20), HasSubstr("topic 20: No."));
    EXPECT_THAT(of_many(20), Not(HasSubstr(" more: No.")));
    EXPECT_THAT(of_many(21), HasSubstr(" more: No."));
}

TEST(TextSupport, TakesAnAnswerOfAStateThatIsNotKnownForNotSeen) {
    const auto text = render_text(report_of(R"(support { questions { answers { text: "all well" } } })"), {});
    EXPECT_THAT(text, HasSubstr("   ? Not seen: all well\n"));
}

TEST(TextSupport, KeepsApartWhatIsSeenAndWhatIsNotThoughTheWordsAreTheSame) {
    const auto text = render_text(
        report_of(R"(support { questions { question: "Geo?" answers { text: "a proxy" state: SEEN }
            answers { text: "a proxy" state: NOT_SEEN } answers { subject: "web-1" text: "a proxy" state: SEEN } } })"),
        {});
    EXPECT_THAT(text, HasSubstr("   + a proxy\n   ? Not seen: a proxy\n   + web-1: a proxy\n"));
}

TEST(TextArchitecture, FoldsNodesOfOneRoleAndTellsWhatTheyUse) {
    const auto text = render_text(report_of(R"(
        architecture {
            nodes { id: "n1" name: "db-9" external: true roles: "PostgreSQL" }
            nodes { id: "n2" name: "gitaly-1" roles: "Gitaly" reports: true }
            nodes { id: "n3" name: "gitaly-2" roles: "Gitaly" reports: true }
            nodes { id: "n4" name: "gitaly-3" roles: "Gitaly" }
            nodes { id: "n5" name: "rails-1" roles: "Rails" roles: "Sidekiq" reports: true }
            edges { from: "n5" to: "n1" kind: "PostgreSQL" purposes: "main" purposes: "ci" address: "db-9:5432" }
            edges { from: "n5" to: "n2" kind: "Gitaly" purposes: "storage b" address: "gitaly-1:8075" }
            edges { from: "n5" to: "n3" kind: "Gitaly" purposes: "storage a" address: "gitaly-2:8075" } })"),
                                  {});
    EXPECT_THAT(text, HasSubstr(R"(
== Architecture: 5 nodes, 3 connections

   i PostgreSQL: db-9 (external)
   + Gitaly: gitaly-1, gitaly-2
   ? Gitaly: gitaly-3 (nobody reports from there)
   + Rails, Sidekiq: rails-1
     -> db-9: PostgreSQL for ci, main at db-9:5432
     -> gitaly-1, gitaly-2: Gitaly for storage a, storage b at gitaly-1:8075,
        gitaly-2:8075
)"));
}

TEST(TextArchitecture, KeepsSitesApart) {
    const auto text = render_text(report_of(R"(
        architecture { nodes { id: "n1" name: "a" site: "berlin" roles: "Rails" reports: true }
            nodes { id: "n2" name: "b" site: "tokyo" roles: "Rails" reports: true } })"),
                                  {});
    EXPECT_THAT(text, HasSubstr("\n-- Site berlin\n   + Rails: a\n\n-- Site tokyo\n   + Rails: b\n"));
}

TEST(TextArchitecture, LosesNoEndOfAnEdge) {
    const auto text = render_text(report_of(R"(
        architecture { nodes { id: "n1" name: "a" reports: true } edges { from: "n1" to: "n7" kind: "Redis" } })"),
                                  {});
    EXPECT_THAT(text, HasSubstr("   + role not known: a\n     -> n7: Redis\n"
                                "   ? role not known: n7 (nobody reports from there)\n"));
}

}  // namespace
}  // namespace preflight::readiness
