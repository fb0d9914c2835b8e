// Waivers, attestations and differences as a person makes them, with the built collector.
#include <gmock/gmock.h>
#include <google/protobuf/util/json_util.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <fstream>

#include "collector/store.h"
#include "preflight/v1/report.pb.h"
#include "tests/collector/deliveries.h"
#include "tests/integration/program.h"
#include "tests/temporary_folder.h"

namespace preflight {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

const std::vector<std::string> who{"--owner", "Jo Doe",    "--reason",
                                   "seen",    "--expires", "2999-01-01T01:00:00+01:00"};

using Arguments = std::vector<std::string>;

Arguments both(Arguments first, const Arguments& more) {
    first.insert(first.end(), more.begin(), more.end());
    return first;
}

// With an owner, a reason and an end.
Arguments by_jo(const Arguments& arguments) { return both(arguments, who); }

// Two nodes that say nothing but a version, so that nearly every check cannot say.
class AcceptancesProgram : public ::testing::Test {
  protected:
    AcceptancesProgram() {
        auto store = collector::Store::open(folder_ / "store.sqlite", collector::Store::Mode::read_write);
        EXPECT_TRUE(store->append({collector::whole(collector::node("web1"), "a"),
                                   collector::whole(collector::node("web2"), "b")}));
    }

    Ended run(const std::string& command, const Arguments& more) const {
        Arguments argv{PREFLIGHT_COLLECTOR, command, "--acceptances", file()};
        if (command != "attest") argv = both(argv, {"--store", folder_ / "store.sqlite"});
        return run_program(both(argv, more));
    }
    Ended waive(const Arguments& more) const { return run("waive", more); }
    Ended attest(const Arguments& more) const { return run("attest", more); }

    std::string file() const { return folder_ / "acceptances.yml"; }
    void write(const std::string& text) const { std::ofstream(file()) << text; }

    v1::Report report_into(const std::string& place, const Arguments& more = {}) const {
        if (!std::filesystem::exists(file())) write("version: 1\n");
        const auto ended =
            run("report", both({"--target", "19.2.1", "--format", "json", "--output", place}, more));
        v1::Report report;
        EXPECT_TRUE(google::protobuf::util::JsonStringToMessage(content_of(place), &report).ok())
            << ended.error;
        return report;
    }
    v1::Report report(const Arguments& more = {}) const { return report_into(folder_ / "report.json", more); }
    // What the report says of the check, and by which waiver that does not count.
    Arguments waived_of(const std::string& check) const {
        Arguments all;
        const auto said = report();
        for (const auto& verdict : said.verdicts()) {
            if (verdict.check() == check) all.push_back(verdict.nodes(0) + " " + verdict.waived_by());
        }
        return all;
    }
    // The one line in which it refuses wrong usage.
    std::string complaint(const std::string& command, const Arguments& more, int status = 64) const {
        const auto ended = run(command, more);
        EXPECT_EQ(ended.status, status) << ended.output << ended.error;
        EXPECT_EQ(ended.output, "");
        EXPECT_EQ(std::count(ended.error.begin(), ended.error.end(), '\n'), 1) << ended.error;
        return ended.error;
    }

    TemporaryFolder folder_;
};

constexpr auto check = "system.supported";  // says one thing of both nodes: nothing was seen

TEST_F(AcceptancesProgram, WaivesWhatACheckSaysUntilItIsRemoved) {
    EXPECT_THAT(waived_of(check), ElementsAre("web1 "));
    const auto ended = waive(by_jo({"--check", check, "--target", "19.2.1"}));
    ASSERT_EQ(ended.status, 0) << ended.error;
    EXPECT_THAT(ended.output,
                AllOf(StartsWith("w-"), HasSubstr(" accepts system.supported on web1, web2, for 19.2.1,"
                                                  " until 2999-01-01T00:00:00Z: ")));
    const auto id = ended.output.substr(0, ended.output.find(' '));
    EXPECT_THAT(waived_of(check), ElementsAre("web1 " + id));
    EXPECT_THAT(waive({"--list"}).output, AllOf(HasSubstr(id), HasSubstr("Jo Doe"), HasSubstr("in time")));

    // Again is the same waiver, of another owner.
    EXPECT_THAT(waive({"--check", check, "--target", "19.2.1", "--owner", "Al", "--reason", "seen",
                       "--expires", "2998-01-01T00:00:00Z"})
                    .output,
                StartsWith(id));
    EXPECT_THAT(waive({"--list"}).output, AllOf(HasSubstr("Al"), Not(HasSubstr("Jo Doe"))));

    EXPECT_EQ(waive({"--remove", id}).status, 0);
    EXPECT_THAT(waived_of(check), ElementsAre("web1 "));
    EXPECT_THAT(waive({"--list"}).output, HasSubstr("no waiver in"));
    EXPECT_THAT(complaint("waive", {"--remove", id}), HasSubstr("has no such waiver"));
}

TEST_F(AcceptancesProgram, WaivesForOneNode) {
    const auto ended = waive(by_jo({"--check", check, "--node", "web2", "--target", "19.2.1"}));
    ASSERT_EQ(ended.status, 0) << ended.error;
    EXPECT_THAT(waived_of(check),
                ElementsAre("web1 ", "web2 " + ended.output.substr(0, ended.output.find(' '))));
}

TEST_F(AcceptancesProgram, WaivesForEveryTargetWhereNoneIsNamed) {
    const auto ended = waive(by_jo({"--check", check}));
    ASSERT_EQ(ended.status, 0) << ended.error;
    EXPECT_THAT(ended.output, HasSubstr("for every target"));
}

TEST_F(AcceptancesProgram, ForgetsAWaiverWhenSomethingElseIsFound) {
    ASSERT_EQ(waive(by_jo({"--check", check, "--target", "19.2.1"})).status, 0);
    auto store = collector::Store::open(folder_ / "store.sqlite", collector::Store::Mode::read_write);
    ASSERT_TRUE(store->append({collector::whole(collector::node("web3"), "c")}));
    EXPECT_THAT(waived_of(check), ElementsAre("web1 "));
    EXPECT_EQ(report().acceptances(0).state(), v1::AcceptanceUse::EVIDENCE_CHANGED);
    EXPECT_EQ(report({"--as-of", "2999-03-01T00:00:00Z"}).acceptances(0).state(), v1::AcceptanceUse::EXPIRED);
    EXPECT_EQ(report({"--as-of", "2001-03-01T00:00:00Z"}).acceptances(0).state(),
              v1::AcceptanceUse::OUT_OF_SCOPE)
        << "it was not made yet";
}

TEST_F(AcceptancesProgram, SaysInOneLineHowWaiveIsUsed) {
    EXPECT_THAT(complaint("waive", {}), HasSubstr("say one of --check ID, --list and --remove ID"));
    EXPECT_THAT(complaint("waive", {"--list", "--check", check}), HasSubstr("say one of"));
    EXPECT_THAT(complaint("waive", by_jo({"--check", "system.suported"})),
                HasSubstr("--check is the id of a check"));
    EXPECT_THAT(complaint("waive", {"--check", check}), HasSubstr("--owner is missing"));
    EXPECT_THAT(complaint("waive", {"--check", check, "--owner", "Jo"}), HasSubstr("--reason is missing"));
    const Arguments until{"--check", check, "--owner", "Jo", "--reason", "seen", "--expires"};
    EXPECT_THAT(complaint("waive", both(until, {"tomorrow"})),
                HasSubstr("--expires is a time with its zone: 2026-12-01T06:00:00Z"));
    EXPECT_THAT(complaint("waive", both(until, {"2999-01-01T00:00:00"})), HasSubstr("zone"));
    EXPECT_THAT(complaint("waive", both(until, {"2001-01-01T00:00:00Z"})), HasSubstr("has passed"));
    EXPECT_THAT(complaint("waive", {"--check", check, "--owner", "\xff", "--reason", "seen"}),
                HasSubstr("UTF-8"));
    EXPECT_THAT(complaint("waive", by_jo({"--check", check, "--node", "web9", "--target", "19.2.1"})),
                HasSubstr("system.supported says nothing on web9 for 19.2.1 that could be accepted"));
    EXPECT_THAT(complaint("waive", by_jo({"--check", "path.required_stops", "--target", "25.1.0"})),
                HasSubstr("nobody can accept that"));
    EXPECT_FALSE(std::filesystem::exists(file()));
}

TEST_F(AcceptancesProgram, AsksWhichOfSeveralThingsIsMeant) {
    const auto missing = by_jo({"--check", "coverage.nodes", "--expect", "web8", "--expect", "web9"});
    const auto several = complaint("waive", missing);
    ASSERT_THAT(several,
                AllOf(HasSubstr("choose one with --verdict: "), HasSubstr("web8"), HasSubstr("web9")));
    const auto web9 = several.find(": web9");
    const auto digest = several.substr(several.rfind(" (", web9) - 12, 12);
    EXPECT_THAT(waive(both(missing, {"--verdict", digest})).output, HasSubstr("never reported: web9"));
    EXPECT_THAT(complaint("waive", both(missing, {"--verdict", "zzz"})), HasSubstr("begins with zzz"));
}

TEST_F(AcceptancesProgram, AttestsUntilItIsRemoved) {
    const Arguments how{"--owner", "Jo Doe", "--detail", "on staging", "--expires", "2999-01-01T00:00:00Z"};
    const auto ended = attest(both({"restore_rehearsed"}, how));
    ASSERT_EQ(ended.status, 0) << ended.error;
    EXPECT_THAT(ended.output,
                AllOf(StartsWith("a-"),
                      HasSubstr("restore_rehearsed: Jo Doe, on staging, until 2999-01-01T00:00:00Z")));
    EXPECT_EQ(attest(both({"old_package_at_hand", "--node", "web1"}, how)).status, 0);
    EXPECT_THAT(attest({"--list"}).output, AllOf(HasSubstr("restore_rehearsed"), HasSubstr("web1")));
    const auto said = report();
    ASSERT_EQ(said.acceptances_size(), 2);
    for (const auto& use : said.acceptances())
        EXPECT_EQ(use.state(), v1::AcceptanceUse::IN_FORCE) << use.detail();
    EXPECT_EQ(attest({"--remove", ended.output.substr(0, ended.output.find(' '))}).status, 0);
    EXPECT_EQ(report().acceptances_size(), 1);
}

TEST_F(AcceptancesProgram, AnswersWhatAKnownIssueAsksAPerson) {
    const Arguments how{"--owner", "Jo Doe", "--detail", "none", "--expires", "2999-01-01T00:00:00Z"};
    const auto ended = attest(both({"KI-16-21", "--answer", "no"}, how));
    ASSERT_EQ(ended.status, 0) << ended.error;
    EXPECT_THAT(ended.output,
                HasSubstr(" states KI-16-21: no, says Jo Doe, none, until 2999-01-01T00:00:00Z"));
    EXPECT_THAT(content_of(file()), AllOf(HasSubstr("statement: \"KI-16-21\""), HasSubstr("answer: \"no\""),
                                          HasSubstr("OpenSSH")));
    EXPECT_THAT(attest({"--list"}).output, AllOf(HasSubstr("KI-16-21"), Not(HasSubstr("OpenSSH"))));
    EXPECT_EQ(report().acceptances(0).state(), v1::AcceptanceUse::NOTHING_TO_ACCEPT)
        << "it lies on no way to 19.2.1 from there";
    EXPECT_THAT(attest(both({"KI-16-21", "--answer", "yes"}, how)).output, HasSubstr("KI-16-21: yes"));
    EXPECT_EQ(report().acceptances_size(), 1) << "the answer in place of the other";
    EXPECT_THAT(complaint("attest", both({"KI-16-21", "--answer", "perhaps"}, how)),
                HasSubstr("--answer is yes or no"));
    EXPECT_THAT(complaint("attest", both({"KI-16-14", "--answer", "no"}, how)),
                HasSubstr("KI-16-14 asks nothing"));
    EXPECT_THAT(complaint("attest", both({"restore_rehearsed", "--answer", "no"}, how)),
                HasSubstr("leave --answer out"));
    EXPECT_THAT(complaint("attest", both({"KI-16-21", "--node", "web1", "--answer", "no"}, how)),
                HasSubstr("leave --node out"));
}

TEST_F(AcceptancesProgram, SaysInOneLineHowAttestIsUsed) {
    EXPECT_THAT(complaint("attest", {}), HasSubstr("statements are backups_kept_elsewhere, "));
    EXPECT_THAT(complaint("attest", {"all_is_well"}), HasSubstr("all_is_well is no statement; there are "));
    EXPECT_THAT(complaint("attest", {"restore_rehearsed", "--node", "web1"}), HasSubstr("leave --node out"));
    EXPECT_THAT(complaint("attest", {"restore_rehearsed", "--owner", "Jo"}),
                HasSubstr("--detail is missing"));
    EXPECT_THAT(complaint("attest", {"--remove", "a-1"}), HasSubstr("no such attestation"));
    EXPECT_THAT(attest({"--help"}).output, HasSubstr("A restore of a backup was rehearsed"));
}

TEST_F(AcceptancesProgram, RefusesAFileThatIsWrongAndChangesNothingInIt) {
    const std::string wrong = "version: 1\nwaivers:\n  - id: CANARY\n    approver: CANARY\n";
    write(wrong);
    for (const auto& line :
         {complaint("report", {"--target", "19.2.1"}, 65), complaint("waive", by_jo({"--check", check}), 65),
          complaint("waive", {"--list"}, 65), complaint("attest", {"--remove", "a-1"}, 65)}) {
        EXPECT_THAT(line, AllOf(HasSubstr("acceptances.yml:4: no such key here"), Not(HasSubstr("CANARY"))));
    }
    EXPECT_EQ(content_of(file()), wrong);
    std::filesystem::remove(file());
    EXPECT_THAT(complaint("report", {"--target", "19.2.1"}),
                HasSubstr("acceptances.yml: there is no such file"));
}

TEST_F(AcceptancesProgram, TellsAFileThatCannotBeHadFromOneThatIsWrong) {
    std::filesystem::create_directory(file());
    for (const auto* command : {"waive", "attest"})
        EXPECT_THAT(complaint(command, {"--list"}, 66), HasSubstr("acceptances.yml: it is not a file"));
    std::filesystem::remove(file());
    EXPECT_EQ(waive({"--list"}).status, 0) << "none is nothing accepted";
    if (::geteuid() == 0) return;  // root may read all
    write("version: 1\n");
    std::filesystem::permissions(file(), std::filesystem::perms::none);
    EXPECT_THAT(complaint("waive", {"--list"}, 66), HasSubstr("permission denied"));
}

TEST_F(AcceptancesProgram, TellsWhatDiffersBetweenTwoReports) {
    const auto before = (folder_ / "before.json").string();
    const auto after = (folder_ / "after.json").string();
    report_into(before);
    const auto diff = [](const Arguments& more) {
        return run_program(both({PREFLIGHT_COLLECTOR, "diff"}, more));
    };
    EXPECT_EQ(diff({before, before}).status, 0);
    ASSERT_EQ(waive(by_jo({"--check", check, "--node", "web2", "--target", "19.2.1"})).status, 0);
    report_into(after);
    const auto text = diff({before, after});
    EXPECT_EQ(text.status, 1) << text.error;
    EXPECT_THAT(text.output, AllOf(HasSubstr("1 changed"), HasSubstr("web2"), HasSubstr("(accepted:")));
    const auto json = diff({before, after, "--format", "json"});
    EXPECT_EQ(json.status, 1);
    v1::ReportDifferences differences;
    ASSERT_TRUE(google::protobuf::util::JsonStringToMessage(json.output, &differences).ok()) << json.output;
    EXPECT_EQ(differences.schema(), "preflight.v1.ReportDifferences");
    EXPECT_EQ(differences.differences_size(), 1);

    EXPECT_EQ(diff({before}).status, 64);
    EXPECT_EQ(diff({before, after, "--format", "html"}).status, 64);
    EXPECT_EQ(diff({before, folder_ / "no.json"}).status, 66);
    write("version: 1\n");
    const auto wrong = diff({file(), after});
    EXPECT_EQ(wrong.status, 65);
    EXPECT_THAT(wrong.error, HasSubstr("acceptances.yml: this is not the JSON of a report"));
}

}  // namespace
}  // namespace preflight
