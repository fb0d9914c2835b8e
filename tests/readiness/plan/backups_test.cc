// The backups of a plan: how each of them reaches the database.
#include "readiness/plan/backup_route.h"
#include "tests/readiness/plan/plan_fleets.h"

namespace preflight::readiness {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(BackupRoute, PassesPgbouncerByTheNodeWhereTheVersionHeedsNoVariable) {
    struct Row {
        const char* version;
        BackupRoute route;
    };
    for (const auto& [version, route] :
         {Row{"15.10.8", BackupRoute::by_override}, Row{"15.11.0", BackupRoute::past_pgbouncer},
          Row{"16.7.6", BackupRoute::past_pgbouncer}, Row{"16.7.7", BackupRoute::by_override},
          Row{"16.8.3", BackupRoute::past_pgbouncer}, Row{"16.8.4", BackupRoute::by_override},
          Row{"19.2.4", BackupRoute::by_override}}) {
        const auto parsed = parse_version(version);
        ASSERT_TRUE(parsed) << version;
        EXPECT_EQ(backup_route(true, *parsed, built_in_knowledge()), route) << version;
        EXPECT_EQ(backup_route(false, *parsed, built_in_knowledge()), BackupRoute::as_rails) << version;
    }
}

TEST(PlannedBackup, IsPlainWhereNoPgbouncerIsBeforeTheDatabase) {
    const auto plan = plan_of(several_nodes("19.2.4"));
    EXPECT_THAT(commands(step(plan, "19.3.0/full_backup")), ElementsAre("gitlab-backup create"));
    EXPECT_THAT(lines(plan), Each(Not(HasSubstr("past_pgbouncer"))));
}

TEST(PlannedBackup, GoesPastPgbouncer) {
    const auto plan = plan_of(behind_pgbouncer("19.2.4"));
    EXPECT_THAT(lines(plan), Contains("19.3.0/full_backup_past_pgbouncer web1"));
    EXPECT_THAT(lines(plan), Contains("after/full_backup_past_pgbouncer web1"));
    EXPECT_THAT(lines(plan), Not(Contains("19.3.0/full_backup web1")));
    const auto& backup = step(plan, "19.3.0/full_backup_past_pgbouncer");
    EXPECT_THAT(commands(backup), ElementsAre("env GITLAB_BACKUP_PGHOST=10.0.0.21 "
                                              "GITLAB_BACKUP_PGPORT=5432 gitlab-backup create"));
    EXPECT_THAT(backup.note(), HasSubstr("PostgreSQL runs on db1."));
}

TEST(PlannedBackup, NamesTheNodeThatLedAtTheInspection) {
    auto fleet = behind_pgbouncer("19.2.4");
    std::erase_if(fleet.nodes, [](const FleetNode& node) { return node_name(node) == "db1"; });
    for (const auto* name : {"db1", "db2"})
        fleet.nodes.push_back(member(name, "19.2.4", "PATRONI, POSTGRESQL, CONSUL",
                                     no_geo() +
                                         "findings { probe: 'patroni' patroni_cluster { scope: 's' "
                                         "members { name: 'a' role: 'replica' address: 'db1:5432' } "
                                         "members { name: 'b' role: 'leader' address: 'db2:5432' } } } "));
    const auto plan = plan_of(fleet);
    for (const auto* id : {"19.3.0/full_backup_past_pgbouncer", "19.3.0/bypass_pgbouncer"})
        EXPECT_THAT(step(plan, id).note(), HasSubstr("At the inspection db2 led.")) << id;
    const auto command_of = [&plan](std::string_view id) { return commands(step(plan, id)).front(); };
    EXPECT_THAT(command_of("19.3.0/full_backup_past_pgbouncer"), HasSubstr("PGHOST=db2 "));
    EXPECT_THAT(command_of("after/full_backup_past_pgbouncer"), HasSubstr("PGHOST=POSTGRESQL_HOST "))
        << "the window has handed the lead to another node";
}

TEST(PlannedBackup, SaysOfNoReplicaThatItLed) {
    auto fleet = behind_pgbouncer("19.2.4");
    for (auto& one : fleet.nodes) {
        if (node_name(one) == "db1")
            one = member("db1", "19.2.4", "PATRONI, POSTGRESQL",
                         no_geo() +
                             "findings { probe: 'patroni' patroni_cluster { scope: 's' members { name: 'b' "
                             "role: 'leader' address: 'db2:5432' } } } ");
    }
    EXPECT_THAT(step(plan_of(fleet), "19.3.0/full_backup_past_pgbouncer").note(), Not(HasSubstr(" led.")));
}

TEST(PlannedBackup, LetsItsNodePastPgbouncerWhereNoVariableDoes) {
    const auto plan = plan_of(behind_pgbouncer("16.3.9"), "16.11.10");
    EXPECT_THAT(from_to(lines(plan, Phase::BEFORE_WINDOW, "16.7.10"), "bypass_for_backup", "end_bypass"),
                ElementsAre("bypass_for_backup web1", "full_backup web1", "end_bypass_for_backup web1"));
    EXPECT_THAT(step(plan, "16.7.10/bypass_for_backup").note(), HasSubstr("PostgreSQL runs on db1."));
    const auto later = lines(plan, Phase::BEFORE_WINDOW, "16.11.10");
    EXPECT_THAT(later, Contains("full_backup_past_pgbouncer web1")) << "16.7.10 heeds them";
    EXPECT_THAT(later, Each(Not(HasSubstr("bypass"))));
}

// Of the plan of several nodes and a Praefect that keeps its records there.
v1::Plan with_praefect(const std::string& endpoint) {
    auto fleet = several_nodes("19.2.4");
    fleet.nodes.push_back(member("praefect1", "19.2.4", "PRAEFECT", no_geo() + endpoint));
    return plan_of(fleet);
}

std::string keeps_records_at(std::string_view host, std::string_view purpose = "praefect",
                             std::string_view user = "praefect") {
    return "findings { probe: 'endpoints' postgres_endpoint { purpose: '" + std::string(purpose) +
           "' service: 'praefect' host: '" + std::string(host) +
           "' port: 5432 database: 'praefect_production' user: '" + std::string(user) + "' } } ";
}

std::string dump_of(const v1::Plan& plan) { return commands(step(plan, "19.3.0/dump_praefect")).front(); }

TEST(PlannedDumpOfPraefect, FollowsTheBackupByPraefectsOwnAccount) {
    const auto plan = with_praefect(keeps_records_at("10.0.0.71"));
    EXPECT_THAT(from_to(lines(plan, Phase::BEFORE_WINDOW), "full_backup", "dump_praefect"),
                ElementsAre("full_backup web1", "dump_praefect praefect1"));
    EXPECT_EQ(dump_of(plan),
              "/opt/gitlab/embedded/bin/pg_dump --host 10.0.0.71 --port 5432 --username praefect --dbname "
              "praefect_production --format custom --file /var/opt/gitlab/praefect/database-19.2.4.dump");
    EXPECT_THAT(commands(step(plan, "after/dump_praefect")).front(), HasSubstr("database-19.3.0.dump"));
    EXPECT_THAT(lines(plan_of(several_nodes("19.2.4"))), Each(Not(HasSubstr("dump_praefect"))));
}

TEST(PlannedDumpOfPraefect, GoesToTheServerItself) {
    EXPECT_THAT(dump_of(with_praefect(keeps_records_at("pgb1"))),
                HasSubstr("--host PRAEFECT_DATABASE_HOST --port PRAEFECT_DATABASE_PORT"))
        << "a PgBouncer alone is there";
    EXPECT_THAT(dump_of(with_praefect(keeps_records_at("pgb1") +
                                      keeps_records_at("10.0.0.72", "praefect_session_pooled"))),
                HasSubstr("--host 10.0.0.72 --port 5432"));
}

TEST(PlannedDumpOfPraefect, LeavesWhatIsNotSeenOrNotPlainToAPerson) {
    const auto unseen = with_praefect("");
    EXPECT_THAT(dump_of(unseen), HasSubstr("--host PRAEFECT_DATABASE_HOST --port PRAEFECT_DATABASE_PORT "
                                           "--username PRAEFECT_USER --dbname PRAEFECT_DATABASE "));
    for (const auto* word : {"PRAEFECT_DATABASE_HOST", "PRAEFECT_DATABASE_PORT", "PRAEFECT_USER"})
        EXPECT_THAT(step(unseen, "19.3.0/dump_praefect").note(), HasSubstr(word));
    EXPECT_THAT(dump_of(with_praefect(keeps_records_at("$(reboot)", "praefect", "--echo"))),
                HasSubstr("--host PRAEFECT_DATABASE_HOST --port 5432 --username PRAEFECT_USER "));
}

TEST(PlannedBackup, IsTheRemedyOfTheKnownIssueThatItGoesAround) {
    v1::Verdict issue;
    issue.set_check("known_issues.apply");
    issue.set_key("KI-16-14");
    issue.set_level(v1::BLOCKER);
    issue.set_remedy("Go around it.");
    const auto plan = plan_of(behind_pgbouncer("16.3.9"), "16.11.10", {issue});
    EXPECT_THAT(step(plan, "16.7.10/bypass_for_backup").checks(), ElementsAre("known_issues.apply"));
    EXPECT_THAT(lines(plan), Each(Not(HasSubstr("remedy/"))));
}

}  // namespace
}  // namespace preflight::readiness
