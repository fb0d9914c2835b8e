#include "readiness/judge.h"

#include <algorithm>
#include <random>

#include "readiness/catalog.h"
#include "readiness/condition.h"
#include "tests/readiness/whole_fleet.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

// Without the known issues that only a person can decide: of those no fleet is free by itself.
const v1::Knowledge& without_questions() {
    static const auto knowledge = [] {
        auto all = built_in_knowledge();
        auto& issues = *all.mutable_known_issues();
        issues.erase(
            std::remove_if(issues.begin(), issues.end(),
                           [](const v1::KnownIssue& issue) { return !decidable(issue.condition()); }),
            issues.end());
        return all;
    }();
    return knowledge;
}

v1::Report report_of(const Fleet& fleet, const Upgrade& upgrade = to("19.3.0")) {
    return judge(fleet, upgrade, without_questions());
}

std::vector<v1::Verdict> of_check(const v1::Report& report, std::string_view check) {
    std::vector<v1::Verdict> found;
    std::ranges::copy_if(report.verdicts(), std::back_inserter(found),
                         [check](const v1::Verdict& verdict) { return verdict.check() == check; });
    return found;
}

std::string bytes(const v1::Report& report) { return report.SerializeAsString(); }

TEST(Judge, CallsAFleetWithNothingWrongReady) {
    const auto report = report_of(whole_fleet());
    EXPECT_EQ(report.outcome(), v1::Report::READY_TO_UPGRADE) << report.verdicts(0).Utf8DebugString();
    EXPECT_EQ(report.schema(), "preflight.v1.Report");
    EXPECT_EQ(report.from_version(), "19.2.4");
    EXPECT_EQ(report.target_version(), "19.3.0");
    EXPECT_EQ(report.knowledge_horizon(), "19.3");
    EXPECT_THAT(report.path(), SizeIs(1));
    EXPECT_THAT(report.nodes(), SizeIs(2));
    EXPECT_THAT(report.endpoints(), SizeIs(3));
}

TEST(Judge, LetsEveryCheckSaySomething) {
    for (const auto& fleet : {Fleet{}, whole_fleet(), fleet_of({silent_node("a")})}) {
        const auto report = report_of(fleet);
        for (const auto& check : catalog())
            EXPECT_THAT(of_check(report, check.id), Not(IsEmpty())) << check.id;
    }
}

TEST(Judge, CannotSayAnythingOfAFleetWithoutNodes) {
    const auto report = report_of(Fleet{});
    EXPECT_EQ(report.outcome(), v1::Report::CANNOT_SAY);
    EXPECT_EQ(report.from_version(), "");
    for (const auto& verdict : report.verdicts()) EXPECT_NE(verdict.level(), v1::READY) << verdict.check();
}

TEST(Judge, LeavesToAPersonWhatOnlyAPersonKnows) {
    auto knowledge = without_questions();
    auto& issue = *knowledge.mutable_known_issues(0);
    issue.clear_crossed();
    issue.add_crossed("19.3");
    issue.set_harm(v1::KnownIssue::BREAKS);
    issue.mutable_condition()->mutable_person()->set_question("Is the lamp green?");
    const auto report = judge(whole_fleet(), to("19.3.0"), knowledge);
    EXPECT_EQ(report.outcome(), v1::Report::READY_WITH_CONDITIONS) << report.verdicts(0).Utf8DebugString();
    EXPECT_THAT(report.verdicts(0).summary(), HasSubstr("to be answered: Is the lamp green?"));
    EXPECT_NE(report.verdicts(1).level(), v1::WARNING);
}

// What may be missing without a doubt: the backup's path, when a good archive lies there and its room is
// told; the data directory of a server that answers itself; what only makes things better; what no issue on
// this way asks for; the application's secrets where it does not run.
bool may_be_missing(const FleetNode& node, const v1::Finding& finding) {
    if (finding.has_secret_fingerprint()) return !runs_application(node);
    return finding.has_backup_settings() || finding.has_postgres_server() || finding.has_package_cache() ||
           finding.has_security_module() || finding.has_instance_settings() || finding.has_table_estimate();
}

// Whatever one node leaves unsaid, the report is not green.
TEST(Judge, IsNeverReadyWhenAnythingIsMissing) {
    const auto whole = whole_fleet();
    for (std::size_t node = 0; node < whole.nodes.size(); ++node) {
        for (int missing = 0; missing < whole.nodes[node].inspection.findings_size(); ++missing) {
            auto fleet = whole;
            auto& findings = *fleet.nodes[node].inspection.mutable_findings();
            const auto what = findings.Get(missing).ShortDebugString();
            if (may_be_missing(whole.nodes[node], findings.Get(missing))) continue;
            findings.DeleteSubrange(missing, 1);
            EXPECT_NE(report_of(fleet).outcome(), v1::Report::READY_TO_UPGRADE) << what;
        }
    }
}

TEST(Judge, IsNeverReadyWhenAProbeDidNotEnd) {
    const auto whole = whole_fleet();
    for (std::size_t node = 0; node < whole.nodes.size(); ++node) {
        for (int missing = 0; missing < whole.nodes[node].inspection.probes_size(); ++missing) {
            auto fleet = whole;
            auto& probes = *fleet.nodes[node].inspection.mutable_probes();
            const auto what = probes.Get(missing).ShortDebugString();
            probes.Mutable(missing)->set_outcome(v1::ProbeRun::TIMED_OUT);
            EXPECT_NE(report_of(fleet).outcome(), v1::Report::READY_TO_UPGRADE) << what;
        }
    }
}

// Each check by itself: what it lacks never makes one of its verdicts READY that was not.
TEST(Judge, NeverMakesACheckReadyByALoss) {
    const auto whole = whole_fleet();
    const auto ready_in = [](const Check& check, const Fleet& fleet) {
        std::size_t ready = 0;
        for (const auto& verdict : judged(check, fleet)) {
            if (verdict.level() == v1::READY) ready += std::max<std::size_t>(1, verdict.nodes().size());
        }
        return ready;
    };
    for (const auto& check : catalog()) {
        const auto before = ready_in(check, whole);
        for (std::size_t node = 0; node < whole.nodes.size(); ++node) {
            for (int missing = 0; missing < whole.nodes[node].inspection.findings_size(); ++missing) {
                auto fleet = whole;
                auto& findings = *fleet.nodes[node].inspection.mutable_findings();
                findings.DeleteSubrange(missing, 1);
                EXPECT_LE(ready_in(check, fleet), before) << check.id << " " << missing;
            }
        }
    }
}

TEST(Judge, PutsTheWorstFirst) {
    const auto levels_of = [](const v1::Report& report) {
        std::vector<int> levels;
        for (const auto& verdict : report.verdicts()) levels.push_back(verdict.level());
        return levels;
    };
    auto fleet = whole_fleet();
    fleet.nodes.push_back(
        node("old", installed("19.2.1") + runs_on("centos", "7") + gap("geo", "cause: ABSENT")));
    const auto report = report_of(fleet);
    EXPECT_EQ(report.outcome(), v1::Report::NOT_READY);
    EXPECT_EQ(report.verdicts(0).level(), v1::BLOCKER);
    EXPECT_TRUE(std::ranges::is_sorted(levels_of(report)));
}

TEST(Judge, GoesByTheWorstVerdict) {
    auto unknown = whole_fleet();
    unknown.nodes.push_back(silent_node("web2"));
    EXPECT_EQ(report_of(unknown).outcome(), v1::Report::CANNOT_SAY);
    auto conditions = to("19.3.0");
    conditions.backup_age_limit = std::chrono::hours(1);
    EXPECT_EQ(report_of(whole_fleet(), conditions).outcome(), v1::Report::READY_WITH_CONDITIONS);
}

TEST(Judge, JoinsEqualVerdictsOfManyNodes) {
    auto fleet = fleet_of({});
    for (const auto* name : {"c", "a", "b"})
        fleet.nodes.push_back(node(name, installed("18.11.11") + runs_on("ubuntu", "20.04")));
    const auto verdicts = of_check(report_of(fleet), "system.supported");
    ASSERT_THAT(verdicts, SizeIs(1));
    EXPECT_THAT(verdicts[0], on(std::vector<std::string>{"a", "b", "c"}));
    EXPECT_EQ(verdicts[0].title(), "Operating system");
    EXPECT_THAT(verdicts[0].consequence(), Not(IsEmpty()));
    EXPECT_THAT(verdicts[0].links(), Contains("https://docs.gitlab.com/install/package/"));
}

TEST(Judge, DoesNotDependOnWhoReportedFirst) {
    auto fleet = whole_fleet();
    fleet.nodes.push_back(
        node("twin", gap("geo", "cause: DENIED") + gap("backups", "cause: FAILED") + installed("19.2.1")));
    fleet.nodes.push_back(
        node("twin", installed("18.11.9") + runs_on("rocky", "8.10") + runs_on("debian", "9")));
    const auto expected = bytes(report_of(fleet));
    std::mt19937 random(7);  // the seed is fixed: a failure can be repeated
    for (int round = 0; round < 50; ++round) {
        std::ranges::shuffle(fleet.nodes, random);
        for (auto& node : fleet.nodes) std::ranges::shuffle(*node.inspection.mutable_findings(), random);
        EXPECT_EQ(bytes(report_of(fleet)), expected) << "round " << round;
    }
}

TEST(Judge, WithstandsHostileFindings) {
    const std::string long_text(5000, 'x');
    const auto hostile = installed("99999999999.1.1") + installed("9999.9999.9999") + installed("0.0") +
                         runs_on("", "") + runs_on(long_text, long_text) + roles("RAILS") + R"(
        findings { probe: "" gap { } } findings { } findings { host { name: "" addresses: ["", ":::", "[::1"] } }
        findings { listener { address: "::::" port: 4294967295 } } findings { redis_endpoint { mode: SENTINEL nodes: ["", ":", "[", "a:b:c"] } }
        findings { gitaly_endpoint { address: "dns://" } } findings { gitaly_endpoint { address: "://" } }
        findings { praefect_virtual_storage { nodes { } } } findings { postgres_endpoint { replicas: ["", "/"] } }
        findings { backup_archive { created_at { seconds: -9223372036854775808 nanos: -1 } version: "-" } }
        findings { secrets_file { kind: SECRETS keys_missing: "" } } findings { taken_at { seconds: 9223372036854775807 } installation { } })";
    auto wild = node("", hostile);
    wild.inspection.mutable_node()->Clear();
    wild.last_heard.set_seconds(INT64_MIN);
    auto fleet = whole_fleet();
    fleet.nodes.push_back(wild);
    fleet.nodes.push_back(wild);
    const auto report = report_of(fleet);
    EXPECT_NE(report.outcome(), v1::Report::READY_TO_UPGRADE);
    for (const auto& verdict : report.verdicts()) {
        EXPECT_LE(verdict.summary().size(), 1100U);
        for (const auto& evidence : verdict.evidence()) {
            EXPECT_GE(evidence.taken_at().seconds(), 0);
            EXPECT_LE(evidence.taken_at().seconds(), 253402300799);
        }
    }
}

TEST(Judge, GivesEachOutcomeItsExitStatus) {
    EXPECT_EQ(exit_status(v1::Report::READY_TO_UPGRADE), 0);
    EXPECT_EQ(exit_status(v1::Report::READY_WITH_CONDITIONS), 1);
    EXPECT_EQ(exit_status(v1::Report::NOT_READY), 2);
    EXPECT_EQ(exit_status(v1::Report::CANNOT_SAY), 3);
    EXPECT_EQ(exit_status(v1::Report::OUTCOME_UNSPECIFIED), 3);
}

}  // namespace
}  // namespace preflight::readiness
