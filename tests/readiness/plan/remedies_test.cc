// Remedies of verdicts in a plan: before which hop, in which order, and whose.
#include "readiness/plan/remedies.h"

#include <set>

#include "readiness/catalog.h"
#include "readiness/judge.h"
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::StartsWith;

v1::Verdict of(std::string_view check, v1::Level level, std::string_view key, std::string_view more = "") {
    v1::Verdict made;
    google::protobuf::TextFormat::ParseFromString(std::string(more), &made);
    made.set_check(std::string(check));
    made.set_key(std::string(key));
    made.set_level(level);
    if (made.remedy().empty()) made.set_remedy("mend it");
    return made;
}

FleetNode of_method(std::string_view method, std::string_view more = "edition: EE") {
    return node("gitlab", "findings { probe: 'installation' installation { method: " + std::string(method) +
                              " version: '19.2.4' " + std::string(more) + " } } " + roles("RAILS, SIDEKIQ") +
                              sees_all() + no_geo());
}

Lines remedies(const v1::Plan& plan) {
    Lines found;
    for (const auto& line : lines(plan)) {
        if (line.find("/remedy/") != std::string::npos) found.push_back(line);
    }
    return found;
}

v1::Plan plan_with(const std::vector<v1::Verdict>& verdicts, std::string_view from = "18.8.11") {
    return plan_of(fleet_of({single_node(from)}), "19.3.0", verdicts);
}

TEST(Remedies, StandInTheOrderInWhichTheyRestOnEachOther) {
    const auto plan = plan_with(
        {of("redis.health", v1::BLOCKER, "not_saved"),
         of("system.clock", v1::WARNING, "not_synchronised", "nodes: 'gitlab'"),
         of("coverage.nodes", v1::BLOCKER, "missing"), of("backup.proved", v1::WARNING, "corrupt"),
         of("secrets.agree", v1::BLOCKER, "differ"), of("packages.unattended", v1::WARNING, "armed")});
    EXPECT_THAT(remedies(plan),
                ElementsAre("before/remedy/coverage.nodes/missing", "before/remedy/secrets.agree/differ",
                            "before/remedy/system.clock/not_synchronised gitlab",
                            "before/remedy/packages.unattended/armed", "before/remedy/redis.health/not_saved",
                            "before/remedy/backup.proved/corrupt"));
}

TEST(Remedies, HaveAPlaceForEveryCheck) {
    for (const auto& check : catalog()) EXPECT_TRUE(remedy_rank(check.id)) << check.id;
    EXPECT_FALSE(remedy_rank("nonsense.check"));
}

TEST(Remedies, SayWhatTheVerdictSays) {
    const auto plan =
        plan_with({of("disk.room", v1::BLOCKER, "too_small",
                      "title: 'Room' summary: 'too little' consequence: 'it fails' remedy: 'make room' "
                      "commands { argv: ['df', '-h'] } verify { argv: ['df'] } links: 'https://x/'")});
    const auto& remedy = step(plan, "before/remedy/disk.room/too_small");
    EXPECT_EQ(remedy.title(), "Room: too little");
    EXPECT_EQ(remedy.why(), "it fails");
    EXPECT_EQ(remedy.note(), "make room");
    EXPECT_FALSE(remedy.expected().empty());
    EXPECT_THAT(commands(remedy), ElementsAre("df -h"));
    EXPECT_THAT(remedy.checks(), ElementsAre("disk.room"));
    EXPECT_THAT(remedy.links(), ElementsAre("https://x/"));
    EXPECT_EQ(remedy.phase(), v1::PlanStep::BEFORE_WINDOW);
    EXPECT_THAT(remedy.to(), IsEmpty());
}

TEST(Remedies, ComeBeforeTheHopThatNeedsThem) {
    const auto plan = plan_with(
        {of("settings.removed", v1::BLOCKER, "removed",
            "summary: 'take it out before the hop 18.11.11 → 19.2.4' commands { argv: ['gitlab-ctl', "
            "'check-config', '--version', 'TARGET'] }"),
         of("known_issues.apply", v1::WARNING, "KI-1", "summary: 'KI-1, at the hop 19.2.4 → 19.3.0'")});
    EXPECT_THAT(remedies(plan), ElementsAre("19.2.4/remedy/settings.removed/removed",
                                            "19.3.0/remedy/known_issues.apply/KI-1"));
    EXPECT_THAT(lines(plan, Phase::BEFORE_WINDOW, "19.2.4").front(), "remedy/settings.removed/removed");
    EXPECT_THAT(commands(step(plan, "19.2.4/remedy/settings.removed/removed")),
                ElementsAre("gitlab-ctl check-config --version 19.2.4"));
}

TEST(Remedies, ChangeTheSystemBeforeTheFirstHopWithoutPackages) {
    const auto old =
        node("gitlab", installed("18.8.11") + runs_on("ubuntu", "20.04") + roles("RAILS, POSTGRESQL") +
                           sees_all() + no_geo() + runs_postgresql("17.10"));
    const auto plan =
        plan_of(fleet_of({old}), "19.3.0", {of("system.supported", v1::BLOCKER, "ended", "nodes: 'gitlab'")});
    EXPECT_THAT(lines(plan), Contains("19.2.4/move_system gitlab")) << "18.11 is the last for it";
    EXPECT_THAT(remedies(plan), IsEmpty()) << "the plan does it anyway";
}

TEST(Remedies, ThatThePlanDoesAnywayAreItsOwnSteps) {
    const auto backup = "commands { argv: ['gitlab-backup', 'create'] }";
    const auto plan = plan_with(
        {of("backup.fresh", v1::WARNING, "stale", backup), of("backup.complete", v1::BLOCKER, "none", backup),
         of("backup.configuration", v1::BLOCKER, "none", "commands { argv: ['gitlab-ctl', 'backup-etc'] }"),
         of("migrations.background", v1::WARNING, "running")});
    EXPECT_THAT(remedies(plan), IsEmpty());
    EXPECT_THAT(step(plan, "18.11.11/full_backup").checks(), ElementsAre("backup.fresh", "backup.complete"));
    EXPECT_THAT(step(plan, "19.2.4/full_backup").checks(), IsEmpty()) << "that one is of another version";
    EXPECT_THAT(step(plan, "18.11.11/configuration_backup").checks(), ElementsAre("backup.configuration"));
    EXPECT_THAT(step(plan, "18.11.11/finish_background").checks(), ElementsAre("migrations.background"));
    EXPECT_THAT(remedies(plan_with({of("migrations.background", v1::BLOCKER, "failed")})),
                ElementsAre("before/remedy/migrations.background/failed"))
        << "waiting does not help";
}

TEST(Remedies, OfADatabaseThatIsTooOldAreItsUpgrade) {
    const auto verdict = of("postgresql.version", v1::BLOCKER, "too_old");
    const auto plan = plan_of(fleet_of({single_node("18.11.9", "16.13")}), "19.3.0", {verdict});
    EXPECT_THAT(remedies(plan), IsEmpty());
    EXPECT_THAT(step(plan, "19.2.4/upgrade_postgresql").checks(), ElementsAre("postgresql.version"));
    EXPECT_THAT(remedies(plan_with({verdict})), Not(IsEmpty())) << "where the plan upgrades none";
}

TEST(Remedies, AreTypedInTheWordsOfEachSystem) {
    const auto fleet =
        fleet_of({member("a", "19.2.4", "RAILS"), node("b", installed("19.2.4") + runs_on("rhel", "9.4") +
                                                                roles("GITALY") + sees_all() + no_geo())});
    const auto plan =
        plan_of(fleet, "19.3.0",
                {of("packages.repository", v1::BLOCKER, "other_system",
                    "nodes: ['a', 'b'] remedy_phase: BEFORE_WINDOW commands { argv: ['apt-get', 'update'] } "
                    "commands { argv: ['dnf', 'makecache'] }")});
    EXPECT_THAT(remedies(plan), ElementsAre("before/remedy/packages.repository/other_system a",
                                            "before/remedy/packages.repository/other_system-2 b"));
    EXPECT_THAT(commands(step(plan, "before/remedy/packages.repository/other_system")),
                ElementsAre("apt-get update"));
    EXPECT_THAT(commands(step(plan, "before/remedy/packages.repository/other_system-2")),
                ElementsAre("dnf makecache"));
}

TEST(Remedies, AreNotOfWhatWasAcceptedNorOfNotes) {
    const auto accepted = of("disk.room", v1::BLOCKER, "too_small", "waived_by: 'w1'");
    EXPECT_THAT(remedies(plan_with({accepted, of("disk.room", v1::NOTE, "too_small_later"),
                                    of("redis.health", v1::READY, "in_order")})),
                IsEmpty());
}

// Its command is the same; what it is for is more than another backup.
TEST(Remedies, OfABackupThatWouldFailAgainAreNotThePlansOwn) {
    const auto backup = "remedy_phase: BEFORE_WINDOW commands { argv: ['gitlab-backup', 'create'] }";
    EXPECT_THAT(
        remedies(plan_with({of("backup.complete", v1::WARNING, "parts_left_out", backup),
                            of("known_issues.apply", v1::BLOCKER, "KI-2",
                               "remedy_phase: BEFORE_WINDOW "
                               "commands { argv: ['gitlab-backup', 'create', 'SKIP=db'] }")})),
        ElementsAre("before/remedy/known_issues.apply/KI-2", "before/remedy/backup.complete/parts_left_out"));
}

TEST(Remedies, WithoutWordsAreOpenPoints) {
    auto wordless = of("disk.room", v1::BLOCKER, "too_small", "summary: 'too little' nodes: 'gitlab'");
    wordless.clear_remedy();
    const auto plan = plan_with({wordless});
    EXPECT_THAT(remedies(plan), IsEmpty());
    EXPECT_THAT(open_points(plan), HasSubstr("No remedy is known for disk.room: too little (gitlab)"));
    EXPECT_THAT(
        open_points(plan_with({of("installation.package_state", v1::WARNING, "held", "nodes: 'away'")})),
        HasSubstr("No step of this plan mends installation.package_state:  (away)"));
    EXPECT_THAT(open_points(plan_with({of("disk.room", v1::BLOCKER, "too_small")})),
                Not(HasSubstr("No remedy")));
}

TEST(Remedies, AreTypedAsGitLabIsInstalled) {
    const auto typed = [](std::string_view method) {
        const auto plan = plan_of(fleet_of({of_method(method)}), "19.3.0",
                                  {of("redis.health", v1::BLOCKER, "not_saved",
                                      "nodes: 'gitlab' commands { argv: ['gitlab-ctl', 'tail', 'redis'] } "
                                      "commands { argv: ['gitlab-preflight-collector', 'inspect'] } "
                                      "verify { argv: ['gitlab-ctl', 'status'] }")});
        return step(plan, "before/remedy/redis.health/not_saved");
    };
    const auto within = typed("DOCKER");
    EXPECT_THAT(commands(within), ElementsAre("docker exec -it CONTAINER gitlab-ctl tail redis",
                                              "gitlab-preflight-collector inspect"));
    EXPECT_EQ(within.verify().argv(0), "docker");
    for (const auto* method : {"CLOUD_NATIVE", "SELF_COMPILED"}) {
        const auto without = typed(method);
        EXPECT_THAT(commands(without), ElementsAre("gitlab-preflight-collector inspect")) << method;
        EXPECT_FALSE(without.has_verify()) << method;
        EXPECT_THAT(without.note(), HasSubstr("there is no gitlab-ctl")) << method;
    }
}

// No port of the container's loopback is on the host, and no cron runs in the image.
TEST(Remedies, AskTheLoopbackOfAContainerFromWithin) {
    const auto typed = [](std::string_view method) {
        const auto plan = plan_of(fleet_of({of_method(method)}), "19.3.0",
                                  {of("redis.health", v1::BLOCKER, "asked",
                                      "nodes: 'gitlab' remedy_phase: BEFORE_WINDOW "
                                      "commands { argv: ['curl', '-sS', 'http://127.0.0.1:8500/v1/health'] } "
                                      "commands { argv: ['curl', '-sS', 'http://search.example.test:9200'] } "
                                      "commands { argv: ['crontab', '-l'] } verify { argv: ['curl', "
                                      "'http://localhost/-/health'] }")});
        return step(plan, "before/remedy/redis.health/asked");
    };
    const auto within = typed("DOCKER");
    EXPECT_THAT(commands(within),
                ElementsAre("docker exec -it CONTAINER curl -sS http://127.0.0.1:8500/v1/health",
                            "curl -sS http://search.example.test:9200", "crontab -l"));
    EXPECT_EQ(within.verify().argv(0), "docker");
    const auto pods = typed("CLOUD_NATIVE");
    EXPECT_THAT(commands(pods), ElementsAre("curl -sS http://search.example.test:9200"));
    EXPECT_FALSE(pods.has_verify());
}

// A node that the plan does not reach, or for whose system there is no way, is not mended by what is done on
// another.
TEST(Remedies, AreOpenOnTheNodesThatNoStepReaches) {
    auto held = single_node("19.2.4");
    auto done = member("gitaly9", "19.3.0", "GITALY");
    for (auto* one : {&held, &done}) {
        for (auto& finding : *one->inspection.mutable_findings())
            if (finding.has_installation()) finding.mutable_installation()->set_held(true);
    }
    const auto two = plan_of(
        fleet_of({held, done}), "19.3.0",
        {of("installation.package_state", v1::WARNING, "held", "nodes: ['away', 'gitaly9', 'gitlab']")});
    EXPECT_THAT(lines(two), Contains("19.3.0/lift_hold gitlab"));
    EXPECT_THAT(open_points(two),
                HasSubstr("No step of this plan mends installation.package_state:  (away)\n"))
        << "gitaly9 has the version already";
    const auto on = [](std::string_view name, std::string_view id, std::string_view version_id) {
        return node(name,
                    installed("17.11.7") + runs_on(id, version_id) + roles("RAILS") + sees_all() + no_geo());
    };
    const auto half = plan_of(fleet_of({on("pi", "raspbian", "12"), on("web1", "ubuntu", "20.04")}), "19.2.4",
                              {of("system.supported", v1::BLOCKER, "ended", "nodes: ['pi', 'web1']")});
    EXPECT_THAT(lines(half), Contains("19.2.4/move_system web1"));
    EXPECT_THAT(open_points(half), HasSubstr("No step of this plan mends system.supported:  (pi)\n"));
}

// The whole: of a judged fleet every blocker and warning is the business of some step.
TEST(Remedies, LeaveNoBlockerOfAJudgedFleetOut) {
    auto one = single_node("18.8.11", "16.11");
    one.inspection.add_findings()->mutable_setting()->set_key("git_data_dirs");
    const auto report = judge(fleet_of({one}), to("19.3.0"), built_in_knowledge());
    std::set<std::string> settled;
    for (const auto& line : report.plan().steps()) settled.insert(line.checks().begin(), line.checks().end());
    for (const auto& verdict : report.verdicts()) {
        if (verdict.level() != v1::BLOCKER && verdict.level() != v1::WARNING) continue;
        EXPECT_THAT(settled, Contains(verdict.check())) << verdict.summary();
    }
}

}  // namespace
}  // namespace preflight::readiness
