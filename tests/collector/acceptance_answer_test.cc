// Answers to questions of the knowledge, in the file of acceptances.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "collector/acceptance_file.h"

namespace preflight::collector {
namespace {

// A file with one attestation, of this statement and these lines more.
Result<v1::Acceptances> parsed(const std::string& statement, const std::string& more) {
    return parse_acceptances(
        "version: 1\nattestations:\n  - id: a-1\n    owner: Jo Doe\n    detail: seen\n"
        "    made_at: 2026-08-02T10:00:00Z\n    expires_at: 2026-12-01T06:00:00Z\n    statement: " +
            statement + "\n" + more,
        "acceptances.yml");
}

std::string complaint(const std::string& statement, const std::string& more) {
    const auto acceptances = parsed(statement, more);
    return acceptances ? "taken" : acceptances.error().source + ": " + acceptances.error().detail;
}

const std::string question = "    question: \"Is it: so?\"\n";
const std::string no = "    answer: \"no\"\n";

TEST(AcceptanceAnswer, StandsWithTheQuestionThatItIsFor) {
    const auto acceptances = parsed("KI-16-21", question + no);
    ASSERT_TRUE(acceptances) << acceptances.error().detail;
    const auto& attestation = acceptances->attestations(0);
    EXPECT_EQ(attestation.statement(), "KI-16-21");
    EXPECT_EQ(attestation.question(), "Is it: so?");
    EXPECT_EQ(attestation.answer(), "no");
    EXPECT_EQ(complaint("\"17.1\"", question + no), "taken") << "of a stop";
}

TEST(AcceptanceAnswer, IsRefusedWithoutOneOfTheTwo) {
    constexpr auto both = "acceptances.yml:3: an entry that asks has a question and an answer, yes or no";
    EXPECT_EQ(complaint("KI-16-21", ""), both);
    EXPECT_EQ(complaint("KI-16-21", no), both);
    EXPECT_EQ(complaint("KI-16-21", question), both);
    EXPECT_EQ(complaint("KI-16-21", question + "    answer: perhaps\n"),
              "acceptances.yml:10: answer is yes or no");
}

TEST(AcceptanceAnswer, IsOfNoNodeAndOfNoStatementOfTheList) {
    EXPECT_EQ(complaint("KI-16-21", question + no + "    node: web1\n"),
              "acceptances.yml:3: this statement is made of the whole instance: leave its node out");
    EXPECT_EQ(complaint("restore_rehearsed", question + no),
              "acceptances.yml:3: this statement is no question: leave question and answer out");
}

}  // namespace
}  // namespace preflight::collector
