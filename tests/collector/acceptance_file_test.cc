#include "collector/acceptance_file.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <google/protobuf/util/message_differencer.h>
#include <gtest/gtest.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>

#include "model/clock.h"
#include "tests/temporary_folder.h"

namespace preflight::collector {
namespace {

using google::protobuf::util::MessageDifferencer;
using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

const std::string digest(64, 'a');

const std::string whole = R"(# ours
version: 1
waivers:
  - id: w-1
    check: backup.fresh
    node: web1.example.com
    target: 19.2.4
    owner: Jo Doe
    reason: |
      The "nightly" backup is made
      while we upgrade
    expires_at: 2026-12-01T07:00:00+01:00
    evidence_digest: )" + digest +
                          R"(
attestations:
  - id: a-1
    statement: restore_rehearsed
    owner: 'Jo Doe'
    detail: on staging
    made_at: 2026-08-02T10:00:00Z
    expires_at: 2026-12-01T06:00:00Z
)";

v1::Acceptances parsed(std::string_view text) { return parse_acceptances(text, "acceptances.yml").value(); }

std::string complaint(std::string_view text) {
    const auto acceptances = parse_acceptances(text, "acceptances.yml");
    return acceptances ? "taken" : acceptances.error().source + ": " + acceptances.error().detail;
}

// `whole` with one text in the place of another.
std::string with(const std::string& old, const std::string& text) {
    auto changed = whole;
    const auto at = changed.find(old);
    EXPECT_NE(at, std::string::npos) << old;
    return changed.replace(at, old.size(), text);
}

std::string content(const std::filesystem::path& file) {
    std::ifstream stream(file, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
}

TEST(AcceptanceFile, TakesEveryKey) {
    const auto acceptances = parsed(whole);
    ASSERT_THAT(acceptances.waivers(), SizeIs(1));
    const auto& waiver = acceptances.waivers(0);
    EXPECT_EQ(waiver.id(), "w-1");
    EXPECT_EQ(waiver.check(), "backup.fresh");
    EXPECT_EQ(waiver.node(), "web1.example.com");
    EXPECT_EQ(waiver.target(), "19.2.4");
    EXPECT_EQ(waiver.owner(), "Jo Doe");
    EXPECT_EQ(waiver.reason(), "The \"nightly\" backup is made\nwhile we upgrade\n");
    EXPECT_EQ(to_iso8601(waiver.expires_at()), "2026-12-01T06:00:00Z");
    EXPECT_EQ(waiver.evidence_digest(), digest);
    ASSERT_THAT(acceptances.attestations(), SizeIs(1));
    const auto& attestation = acceptances.attestations(0);
    EXPECT_EQ(attestation.statement(), "restore_rehearsed");
    EXPECT_EQ(attestation.node(), "");
    EXPECT_EQ(attestation.detail(), "on staging");
    EXPECT_EQ(to_iso8601(attestation.made_at()), "2026-08-02T10:00:00Z");
    EXPECT_EQ(acceptances.version(), 1U);
}

TEST(AcceptanceFile, MayHoldNothing) {
    for (const auto* text : {"version: 1", "version: 1\nwaivers:\nattestations: []\n"}) {
        EXPECT_THAT(parsed(text).waivers(), IsEmpty()) << text;
        EXPECT_THAT(parsed(text).attestations(), IsEmpty()) << text;
    }
}

TEST(AcceptanceFile, IsReadAgainAsItWasWritten) {
    auto acceptances = parsed(whole);
    auto& answer = *acceptances.add_attestations();
    answer.CopyFrom(acceptances.attestations(0));
    answer.set_id("a-2");
    answer.set_statement("KI-16-21");
    answer.set_question("Is it: \"so\"?");
    answer.set_answer("yes");
    acceptances.mutable_waivers(0)->set_owner("\"J\xc3\xb6\\ \t# - : \x7f\x01 'null'");
    acceptances.mutable_waivers(0)->clear_node();
    *acceptances.add_waivers() = acceptances.waivers(0);
    acceptances.mutable_waivers(1)->set_id("true");
    acceptances.mutable_waivers(1)->set_reason("~");
    *acceptances.mutable_waivers(1)->mutable_made_at() = acceptances.attestations(0).made_at();
    const auto text = acceptances_text(acceptances);
    EXPECT_TRUE(MessageDifferencer::Equals(parsed(text), acceptances)) << text;
    EXPECT_EQ(acceptances_text(parsed(text)), text);
}

TEST(AcceptanceFile, NamesTheLineOfWhatIsWrongAndSaysWhatIsRight) {
    EXPECT_EQ(
        complaint(with("    owner: Jo", "    approver: Jo")),
        "acceptances.yml:8: no such key here; known are id, check, node, target, owner, reason, made_at,"
        " expires_at, evidence_digest");
    EXPECT_EQ(complaint(with("version: 1", "version: 1\nwaiver: []")),
              "acceptances.yml:3: no such key here; known are version, waivers, attestations");
    EXPECT_EQ(complaint(with("backup.fresh", "backup.frehs")),
              "acceptances.yml:5: check is the id of a check, as the report has it: backup.fresh");
    EXPECT_EQ(complaint(with("restore_rehearsed", "all_is_well")),
              "acceptances.yml:16: statement is one of those that attest --help lists, or the id of an entry"
              " that asks");
    EXPECT_EQ(complaint(with("    owner: Jo Doe\n", "")),
              "acceptances.yml:4: owner is missing: it is a text of 1 to 1000 bytes of UTF-8");
    EXPECT_EQ(complaint(with("    owner: Jo Doe\n", "    owner: Jo Doe\n    owner: Al\n")),
              "acceptances.yml:9: owner stands twice");
    EXPECT_EQ(complaint(with("id: a-1", "id: w-1")), "acceptances.yml:15: its id stands twice in this file");
    EXPECT_EQ(complaint(with("statement: restore_rehearsed", "statement: restore_rehearsed\n    node: web1")),
              "acceptances.yml:15: this statement is made of the whole instance: leave its node out");
    EXPECT_EQ(complaint(with("version: 1", "version: 2")),
              "acceptances.yml:2: the version that this program reads and writes is 1");
    EXPECT_EQ(complaint(with("version: 1\n", "")), "acceptances.yml:2: the version is missing: version: 1");
    EXPECT_EQ(complaint(""), "acceptances.yml:1: the file begins with version: 1");
    EXPECT_EQ(complaint("- version: 1"), "acceptances.yml:1: the file begins with version: 1");
    EXPECT_EQ(complaint("version: 1\nversion: 1"), "acceptances.yml:2: version stands twice");
    EXPECT_THAT(complaint("version: 1\nwaivers: none"), HasSubstr("acceptances.yml:2: waivers is a list"));
    EXPECT_THAT(complaint("version: 1\nwaivers: [none]"),
                HasSubstr("acceptances.yml:2: an entry has the keys id,"));
}

TEST(AcceptanceFile, TakesATimeWithItsZoneAlone) {
    const auto until = [](const std::string& time) {
        return complaint(with("2026-12-01T07:00:00+01:00", time));
    };
    for (const auto* right :
         {"2026-12-01T06:00:00Z", "2026-12-01T06:00:00.5Z", "2026-12-01T06:00:00-11:30"}) {
        EXPECT_EQ(until(right), "taken") << right;
    }
    for (const auto* wrong :
         {"2026-12-01", "2026-12-01T06:00:00", "2026-12-01 06:00:00Z", "2026-12-01T06:00Z",
          "2026-13-01T06:00:00Z", "2026-02-30T06:00:00Z", "2026-12-01T06:00:00+0100",
          "2026-12-01T06:00:00Zulu", "tomorrow", "''", "~", "[]", "99999-12-01T06:00:00Z"}) {
        EXPECT_EQ(until(wrong),
                  "acceptances.yml:12: expires_at is a time with its zone: 2026-12-01T06:00:00Z")
            << wrong;
    }
}

TEST(AcceptanceFile, TakesNoTextThatCannotBeMeant) {
    for (const auto* target : {"19.2", "nineteen", "19.2.4-ee", "~"}) {
        EXPECT_THAT(complaint(with("19.2.4", target)), HasSubstr("target is a version of three numbers"))
            << target;
    }
    for (const auto& hex :
         {std::string(63, 'a'), std::string(64, 'A'), std::string(65, 'a'), std::string("''")}) {
        EXPECT_THAT(complaint(with(digest, hex)), HasSubstr("evidence_digest is 64 digits")) << hex;
    }
    for (const auto& id :
         {std::string(65, 'a'), std::string("a/b"), std::string("'a b'"), std::string("\u00e9")}) {
        EXPECT_THAT(complaint(with("w-1", id)), HasSubstr("id is 1 to 64 letters")) << id;
    }
    EXPECT_THAT(complaint(with("Jo Doe", std::string(1001, 'x'))), HasSubstr("owner is a text"));
    EXPECT_THAT(complaint(with("Jo Doe", "{name: Jo}")), HasSubstr("owner is a text"));
    EXPECT_THAT(complaint(with("web1.example.com", std::string(256, 'x'))), HasSubstr("node is the name"));
}

TEST(AcceptanceFile, RefusesAHostileFileInOneLineWithoutQuotingIt) {
    std::string many = "version: 1\nwaivers:\n";
    for (int i = 0; i < 1001; ++i) many += "  - {}\n";
    EXPECT_EQ(complaint(many), "acceptances.yml:3: more than 1000 waivers");
    std::string laughs = "l0: &l0 [ha, ha]\n";
    for (int level = 1; level < 40; ++level) {
        const auto before = "*l" + std::to_string(level - 1);
        laughs += "l" + std::to_string(level) + ": &l" + std::to_string(level) + " [" + before + ", " +
                  before + "]\n";
    }
    for (const auto& text :
         {laughs, std::string(100'000, '['), std::string("\0\xff\xfe", 3), std::string("a: [b"),
          std::string("? [CANARY]\n: 1"), std::string("CANARY: 1"), std::string("a: &a [*a]"),
          with("backup.fresh", "CANARY"), with("    owner: Jo", "    CANARY: Jo"),
          std::string(2'000'000, 'x'), std::string("!!binary CANARY"), std::string("CANARY\x1b")}) {
        EXPECT_THAT(complaint(text), AllOf(HasSubstr("acceptances.yml"), Not(HasSubstr("CANARY")),
                                           Not(HasSubstr("\n")), Not(HasSubstr("taken"))));
    }
}

TEST(AcceptanceFile, MustBeThereOnlyWhenNamed) {
    const TemporaryFolder folder;
    EXPECT_EQ(load_acceptances(folder / "no.yml", Absence::problem).error().cause, v1::Gap::ABSENT);
    EXPECT_THAT(load_acceptances(folder / "no.yml", Absence::nothing_accepted)->waivers(), IsEmpty());
    EXPECT_EQ(load_acceptances("/dev/zero", Absence::nothing_accepted).error().cause, v1::Gap::REFUSED);
}

bool add_one(v1::Acceptances& acceptances) {
    *acceptances.add_waivers() = parsed(whole).waivers(0);
    acceptances.mutable_waivers()->rbegin()->set_id("w-new");
    return true;
}

TEST(AcceptanceFile, KeepsWhatAChangeDoesNotChange) {
    const TemporaryFolder folder;
    const auto file = folder / "acceptances.yml";
    std::ofstream(file) << whole;
    EXPECT_EQ(change_acceptances(file, add_one).value(), true);
    auto expected = parsed(whole);
    add_one(expected);
    EXPECT_TRUE(MessageDifferencer::Equals(parsed(content(file)), expected)) << content(file);
    const auto before = content(file);
    EXPECT_EQ(change_acceptances(file, [](v1::Acceptances&) { return false; }).value(), false);
    EXPECT_EQ(content(file), before);
}

TEST(AcceptanceFile, IsMadeReadableForItsGroupAndNobodyElse) {
    const TemporaryFolder folder;
    const auto file = folder / "acceptances.yml";
    ASSERT_TRUE(change_acceptances(file, add_one));
    struct stat status {};
    ASSERT_EQ(::stat(file.c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 07777U, 0640U);
}

TEST(AcceptanceFile, IsLeftAloneWhereItIsWrong) {
    const TemporaryFolder folder;
    const auto file = folder / "acceptances.yml";
    std::ofstream(file) << "version: 2\n";
    EXPECT_EQ(change_acceptances(file, add_one).error().cause, v1::Gap::MALFORMED);
    EXPECT_EQ(content(file), "version: 2\n");
}

TEST(AcceptanceFile, IsNeverWrittenSoThatItCouldNotBeReadAgain) {
    const TemporaryFolder folder;
    const auto file = folder / "acceptances.yml";
    std::ofstream(file) << whole;
    const auto twice = change_acceptances(file, [](v1::Acceptances& acceptances) {
        *acceptances.add_waivers() = acceptances.waivers(0);
        return true;
    });
    EXPECT_THAT(twice.error().detail, HasSubstr("stands twice"));
    EXPECT_EQ(content(file), whole);
}

TEST(AcceptanceFile, IsChangedByOneCommandAtATime) {
    const TemporaryFolder folder;
    const auto file = folder / "acceptances.yml";
    const int other = ::open(folder.string().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ASSERT_EQ(::flock(other, LOCK_EX), 0);
    EXPECT_THAT(change_acceptances(file, add_one).error().detail, HasSubstr("another command writes it"));
    ::close(other);
    EXPECT_TRUE(change_acceptances(file, add_one));
}

// The file may lie in a clone, with a link to it where the collector looks.
TEST(AcceptanceFile, IsWrittenWhereALinkLeads) {
    const TemporaryFolder folder;
    std::filesystem::create_directory(folder / "clone");
    std::ofstream(folder / "clone/acceptances.yml") << whole;
    std::filesystem::create_symlink("clone/acceptances.yml", folder / "acceptances.yml");
    ASSERT_TRUE(change_acceptances(folder / "acceptances.yml", add_one));
    EXPECT_TRUE(std::filesystem::is_symlink(folder / "acceptances.yml"));
    EXPECT_THAT(content(folder / "clone/acceptances.yml"), HasSubstr("w-new"));
}

TEST(AcceptanceFile, MayBeNamedFromWhereOneStands) {
    const TemporaryFolder folder;
    const auto before = std::filesystem::current_path();
    std::filesystem::current_path(folder.path());
    EXPECT_TRUE(change_acceptances("acceptances.yml", add_one));
    std::filesystem::current_path(before);
    EXPECT_THAT(content(folder / "acceptances.yml"), HasSubstr("w-new"));
}

TEST(AcceptanceFile, SaysWhyItCannotBeWritten) {
    const TemporaryFolder folder;
    EXPECT_EQ(change_acceptances(folder / "no/acceptances.yml", add_one).error().cause, v1::Gap::ABSENT);
    EXPECT_EQ(change_acceptances("/dev/null/acceptances.yml", add_one).error().cause, v1::Gap::ABSENT);
}

}  // namespace
}  // namespace preflight::collector
