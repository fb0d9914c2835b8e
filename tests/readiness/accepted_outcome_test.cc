// What becomes of a whole report's answer when persons accept what it says.
#include <algorithm>
#include <random>
#include <set>

#include "readiness/judge.h"
#include "tests/readiness/waivers.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Use = v1::AcceptanceUse;

Fleet half_installed() {
    auto fleet = whole_fleet();
    for (auto& finding : *fleet.nodes[0].inspection.mutable_findings()) {
        if (finding.has_installation())
            finding.mutable_installation()->set_package_state(v1::Installation::HALF_CONFIGURED);
    }
    return fleet;
}

// A waiver of everything in the report that calls for one.
v1::Acceptances all_accepted(const Fleet& fleet, const Upgrade& upgrade) {
    v1::Acceptances acceptances;
    const auto report = judge(fleet, upgrade, built_in_knowledge());
    for (const auto& verdict : report.verdicts()) {
        if (!calls_for_acceptance(verdict)) continue;
        *acceptances.add_waivers() =
            waiver_of(verdict, "id: 'w-" + std::to_string(acceptances.waivers_size()) + "'");
    }
    return acceptances;
}

v1::Report all_accepted_report(const Fleet& fleet, Upgrade upgrade) {
    upgrade.acceptances = all_accepted(fleet, upgrade);
    return judge(fleet, upgrade, built_in_knowledge());
}

TEST(Outcome, OfAcceptedBlockersAndUnknownsIsNeverReady) {
    auto upgrade = to("19.3.0");
    EXPECT_EQ(judge(half_installed(), upgrade, built_in_knowledge()).outcome(), v1::Report::NOT_READY);
    EXPECT_EQ(all_accepted_report(half_installed(), upgrade).outcome(), v1::Report::READY_WITH_CONDITIONS);

    upgrade.expected_nodes = {"web9"};
    EXPECT_EQ(judge(whole_fleet(), upgrade, built_in_knowledge()).outcome(), v1::Report::CANNOT_SAY);
    const auto report = all_accepted_report(whole_fleet(), upgrade);
    EXPECT_EQ(report.outcome(), v1::Report::READY_WITH_CONDITIONS);
    for (const auto& use : report.acceptances()) EXPECT_EQ(use.state(), Use::IN_FORCE) << use.detail();
}

TEST(Outcome, IsThatOfWhatNobodyAccepted) {
    auto upgrade = to("19.3.0");
    upgrade.expected_nodes = {"web9"};
    upgrade.acceptances = all_accepted(half_installed(), upgrade);
    const auto without = [&](v1::Level level) {
        auto some = upgrade;
        auto& waivers = *some.acceptances.mutable_waivers();
        const auto report = judge(half_installed(), upgrade, built_in_knowledge());
        for (const auto& verdict : report.verdicts()) {
            if (verdict.level() != level) continue;
            waivers.erase(std::ranges::find(waivers, verdict.waived_by(), &v1::Waiver::id));
        }
        return judge(half_installed(), some, built_in_knowledge()).outcome();
    };
    EXPECT_EQ(without(v1::BLOCKER), v1::Report::NOT_READY);
    EXPECT_EQ(without(v1::UNKNOWN), v1::Report::CANNOT_SAY);
    EXPECT_EQ(without(v1::WARNING), v1::Report::READY_WITH_CONDITIONS);
}

TEST(Outcome, CannotBeBoughtWhereNothingWasJudged) {
    EXPECT_EQ(all_accepted_report(Fleet{}, to("19.3.0")).outcome(), v1::Report::CANNOT_SAY);
    const auto beyond = all_accepted_report(whole_fleet(), to("25.1.0"));
    EXPECT_EQ(beyond.outcome(), v1::Report::CANNOT_SAY);
    EXPECT_EQ(beyond.acceptances(0).state(), Use::REFUSED);
    EXPECT_THAT(beyond.acceptances(0).detail(), HasSubstr("nobody can accept it: no path is known"));
    EXPECT_EQ(all_accepted_report(whole_fleet(), to("18.5.0")).outcome(), v1::Report::NOT_READY);
}

// The next inspection measures a little else, and says the same.
TEST(Outcome, StaysAcceptedWhereOnlyAMeasurementDiffers) {
    const auto with_room = [](std::uint64_t bytes) {
        auto fleet = whole_fleet();
        for (auto& finding : *fleet.nodes[0].inspection.mutable_findings()) {
            if (finding.has_disk_need()) finding.mutable_disk_need()->set_have_bytes(bytes);
        }
        return fleet;
    };
    auto upgrade = to("19.3.0");
    const auto scarce = with_room(1000);
    EXPECT_EQ(judge(scarce, upgrade, built_in_knowledge()).outcome(), v1::Report::NOT_READY);
    upgrade.acceptances = all_accepted(scarce, upgrade);
    const auto later = judge(with_room(2000), upgrade, built_in_knowledge());
    EXPECT_EQ(later.outcome(), v1::Report::READY_WITH_CONDITIONS);
    for (const auto& use : later.acceptances()) EXPECT_EQ(use.state(), Use::IN_FORCE) << use.detail();
}

// By name, so that a case that is renamed does not become acceptable.
TEST(Outcome, KnowsEveryCaseThatNobodyCanAccept) {
    std::set<std::string> cases;
    for (const auto& check : built_in_knowledge().checks()) {
        for (const auto& advice : check.advice()) {
            const auto verdict =
                text_as<v1::Verdict>("check: '" + check.id() + "' key: '" + advice.key() + "'");
            if (!why_not_acceptable(verdict).empty()) cases.insert(check.id() + " " + advice.key());
        }
    }
    EXPECT_THAT(cases,
                ElementsAre("coverage.nodes none", "path.required_stops below_knowledge",
                            "path.required_stops beyond_knowledge", "path.required_stops downgrade",
                            "path.required_stops never_released", "path.required_stops no_such_release",
                            "path.required_stops version_unseen"));
}

TEST(Acceptances, GiveTheSameBytesInAnyOrder) {
    auto upgrade = to("19.3.0");
    upgrade.acceptances = all_accepted(half_installed(), upgrade);
    upgrade.acceptances.MergeFrom(text_as<v1::Acceptances>(R"(
        attestations { id: "a-1" statement: "restore_rehearsed" owner: "Jo Doe" detail: "on staging"
                       made_at {at 2026-08-01T00:00:00Z} expires_at {at 2026-09-01T00:00:00Z} }
        attestations { id: "a-2" statement: "old_package_at_hand" owner: "Jo Doe" detail: "on a mirror"
                       made_at {at 2026-08-01T00:00:00Z} expires_at {at 2026-09-01T00:00:00Z} })"));
    const auto bytes = judge(half_installed(), upgrade, built_in_knowledge()).SerializeAsString();
    std::mt19937 random(4711);
    for (int round = 0; round < 5; ++round) {
        std::ranges::shuffle(*upgrade.acceptances.mutable_waivers(), random);
        std::ranges::shuffle(*upgrade.acceptances.mutable_attestations(), random);
        EXPECT_EQ(judge(half_installed(), upgrade, built_in_knowledge()).SerializeAsString(), bytes);
    }
}

}  // namespace
}  // namespace preflight::readiness
