#include "readiness/acceptances.h"

#include <algorithm>
#include <set>

#include "readiness/verdict.h"
#include "tests/readiness/waivers.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

using Use = v1::AcceptanceUse;

// Two clocks that are wrong, each by its own measure.
v1::Verdict clocks() {
    return text_as<v1::Verdict>(R"(
        check: "system.clock" key: "drift" level: BLOCKER summary: "the clock is wrong" nodes: "web1" nodes: "web2"
        evidence { node: "web1" source: "adjtimex" taken_at {at 2026-08-21T11:00:00Z} what: "9 s" }
        evidence { node: "web2" source: "adjtimex" taken_at {at 2026-08-21T11:00:00Z} what: "4 s" })");
}

v1::Report report_with(const v1::Verdict& verdict) {
    auto report =
        text_as<v1::Report>(R"(target_version: "19.3.0" nodes { name: "web1" } nodes { name: "web2" })");
    *report.add_verdicts() = verdict;
    return report;
}

v1::Report accepted(v1::Report report, const std::vector<v1::Waiver>& waivers,
                    std::string_view target = "19.3.0") {
    auto upgrade = to(target);
    for (const auto& waiver : waivers) *upgrade.acceptances.add_waivers() = waiver;
    accept(report, upgrade);
    return report;
}

// Of each verdict, on which nodes it is and by which waiver it does not count.
std::vector<std::string> shown(const v1::Report& report) {
    std::vector<std::string> all;
    for (const auto& verdict : report.verdicts()) {
        std::string line;
        for (const auto& node : verdict.nodes()) line += node + " ";
        all.push_back(line + verdict.waived_by());
    }
    return all;
}

std::vector<Use::State> states(const v1::Report& report) {
    std::vector<Use::State> all;
    for (const auto& use : report.acceptances()) all.push_back(use.state());
    return all;
}

TEST(EvidenceDigest, DoesNotDependOnOrderOrTime) {
    const auto digest = evidence_digest(clocks());
    auto verdict = clocks();
    std::swap(*verdict.mutable_nodes(0), *verdict.mutable_nodes(1));
    verdict.mutable_evidence()->SwapElements(0, 1);
    *verdict.add_evidence() = verdict.evidence(0);
    verdict.mutable_evidence(0)->clear_taken_at();
    verdict.mutable_evidence(1)->set_source("chronyc");
    EXPECT_EQ(evidence_digest(verdict), digest);
    EXPECT_THAT(digest, SizeIs(64));
}

TEST(EvidenceDigest, ChangesWithAnythingThatIsFound) {
    using Change = void (*)(v1::Verdict&);
    const Change changes[] = {[](auto& it) { it.set_check("system.clocks"); },
                              [](auto& it) { it.set_key("other"); },
                              [](auto& it) { it.set_level(v1::WARNING); },
                              [](auto& it) { it.set_summary("the clock is slow"); },
                              [](auto& it) { it.add_nodes("web3"); },
                              [](auto& it) { it.mutable_nodes()->RemoveLast(); },
                              [](auto& it) { it.mutable_evidence()->RemoveLast(); },
                              [](auto& it) { it.mutable_evidence(0)->set_what("8 s"); },
                              [](auto& it) { it.mutable_evidence(0)->set_node("web2"); },
                              [](auto& it) { it.mutable_evidence(0)->set_node(""); }};
    std::set<std::string> digests{evidence_digest(clocks())};
    for (const auto change : changes) {
        auto verdict = clocks();
        change(verdict);
        EXPECT_TRUE(digests.insert(evidence_digest(verdict)).second) << verdict.ShortDebugString();
    }
}

// What is measured anew each time is shown, and does not count; the limit beside it does.
TEST(EvidenceDigest, PassesOverWhatIsMeasuredAnew) {
    const auto digest_of = [](const std::string& age, const std::string& limit, const std::string& lag) {
        auto found =
            verdict(v1::WARNING, "stale", "backup_1.tar is " + passing(age) + " old, the limit is " + limit);
        v1::Finding finding;
        about(found, node("web1", ""), finding, "db2 by " + passing(lag));
        EXPECT_EQ(found.summary(), "backup_1.tar is " + age + " old, the limit is " + limit);
        EXPECT_EQ(found.evidence(0).what(), "db2 by " + lag);
        return evidence_digest(found);
    };
    const auto digest = digest_of("31 h", "24 h", "70 MiB");
    EXPECT_EQ(digest_of("12 days", "24 h", "70 MiB"), digest);
    EXPECT_EQ(digest_of("31 h", "24 h", "1.5 GiB"), digest);
    EXPECT_NE(digest_of("31 h", "30 h", "70 MiB"), digest);
    auto other = verdict(v1::WARNING, "stale", "backup_2.tar is " + passing("31 h") + " old");
    EXPECT_NE(evidence_digest(other),
              evidence_digest(verdict(v1::WARNING, "stale", "backup_1.tar is " + passing("31 h") + " old")));
}

TEST(EvidenceDigest, PassesOverWhoLookedLastAtWhatEveryNodeSees) {
    const auto digest_of = [](const std::string& name, bool of_any_node) {
        auto found = clocks();
        for (auto& evidence : *found.mutable_evidence()) evidence.set_node(name);
        if (of_any_node) {
            for (auto& evidence : *found.mutable_evidence()) evidence.set_of_any_node(true);
        }
        return evidence_digest(found);
    };
    EXPECT_EQ(digest_of("web1", true), digest_of("web2", true));
    EXPECT_NE(digest_of("web1", false), digest_of("web2", false));
}

// Files of waivers outlive the release that wrote them.
TEST(EvidenceDigest, IsTheSameInEveryRelease) {
    EXPECT_EQ(evidence_digest(clocks()), "9cd3b138b05019d3e090024d1b3c01cbe1bf25a1503ff16b377a076c1b7cd9a4");
}

TEST(Waiver, TakesAVerdictOutOfTheCountAndLeavesItInTheReport) {
    const auto report = accepted(report_with(clocks()), {waiver_of(clocks())});
    EXPECT_THAT(shown(report), ElementsAre("web1 web2 w-1"));
    EXPECT_EQ(report.verdicts(0).level(), v1::BLOCKER);
    EXPECT_EQ(report.verdicts(0).evidence_digest(), evidence_digest(clocks()));
    ASSERT_THAT(states(report), ElementsAre(Use::IN_FORCE));
    EXPECT_EQ(report.acceptances(0).detail(), "Jo Doe, seen, until 2026-09-01T00:00:00Z");
    EXPECT_EQ(report.acceptances(0).waiver().reason(), "seen");
}

TEST(Waiver, OfOneNodeLeavesTheOthers) {
    const auto part = *part_of(clocks(), "web2");
    EXPECT_THAT(part.evidence(), SizeIs(1));
    const auto report = accepted(report_with(clocks()), {waiver_of(part, "node: 'web2'")});
    EXPECT_THAT(shown(report), ElementsAre("web1 ", "web2 w-1"));
    EXPECT_EQ(report.verdicts(0).evidence_digest(), evidence_digest(*part_of(clocks(), "web1")));
    EXPECT_EQ(report.verdicts(0).evidence(0).what(), "9 s");
    EXPECT_EQ(report.verdicts(1).evidence(0).what(), "4 s");
    EXPECT_THAT(states(report), ElementsAre(Use::IN_FORCE));
}

TEST(Waiver, OfEachNodeLeavesNothing) {
    const auto report =
        accepted(report_with(clocks()), {waiver_of(*part_of(clocks(), "web2"), "id: 'w-2' node: 'web2'"),
                                         waiver_of(*part_of(clocks(), "web1"), "id: 'w-1' node: 'web1'")});
    EXPECT_THAT(shown(report), ElementsAre("web1 w-1", "web2 w-2"));
}

TEST(Waiver, OfWhatAnotherLeftIsInForce) {
    const auto report =
        accepted(report_with(clocks()), {waiver_of(*part_of(clocks(), "web2"), "id: 'w-2' node: 'web2'"),
                                         waiver_of(*part_of(clocks(), "web1"), "id: 'w-1'")});
    EXPECT_THAT(shown(report), ElementsAre("web1 w-1", "web2 w-2"));
    EXPECT_THAT(states(report), ElementsAre(Use::IN_FORCE, Use::IN_FORCE));
}

TEST(Waiver, OfOneNodeStaysWhenAnotherNodeComesOrGoes) {
    const auto waiver = waiver_of(*part_of(clocks(), "web2"), "node: 'web2'");
    auto more = clocks();
    more.add_nodes("web3");
    EXPECT_THAT(shown(accepted(report_with(more), {waiver})), ElementsAre("web1 web3 ", "web2 w-1"));
    const auto alone = *part_of(clocks(), "web2");
    EXPECT_THAT(shown(accepted(report_with(alone), {waiver})), ElementsAre("web2 w-1"));
}

TEST(Waiver, KeepsWhatWasFoundOnNodesThatTheVerdictIsNotAbout) {
    auto verdict = clocks();
    verdict.mutable_nodes()->RemoveLast();
    EXPECT_THAT(part_of(verdict, "web1")->evidence(), SizeIs(2));
    EXPECT_EQ(part_of(verdict, "web2"), std::nullopt);
}

TEST(Waiver, IsVoidWhenSomethingElseIsFound) {
    auto now = clocks();
    now.mutable_evidence(1)->set_what("400 s");
    for (const auto& waiver : {waiver_of(clocks()), waiver_of(*part_of(clocks(), "web2"), "node: 'web2'")}) {
        const auto report = accepted(report_with(now), {waiver});
        EXPECT_THAT(shown(report), ElementsAre("web1 web2 "));
        ASSERT_THAT(states(report), ElementsAre(Use::EVIDENCE_CHANGED));
        EXPECT_THAT(report.acceptances(0).detail(),
                    AllOf(HasSubstr("system.clock"), HasSubstr("Jo Doe, seen")));
    }
}

TEST(Waiver, DoesNotCoverAWorseLevel) {
    auto before = clocks();
    before.set_level(v1::WARNING);
    EXPECT_THAT(states(accepted(report_with(clocks()), {waiver_of(before)})),
                ElementsAre(Use::EVIDENCE_CHANGED));
}

TEST(Waiver, EndsAtItsTime) {
    const auto until = [](std::string_view time) {
        return accepted(report_with(clocks()),
                        {waiver_of(clocks(), "expires_at {at " + std::string(time) + "}")});
    };
    EXPECT_THAT(shown(until("2026-08-21T12:00:01Z")), ElementsAre("web1 web2 w-1"));
    for (const auto* passed : {"2026-08-21T12:00:00Z", "2026-08-21T11:59:59Z"}) {
        const auto report = until(passed);
        EXPECT_THAT(shown(report), ElementsAre("web1 web2 "));
        ASSERT_THAT(states(report), ElementsAre(Use::EXPIRED));
        EXPECT_THAT(
            report.acceptances(0).detail(),
            AllOf(HasSubstr("system.clock: Jo Doe, seen, until 2026-08-21T1"), HasSubstr("counts again")));
    }
}

TEST(Waiver, IsNotOfAReportAsOfBeforeItWasMade) {
    const auto made = [](std::string_view time) {
        return accepted(report_with(clocks()),
                        {waiver_of(clocks(), "made_at {at " + std::string(time) + "}")});
    };
    EXPECT_THAT(states(made("2026-08-21T12:00:00Z")), ElementsAre(Use::IN_FORCE));
    const auto before = made("2026-08-21T12:00:01Z");
    EXPECT_THAT(shown(before), ElementsAre("web1 web2 "));
    ASSERT_THAT(states(before), ElementsAre(Use::OUT_OF_SCOPE));
    EXPECT_THAT(before.acceptances(0).detail(), HasSubstr("made at 2026-08-21T12:00:01Z, after the time"));
}

TEST(Waiver, HoldsForItsTargetAlone) {
    const auto waiver = waiver_of(clocks(), "target: '19.2.4'");
    EXPECT_THAT(states(accepted(report_with(clocks()), {waiver})), ElementsAre(Use::OUT_OF_SCOPE));
    EXPECT_THAT(states(accepted(report_with(clocks()), {waiver}, "19.2.4")), ElementsAre(Use::IN_FORCE));
}

TEST(Waiver, OfWhatIsWellNowHasNothingToAccept) {
    for (const auto level : {v1::NOTE, v1::READY, v1::NOT_APPLICABLE}) {
        auto well = clocks();
        well.set_level(level);
        const auto report = accepted(report_with(well), {waiver_of(clocks()), waiver_of(well, "id: 'w-2'")});
        EXPECT_THAT(shown(report), ElementsAre("web1 web2 "));
        EXPECT_EQ(report.verdicts(0).evidence_digest(), "");
        EXPECT_THAT(states(report), ElementsAre(Use::NOTHING_TO_ACCEPT, Use::NOTHING_TO_ACCEPT));
    }
    const auto report = accepted(report_with(clocks()), {waiver_of(clocks(), "node: 'web3'")});
    EXPECT_THAT(states(report), ElementsAre(Use::NOTHING_TO_ACCEPT));
}

TEST(Waiver, WithoutDigestAcceptsNothing) {
    auto waiver = waiver_of(clocks());
    waiver.clear_evidence_digest();
    EXPECT_THAT(shown(accepted(report_with(clocks()), {waiver})), ElementsAre("web1 web2 "));
}

TEST(Acceptances, ShowWhatHoldsNoLongerFirst) {
    auto wrong = clocks();
    wrong.set_check("disk.room");
    const auto report = accepted(
        report_with(clocks()),
        {waiver_of(wrong, "id: 'w-a'"), waiver_of(*part_of(clocks(), "web1"), "id: 'w-b' node: 'web1'"),
         waiver_of(clocks(), "id: 'w-c' target: '19.2.4'"),
         waiver_of(clocks(), "id: 'w-d' node: 'web2' evidence_digest: '00'"),
         waiver_of(clocks(), "id: 'w-e' expires_at {at 2026-08-01T00:00:00Z}")});
    EXPECT_THAT(states(report), ElementsAre(Use::EXPIRED, Use::EVIDENCE_CHANGED, Use::IN_FORCE,
                                            Use::NOTHING_TO_ACCEPT, Use::OUT_OF_SCOPE));
}

}  // namespace
}  // namespace preflight::readiness
