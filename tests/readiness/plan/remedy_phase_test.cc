// When the remedies of a plan are done: before the window, behind the backup, in the window, or behind it.
#include "readiness/plan/remedy_phase.h"

#include <algorithm>
#include <set>

#include "readiness/judge.h"
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

v1::Command command_of(const std::vector<std::string>& words) {
    v1::Command command;
    command.mutable_argv()->Assign(words.begin(), words.end());
    return command;
}

// As the check with this advice says it of these nodes.
v1::Verdict advised(std::string_view check, std::string_view key, const std::vector<std::string>& nodes) {
    const auto& knowledge = built_in_knowledge();
    const auto text = std::ranges::find(knowledge.checks(), check, &v1::CheckText::id);
    if (text == knowledge.checks().end()) throw std::invalid_argument("no check " + std::string(check));
    const auto advice = std::ranges::find(text->advice(), key, &v1::Advice::key);
    if (advice == text->advice().end()) throw std::invalid_argument("no advice " + std::string(key));
    v1::Verdict made;
    made.set_check(std::string(check));
    made.set_key(std::string(key));
    made.set_level(v1::BLOCKER);
    made.set_remedy(advice->remedy());
    *made.mutable_commands() = advice->commands();
    made.set_remedy_phase(advice->phase());
    made.mutable_nodes()->Assign(nodes.begin(), nodes.end());
    return made;
}

v1::Verdict issue(std::string_view id, v1::RemedyPhase::Phase phase, std::string_view hop = "") {
    v1::Verdict made;
    made.set_check("known_issues.apply");
    made.set_key(std::string(id));
    made.set_level(v1::WARNING);
    made.set_summary(hop.empty() ? "so it is" : "so it is, at the hop " + std::string(hop));
    made.set_remedy("mend it");
    made.set_remedy_phase(phase);
    return made;
}

v1::RemedyPhase::Phase phase_of_issue(std::string_view id) {
    const auto& issues = built_in_knowledge().known_issues();
    const auto found = std::ranges::find(issues, id, &v1::KnownIssue::id);
    return found == issues.end() ? v1::RemedyPhase::PHASE_UNSPECIFIED : found->phase();
}

std::ptrdiff_t place(const v1::Plan& plan, std::string_view id) {
    const auto found = std::ranges::find(plan.steps(), id, &v1::PlanStep::id);
    if (found == plan.steps().end()) throw std::invalid_argument("no step " + std::string(id));
    return found - plan.steps().begin();
}

TEST(RemedyPhase, IsInTheWindowForWhatMayChangeAnything) {
    const auto phase = [](const std::vector<std::string>& words) {
        v1::Verdict verdict;
        *verdict.add_commands() = command_of({"gitlab-ctl", "status"});
        *verdict.add_commands() = command_of(words);
        return phase_of(verdict);
    };
    EXPECT_EQ(phase({"df"}), v1::RemedyPhase::BEFORE_WINDOW);
    EXPECT_EQ(phase({"gitlab-preflight-collector", "inspect"}), v1::RemedyPhase::BEFORE_WINDOW);
    EXPECT_EQ(phase({"gitlab-ctl", "patroni", "members"}), v1::RemedyPhase::BEFORE_WINDOW);
    EXPECT_EQ(phase({"gitlab-ctl", "patroni", "restart"}), v1::RemedyPhase::IN_WINDOW);
    EXPECT_EQ(phase({"gitlab-ctl", "statusquo"}), v1::RemedyPhase::IN_WINDOW);
    EXPECT_EQ(phase({"gitlab-psql", "-c", "SELECT pg_drop_replication_slot('SLOT')"}),
              v1::RemedyPhase::IN_WINDOW);
    EXPECT_EQ(phase({"sh", "-c", "ls "}), v1::RemedyPhase::IN_WINDOW);
    EXPECT_EQ(phase_of(v1::Verdict()), v1::RemedyPhase::BEFORE_WINDOW) << "a person's work";
}

TEST(RemedyPhase, IsSaidWhereverTheKnowledgeNamesACommandThatMayChangeAnything) {
    const auto says = [](const auto& text) {
        return text.phase() != v1::RemedyPhase::PHASE_UNSPECIFIED ||
               std::ranges::all_of(text.commands(), only_looks);
    };
    for (const auto& check : built_in_knowledge().checks()) {
        for (const auto& advice : check.advice()) EXPECT_TRUE(says(advice)) << check.id() << advice.key();
    }
    for (const auto& known : built_in_knowledge().known_issues()) EXPECT_TRUE(says(known)) << known.id();
}

// What GitLab cannot serve through, and what changes the database: nowhere before the window.
TEST(RemedyPhase, OfTheKnowledgeNeverRestartsADatabaseNorFinishesAPackageBeforeTheWindow) {
    const std::set<std::string> heavy{"dpkg --configure",          "gitlab-ctl pg-upgrade",
                                      "gitlab-ctl restart redis",  "gitlab-ctl patroni restart",
                                      "gitlab-ctl restart gitaly", "gitlab-ctl restart postgresql"};
    const auto in_order = [&heavy](const auto& text) {
        const bool early =
            text.phase() == v1::RemedyPhase::BEFORE_WINDOW || text.phase() == v1::RemedyPhase::AFTER_BACKUP;
        return !early || std::ranges::none_of(text.commands(), [&heavy](const v1::Command& command) {
            std::string line;
            for (const auto& word : command.argv()) line += (line.empty() ? "" : " ") + word;
            return std::ranges::any_of(heavy, [&](const auto& begin) { return line.starts_with(begin); });
        });
    };
    for (const auto& check : built_in_knowledge().checks()) {
        for (const auto& advice : check.advice()) EXPECT_TRUE(in_order(advice)) << check.id() << advice.key();
    }
    for (const auto& known : built_in_knowledge().known_issues()) EXPECT_TRUE(in_order(known)) << known.id();
}

TEST(RemedyPhase, OfTheKnowledgeIsBehindTheHopForWhatTheHopBrings) {
    EXPECT_EQ(phase_of_issue("KI-19-12"), v1::RemedyPhase::AFTER_HOP);
    EXPECT_EQ(phase_of_issue("KI-16-17"), v1::RemedyPhase::AFTER_HOP);
    EXPECT_EQ(phase_of_issue("KI-16-32"), v1::RemedyPhase::BETWEEN_HOPS);
}

TEST(RemedyPhase, PutsWhatMigratesOrRestartsIntoTheWindowBehindTheBackup) {
    auto fleet = several_nodes("19.2.4");
    fleet.nodes.push_back(member("web3", "19.3.0", "RAILS"));
    const auto plan = plan_of(fleet, "19.3.0",
                              {advised("installation.package_state", "half_configured", {"web3"}),
                               advised("installation.reconfigured", "pending", {"web3"}),
                               advised("postgresql.health", "pending_restart", {"db1"})});
    EXPECT_THAT(
        from_to(lines(plan, Phase::IN_WINDOW), "stop_puma", "install_consul"),
        ElementsAre("stop_puma web1 web2 web3", "remedy/installation.package_state/half_configured web3",
                    "remedy/installation.reconfigured/pending web3",
                    "remedy/postgresql.health/pending_restart db1", "install_consul consul1 consul2"));
    const auto mended = place(plan, "19.3.0/remedy/installation.package_state/half_configured");
    EXPECT_LT(place(plan, "before/keep_from_migrating"), mended) << "web3 would migrate";
    EXPECT_LT(place(plan, "19.3.0/full_backup"), mended);
    EXPECT_THAT(step(plan, "19.3.0/remedy/installation.package_state/half_configured").expected(),
                Not(HasSubstr("new report")));
}

TEST(RemedyPhase, IsInTheWindowWhereANewerRailsNodeIsReconfigured) {
    auto fleet = several_nodes("19.2.4");
    fleet.nodes.push_back(member("web3", "19.3.0", "RAILS", no_geo() + migrates("false")));
    fleet.nodes.push_back(member("gitaly9", "19.3.0", "GITALY"));
    const auto lines_of = [&](const std::string& name) {
        return lines(plan_of(fleet, "19.3.0", {advised("secrets.agree", "differ", {name})}));
    };
    EXPECT_THAT(lines_of("web3"), Contains("19.3.0/remedy/secrets.agree/differ web3"));
    EXPECT_THAT(lines_of("web2"), Contains("before/remedy/secrets.agree/differ web2"));
    EXPECT_THAT(lines_of("gitaly9"), Contains("before/remedy/secrets.agree/differ gitaly9"));
}

TEST(RemedyPhase, BehindTheBackupIsTheLastBeforeTheWindow) {
    const auto plan = plan_of(fleet_of({single_node("18.11.11")}), "19.3.0",
                              {issue("KI-1", v1::RemedyPhase::AFTER_BACKUP),
                               issue("KI-2", v1::RemedyPhase::AFTER_BACKUP, "19.2.4 → 19.3.0")});
    EXPECT_EQ(lines(plan, Phase::BEFORE_WINDOW, "19.2.4").back(), "remedy/known_issues.apply/KI-1")
        << "of no single hop it is done with the first";
    EXPECT_EQ(lines(plan, Phase::BEFORE_WINDOW, "19.3.0").back(), "remedy/known_issues.apply/KI-2");
    EXPECT_THAT(step(plan, "19.3.0/remedy/known_issues.apply/KI-2").expected(), HasSubstr("new report"));
}

TEST(RemedyPhase, BehindAHopIsWhereThatHopEnds) {
    const auto plan = plan_of(fleet_of({single_node("18.11.11")}), "19.3.0",
                              {issue("KI-1", v1::RemedyPhase::AFTER_HOP, "18.11.11 → 19.2.4"),
                               issue("KI-2", v1::RemedyPhase::BETWEEN_HOPS, "18.11.11 → 19.2.4"),
                               issue("KI-3", v1::RemedyPhase::BETWEEN_HOPS)});
    EXPECT_THAT(from_to(lines(plan, Phase::IN_WINDOW, "19.2.4"), "install_single", "check_services"),
                ElementsAre("install_single gitlab", "check_after gitlab", "remedy/known_issues.apply/KI-1",
                            "check_services gitlab"));
    EXPECT_EQ(lines(plan, Phase::BETWEEN_HOPS, "19.2.4").front(), "remedy/known_issues.apply/KI-2");
    EXPECT_EQ(lines(plan, Phase::AFTER, "").front(), "after/remedy/known_issues.apply/KI-3")
        << "of no single hop it is done with the last";
    EXPECT_THAT(step(plan, "19.2.4/remedy/known_issues.apply/KI-1").expected(), Not(HasSubstr("new report")));
}

TEST(RemedyPhase, OfADatabaseThatIsTooOldForAnIssueIsThatOfItsUpgrade) {
    const auto verdict = issue("KI-19-01", v1::RemedyPhase::IN_WINDOW, "18.11.9 → 19.2.4");
    const auto plan = plan_of(fleet_of({single_node("18.11.9", "16.13")}), "19.3.0", {verdict});
    EXPECT_THAT(lines(plan), Not(Contains(HasSubstr("remedy/"))));
    EXPECT_THAT(step(plan, "19.2.4/upgrade_postgresql").checks(), Contains("known_issues.apply"));
    EXPECT_THAT(lines(plan_of(fleet_of({single_node("18.11.9")}), "19.3.0", {verdict})),
                Contains(HasSubstr("remedy/known_issues.apply/KI-19-01")))
        << "where the plan upgrades none";
}

TEST(RemedyPhase, OfAJudgedFleetIsThatOfTheKnowledge) {
    const auto report =
        judge(fleet_of({single_node("18.8.11", "16.11")}), to("19.3.0"), built_in_knowledge());
    int said = 0;
    for (const auto& verdict : report.verdicts()) {
        if (verdict.check() != "known_issues.apply" || !verdict.key().starts_with("KI-")) continue;
        EXPECT_EQ(verdict.remedy_phase(), phase_of_issue(verdict.key())) << verdict.key();
        said += verdict.remedy_phase() == v1::RemedyPhase::PHASE_UNSPECIFIED ? 0 : 1;
    }
    EXPECT_GT(said, 0);
}

}  // namespace
}  // namespace preflight::readiness
