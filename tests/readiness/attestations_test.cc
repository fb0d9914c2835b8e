#include "readiness/attestations.h"

#include <algorithm>
#include <cctype>

#include "readiness/acceptances.h"
#include "tests/readiness/fleet_builder.h"

namespace preflight::readiness {
namespace {

using ::testing::HasSubstr;

using Use = v1::AcceptanceUse;

v1::Attestation attestation_text_as(std::string_view text) {
    v1::Attestation made;
    EXPECT_TRUE(google::protobuf::TextFormat::ParseFromString(with_times(std::string(text)), &made));
    return made;
}

// `more` adds to it, or replaces it.
v1::Attestation attestation(std::string_view more) {
    auto made = attestation_text_as(
        R"(id: "a-1" statement: "old_package_at_hand" owner: "Jo Doe" detail: "on a mirror"
        made_at {at 2026-08-01T00:00:00Z} expires_at {at 2026-09-01T00:00:00Z})");
    made.MergeFrom(attestation_text_as(more));
    return made;
}

// Whose word holds for the node; "nobody" where none does.
std::string who(const std::vector<v1::Attestation>& made, std::string_view node = "",
                std::string_view statement = "old_package_at_hand") {
    auto upgrade = to("19.3.0");
    for (const auto& one : made) *upgrade.acceptances.add_attestations() = one;
    const auto* found = attested(upgrade, statement, node);
    return found == nullptr ? "nobody" : found->owner();
}

TEST(Attestation, HoldsOfTheWholeInstanceOrOfItsNode) {
    EXPECT_EQ(who({attestation("")}), "Jo Doe");
    EXPECT_EQ(who({attestation("")}, "web1"), "Jo Doe");
    EXPECT_EQ(who({attestation("node: 'web1'")}), "nobody");
    EXPECT_EQ(who({attestation("node: 'web1'")}, "web1"), "Jo Doe");
    EXPECT_EQ(who({attestation("node: 'web1'")}, "web2"), "nobody");
    EXPECT_EQ(who({attestation("")}, "", "restore_rehearsed"), "nobody");
}

TEST(Attestation, HoldsFromWhenItIsMadeUntilItEnds) {
    EXPECT_EQ(who({attestation("made_at {at 2026-08-21T12:00:00Z}")}), "Jo Doe");
    EXPECT_EQ(who({attestation("made_at {at 2026-08-21T12:00:01Z}")}), "nobody");
    EXPECT_EQ(who({attestation("expires_at {at 2026-08-21T12:00:00Z}")}), "nobody");
    EXPECT_EQ(who({attestation("expires_at {at 2026-08-21T12:00:01Z}")}), "Jo Doe");
    EXPECT_EQ(who({attestation("expires_at {at 9999-12-31T23:59:59Z}")}), "Jo Doe");
}

TEST(Attestation, OfTheNodeIsCloserAndOfSeveralTheOneThatHoldsLongest) {
    const auto whole = attestation("owner: 'whole' expires_at {at 2027-01-01T00:00:00Z}");
    const auto near = attestation("owner: 'near' node: 'web1'");
    const auto longer = attestation("owner: 'longer' node: 'web1' expires_at {at 2026-12-01T00:00:00Z}");
    EXPECT_EQ(who({near, whole}, "web1"), "near");
    EXPECT_EQ(who({whole, longer, near}, "web1"), "longer");
    EXPECT_EQ(who({near, longer, whole}, "web1"), "longer");
}

// What the report says of one attestation, on the only node web1.
Use use_of(std::string_view more) {
    auto upgrade = to("19.3.0");
    *upgrade.acceptances.add_attestations() = attestation(more);
    v1::Report report;
    report.add_nodes()->set_name("web1");
    accept(report, upgrade);
    return report.acceptances(0);
}

TEST(Attestation, IsShownWithWhatBecameOfIt) {
    EXPECT_EQ(use_of("").state(), Use::IN_FORCE);
    EXPECT_EQ(use_of("").detail(), "old_package_at_hand: Jo Doe, on a mirror, until 2026-09-01T00:00:00Z");
    EXPECT_EQ(use_of("node: 'web1'").state(), Use::IN_FORCE);
    EXPECT_EQ(use_of("node: 'web2'").state(), Use::NOTHING_TO_ACCEPT);
    EXPECT_THAT(use_of("node: 'web2'").detail(), HasSubstr("no node of this name has reported"));
    EXPECT_EQ(use_of("expires_at {at 2026-08-02T00:00:00Z}").state(), Use::EXPIRED);
    EXPECT_EQ(use_of("made_at {at 2026-08-22T00:00:00Z}").state(), Use::OUT_OF_SCOPE);
    EXPECT_EQ(use_of("statement: 'all_is_well'").state(), Use::REFUSED);
    EXPECT_EQ(use_of("").attestation().owner(), "Jo Doe");
}

TEST(Attestation, ThatAnswersAQuestionIsInForceWhereSomethingHangsOnIt) {
    auto upgrade = to("19.3.0");
    *upgrade.acceptances.add_attestations() =
        attestation("statement: 'KI-1' answer: 'no' question: 'Is it so?'");
    v1::Report unasked;
    accept(unasked, upgrade);
    EXPECT_EQ(unasked.acceptances(0).state(), Use::NOTHING_TO_ACCEPT);
    EXPECT_THAT(unasked.acceptances(0).detail(), HasSubstr("nothing on this way hangs on it"));
    v1::Report asked;
    asked.add_verdicts()->add_evidence()->set_source("attestation a-1");
    accept(asked, upgrade);
    EXPECT_EQ(asked.acceptances(0).state(), Use::IN_FORCE);
    EXPECT_EQ(asked.acceptances(0).detail(),
              "KI-1: no, says Jo Doe, on a mirror, until 2026-09-01T00:00:00Z");
    upgrade.at = time_of("2026-09-01T00:00:00Z");
    v1::Report later;
    accept(later, upgrade);
    EXPECT_EQ(later.acceptances(0).state(), Use::EXPIRED);
}

TEST(Statements, AreAClosedListInOrder) {
    EXPECT_TRUE(std::ranges::is_sorted(statements(), {}, &Statement::name));
    for (const auto& statement : statements()) {
        EXPECT_EQ(find_statement(statement.name), &statement);
        EXPECT_TRUE(std::isupper(static_cast<unsigned char>(statement.says.front()))) << statement.name;
        EXPECT_FALSE(statement.says.ends_with('.')) << statement.name;
    }
    EXPECT_EQ(find_statement("all_is_well"), nullptr);
    EXPECT_EQ(find_statement(""), nullptr);
}

}  // namespace
}  // namespace preflight::readiness
