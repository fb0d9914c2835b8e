#include "readiness/support_answers/question.h"
#include "tests/readiness/answers_of.h"

namespace preflight::readiness {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

TEST(SupportAnswers, TellWhatIsUnique) {
    const auto plain = of(whole_fleet(), "unique");
    EXPECT_THAT(plain, Contains("SEEN LDAP: No."));
    EXPECT_THAT(plain, Contains("SEEN FIPS: No."));
    EXPECT_THAT(plain, Contains("SEEN Custom server hooks: No."));
    EXPECT_THAT(
        plain,
        Contains("NOT_SEEN Files of the package that were changed: It was not seen whole on 2 nodes."));
    auto fleet = whole_fleet();
    auto more = node("m", R"(
        findings { probe: "packages" custom_hooks { path: "/h" hooks: "pre-receive.d/check" } }
        findings { probe: "packages" modified_files { listed: 9 modified: "/opt/gitlab/a.rb" modified_total: 1 all_looked_at: true } }
        findings { probe: "services" service { name: "mattermost" enabled: true } }
        findings { probe: "system" filesystem { paths: "/var/opt/gitlab/git-data" type: "nfs4" network: true } }
        findings { probe: "settings" setting { key: "gitlab_rails['env']['http_proxy']" state: LITERAL origin: CONFIGURATION } }
        findings { probe: "settings" setting { key: "nginx['listen_port']" value: "8080" state: LITERAL origin: CONFIGURATION line: 7 } }
        findings { probe: "external_services" external_service { kind: "ldap" host: "ldap.example.test" } })");
    auto& findings = *fleet.nodes[1].inspection.mutable_findings();
    findings.MergeFrom(more.inspection.findings());
    for (auto& found : findings) {
        if (found.has_security_module())
            found.mutable_security_module()->set_selinux(v1::SecurityModule::ENFORCING);
    }
    const auto unique = of(fleet, "unique");
    EXPECT_THAT(unique, Contains("SEEN Custom server hooks: Yes: pre-receive.d/check."));
    EXPECT_THAT(unique, Contains("SEEN Files of the package that were changed: Yes: 1 file changed or "
                                 "missing: /opt/gitlab/a.rb."));
    EXPECT_THAT(unique, Contains("SEEN Services beyond those of a new node: Yes: mattermost."));
    EXPECT_THAT(unique, Contains(HasSubstr("Yes: /var/opt/gitlab/git-data lies on nfs4.")));
    EXPECT_THAT(unique,
                Contains(HasSubstr("variables of the environment: Yes: gitlab_rails['env']['http_proxy']")));
    EXPECT_THAT(unique, Contains(HasSubstr("NGINX: Yes: nginx['listen_port'] = 8080 in line 7.")));
    EXPECT_THAT(unique, Contains("SEEN LDAP: Yes: uses ldap at ldap.example.test."));
    EXPECT_THAT(unique, Contains("SEEN SELinux that enforces: Yes: SELinux enforces."));
}

// No file of a node names Elasticsearch or Zoekt.
TEST(SupportAnswers, CallSearchServersAbsentOnlyWhereTheDatabaseWasReadForThem) {
    constexpr auto* topic = "Search and analytics servers: ";
    auto fleet = whole_fleet();
    for (auto& finding : *fleet.nodes[0].inspection.mutable_findings()) {
        if (finding.has_instance_settings()) finding.mutable_instance_settings()->clear_stores_read();
    }
    EXPECT_THAT(of(fleet, "unique"), Contains("NOT_SEEN " + std::string(topic) +
                                              "What GitLab's database says of them was not read."));
    EXPECT_THAT(of(fleet, "external"),
                Contains(HasSubstr("NOT_SEEN : No other servers are in the nodes' files")));
    const auto find = [&](const char* found) {
        fleet.nodes[1].inspection.mutable_findings()->MergeFrom(node("m", found).inspection.findings());
    };
    find("findings { probe: 'postgres' instance_settings { stores_read: ['elasticsearch', 'zoekt'] } }");
    EXPECT_THAT(of(fleet, "unique"), Contains(HasSubstr("NOT_SEEN " + std::string(topic))));
    find("findings { probe: 'postgres' instance_settings { stores_read: 'clickhouse' } }");
    EXPECT_THAT(of(fleet, "unique"), Contains("SEEN " + std::string(topic) + "No."));
    EXPECT_THAT(of(fleet, "external"), Contains(HasSubstr("SEEN : No other servers: no object storage")));
    find("findings { probe: 'postgres' external_service { kind: 'zoekt' host: 'zoekt.example.test' } }");
    EXPECT_THAT(of(fleet, "unique"),
                Contains("SEEN " + std::string(topic) + "Yes: uses zoekt at zoekt.example.test."));
}

TEST(SupportAnswers, CallNothingAbsentThatNobodyLookedFor) {
    auto blind = whole_fleet();
    for (auto& node : blind.nodes) node.inspection.clear_probes();
    for (const auto& text : of(blind, "unique")) {
        const bool answered_by_finding = text.find("FIPS") != std::string::npos ||
                                         text.find("SELinux") != std::string::npos ||
                                         text.find("balancer among") != std::string::npos;
        EXPECT_TRUE(answered_by_finding || text.starts_with("NOT_SEEN")) << text;
    }
    const auto nobody = answers({});
    for (const auto& question : nobody.questions()) {
        const bool by_person = question.id() == "open";
        EXPECT_TRUE(by_person || question.answers(0).state() == v1::SupportAnswer::NOT_SEEN) << question.id();
    }
    const auto silent = answers(fleet_of({silent_node("a")}));
    for (const auto& question : silent.questions()) {
        EXPECT_FALSE(question.answers().empty()) << question.id();
        const bool report_itself = question.id() == "known_issues" || question.id() == "open";
        for (const auto& answer : question.answers())
            EXPECT_TRUE(report_itself || answer.state() == v1::SupportAnswer::NOT_SEEN)
                << answer.ShortDebugString();
    }
}

v1::Knowledge knowing(std::string_view issues) {
    auto knowledge = built_in_knowledge();
    knowledge.clear_known_issues();
    v1::Knowledge more;
    google::protobuf::TextFormat::ParseFromString(std::string(issues), &more);
    knowledge.MergeFrom(more);
    return knowledge;
}

// An id alone tells Support nothing.
TEST(SupportAnswers, TellTheBlockersOfTheReportInItsWords) {
    auto fleet = whole_fleet();
    for (auto& finding : *fleet.nodes[0].inspection.mutable_findings()) {
        if (finding.has_installation())
            finding.mutable_installation()->set_package_state(v1::Installation::HALF_CONFIGURED);
        if (finding.has_backup_settings()) finding.mutable_backup_settings()->clear_upload_provider();
    }
    EXPECT_THAT(
        of(fleet, "known_issues"),
        AllOf(Contains("SEEN installation.package_state: Blocker of this report: Package state: the package "
                       "is half installed: an earlier upgrade died in its scripts"),
              Contains(AllOf(HasSubstr("Warnings of this report: "), HasSubstr("Backups off the host")))));
}

TEST(SupportAnswers, TellTheKnownIssuesOfWhatRuns) {
    const auto knowledge = knowing(R"(
        known_issues { id: "KI-1" title: "All slow" landed_on { from: "19.2" below: "19.3" } harm: ANNOYS consequence: "Slow." }
        known_issues { id: "KI-2" title: "Of Geo" landed_on { from: "19.2" } harm: ANNOYS condition { geo {} } consequence: "x" }
        known_issues { id: "KI-3" title: "Asked" started_from { from: "19.2.4" below: "19.2.5" } harm: ANNOYS
            condition { person { question: "Are there forks?" } } consequence: "x" }
        known_issues { id: "KI-4" title: "Elsewhere" landed_on { from: "19.3" } harm: ANNOYS consequence: "x" }
        known_issues { id: "KI-5" title: "Of LDAP" landed_on { from: "19.2" below: "19.3" } harm: ANNOYS
            condition { uses { kinds: "ldap" } } consequence: "x" }
        known_issues { id: "KI-6" title: "On the way" crossed: "19.3" harm: ANNOYS
            condition { person { question: "Is the lamp green?" } } consequence: "x" })");
    const auto report = judge(whole_fleet(), to("19.3.0"), knowledge);
    EXPECT_THAT(of(report.support(), "known_issues"),
                AllOf(Contains("SEEN KI-1: All slow. Slow."),
                      Contains("ASKS_PERSON KI-3: Asked. Are there forks?"), Not(Contains(HasSubstr("KI-5"))),
                      Not(Contains(HasSubstr("KI-2"))), Not(Contains(HasSubstr("KI-4")))));
    EXPECT_THAT(of(report.support(), "open"),
                AllOf(Contains("ASKS_PERSON KI-6: Is the lamp green?"), Not(Contains(HasSubstr("KI-3")))))
        << "nothing is asked twice";
    auto blind = whole_fleet();
    for (auto& node : blind.nodes) node.inspection.clear_probes();
    EXPECT_THAT(of(judge(blind, to("19.3.0"), knowledge).support(), "known_issues"),
                Contains("NOT_SEEN KI-5: Of LDAP. Whether it applies here was not seen."));
    const auto none = judge(whole_fleet(), to("19.3.0"), knowing(""));
    EXPECT_THAT(of(none.support(), "known_issues"),
                Contains("SEEN : No known issue of GitLab 19.2.4 applies here."));
    EXPECT_THAT(of(fleet_of({node("a", installed("20.1.0"))}), "known_issues"),
                Contains(HasSubstr("NOT_SEEN : The knowledge ends with GitLab")));
}

TEST(SupportAnswers, LeaveToPersonsWhatNobodyElseKnows) {
    EXPECT_THAT(of(whole_fleet(), "open"), Contains("ASKS_PERSON : Was a restore rehearsed?"));
    EXPECT_THAT(of(whole_fleet(), "open"),
                Contains("ASKS_PERSON : Is downtime agreed to, and for how long?"));
    auto upgrade = to("19.3.0");
    auto& word = *upgrade.acceptances.add_attestations();
    word.set_id("w");
    word.set_statement("restore_rehearsed");
    word.set_owner("ops-lead");
    word.set_detail("on staging");
    *word.mutable_made_at() = time_of("2026-08-02T09:00:00Z");
    *word.mutable_expires_at() = time_of("2026-12-01T00:00:00Z");
    EXPECT_THAT(of(answers(whole_fleet(), upgrade), "open"),
                Contains("SEEN : Was a restore rehearsed? ops-lead states: on staging"));
    for (const auto* statement : {"upgrade_rehearsed", "release_notes_read", "downtime_agreed"}) {
        auto& more = *upgrade.acceptances.add_attestations();
        more.CopyFrom(upgrade.acceptances.attestations(0));
        more.set_statement(statement);
        more.set_detail(std::string("by ") + statement);
    }
    EXPECT_THAT(of(answers(whole_fleet(), upgrade), "open"),
                AllOf(Contains(HasSubstr("ops-lead states: by upgrade_rehearsed")),
                      Contains(HasSubstr("ops-lead states: by release_notes_read")),
                      Contains("SEEN : Is downtime agreed to, and for how long? ops-lead states: by "
                               "downtime_agreed")));
    upgrade.at = time_of("2027-01-01T00:00:00Z");
    EXPECT_THAT(of(answers(whole_fleet(), upgrade), "open"),
                AllOf(Contains("ASKS_PERSON : Was a restore rehearsed?"),
                      Contains("ASKS_PERSON : Is downtime agreed to, and for how long?")));
    const auto crossing = fleet_of({node("a", installed("16.11.10") + roles("RAILS"))});
    EXPECT_THAT(of(crossing, "open"), Contains(HasSubstr("Is the stop 17.1 needed?")));
}

TEST(SupportAnswers, AreTheSameWhoeverReportedFirst) {
    auto fleet = whole_fleet();
    const auto forward = answers(fleet).SerializeAsString();
    std::ranges::reverse(fleet.nodes);
    for (auto& node : fleet.nodes) {
        auto& findings = *node.inspection.mutable_findings();
        std::reverse(findings.begin(), findings.end());
    }
    EXPECT_EQ(answers(fleet).SerializeAsString(), forward);
}

TEST(SupportAnswers, KeepHostileTextsShort) {
    auto hostile = whole_fleet();
    for (auto& finding : *hostile.nodes[0].inspection.mutable_findings()) {
        if (finding.has_installation())
            finding.mutable_installation()->set_package_version(std::string(5000, 'x'));
        if (finding.has_operating_system())
            finding.mutable_operating_system()->set_pretty_name(std::string(5000, 'y'));
    }
    const auto made = answers(hostile);
    for (const auto& question : made.questions()) {
        for (const auto& answer : question.answers()) EXPECT_LT(answer.text().size(), 2100U) << question.id();
    }
}

}  // namespace
}  // namespace preflight::readiness
