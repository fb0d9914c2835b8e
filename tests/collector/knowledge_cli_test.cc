// What is known, and what a person lays over it: the built program, as a person runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>
#include <fstream>

#include "readiness/knowledge.h"
#include "tests/collector/knowledge_signer.h"
#include "tests/integration/program.h"
#include "tests/temporary_folder.h"

namespace preflight::collector {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

Ended run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), PREFLIGHT_COLLECTOR);
    return run_program(arguments);
}

constexpr auto newer = R"(version: "2026-09-18"
newest_known: "19.4"
releases { minor: "19.4" newest_patch: "19.4.1" }
)";

// A collector's own folder of knowledge, and settings that name it.
class KnowledgeCommand : public ::testing::Test {
  protected:
    KnowledgeCommand() { std::filesystem::create_directory(folder_ / "knowledge.d"); }

    void write(const std::string& name, std::string_view text) const {
        std::ofstream(folder_ / name, std::ios::binary) << text;
    }
    void settings(const std::string& more = "") const {
        write("collector.toml",
              "[knowledge]\ndirectory = \"" + (folder_ / "knowledge.d").string() + "\"\n" + more);
    }
    Ended with_settings(std::vector<std::string> arguments) const {
        arguments.insert(arguments.end(), {"--config", (folder_ / "collector.toml").string()});
        return run(std::move(arguments));
    }
    std::string place(const std::string& name) const { return (folder_ / name).string(); }

    // What it says of data that it cannot use: one line, and 65.
    static std::string complaint(const Ended& ended) {
        EXPECT_EQ(ended.status, 65) << ended.error;
        EXPECT_EQ(ended.output, "");
        EXPECT_EQ(std::ranges::count(ended.error, '\n'), 1) << ended.error;
        return ended.error;
    }

    TemporaryFolder folder_;
};

TEST_F(KnowledgeCommand, ListsEveryEntry) {
    const auto all = run({"knowledge", "list"});
    EXPECT_EQ(all.status, 0) << all.error;
    EXPECT_THAT(all.output, AllOf(HasSubstr("KIND"), HasSubstr("KI-18-31"), HasSubstr("Ubuntu 22.04"),
                                  HasSubstr("settings.git_data_dirs"), HasSubstr("backup.fresh")));
    const auto stops = run({"knowledge", "list", "--kind", "stop"});
    EXPECT_EQ(std::ranges::count(stops.output, '\n'), readiness::built_in_knowledge().stops_size() + 1);
    EXPECT_EQ(run({"knowledge", "list", "--kind", "stops"}).status, 64);
}

TEST_F(KnowledgeCommand, ShowsOneWhole) {
    const auto issue = run({"knowledge", "show", "KI-18-31"});
    EXPECT_EQ(issue.status, 0) << issue.error;
    EXPECT_THAT(issue.output,
                AllOf(HasSubstr("# Applies when"), HasSubstr("known_issues {"), HasSubstr("remedy:")));
    EXPECT_THAT(run({"knowledge", "show", "Ubuntu 22.04"}).output, HasSubstr("operating_systems {"));
    EXPECT_THAT(run({"knowledge", "show", "Ubuntu", "22.04"}).output, HasSubstr("operating_systems {"));
    const auto none = run({"knowledge", "show", "KI-00-00"});
    EXPECT_EQ(none.status, 64);
    EXPECT_THAT(none.error, HasSubstr("no entry has the id KI-00-00; knowledge list names them all"));
}

TEST_F(KnowledgeCommand, TellsWhatNoFindingCanDecide) {
    const auto ended = run({"knowledge", "coverage"});
    EXPECT_EQ(ended.status, 0) << ended.error;
    EXPECT_THAT(ended.output, AllOf(HasSubstr("entries apply only under a condition"), HasSubstr("KI-16-21"),
                                    HasSubstr("OpenSSH before 7.2"), Not(HasSubstr("\nstop "))));
}

TEST_F(KnowledgeCommand, VerifiesWhatIsInUse) {
    settings();
    const auto built_in = with_settings({"knowledge", "verify"});
    EXPECT_EQ(built_in.status, 0) << built_in.error;
    EXPECT_THAT(built_in.output, AllOf(HasSubstr("is whole"), HasSubstr("up to GitLab 19.3")));
    write("knowledge.d/new.txtpb", newer);
    const auto overridden = with_settings({"knowledge", "verify"});
    EXPECT_THAT(overridden.output, HasSubstr("The knowledge of 2026-09-18, overridden by " +
                                             place("knowledge.d/new.txtpb") + " (1 entry) is whole"));
    write("knowledge.d/wrong.txtpb", "\nstops { minor: \"19\" }\n");
    EXPECT_THAT(complaint(with_settings({"knowledge", "verify"})), HasSubstr("wrong.txtpb:2: stop '19'"));
}

TEST_F(KnowledgeCommand, VerifiesAFileOrAFolder) {
    write("one.txtpb", newer);
    EXPECT_THAT(run({"knowledge", "verify", place("one.txtpb")}).output, HasSubstr("up to GitLab 19.4"));
    write("knowledge.d/one.txtpb", "stops { minor: 19 }");
    EXPECT_THAT(complaint(run({"knowledge", "verify", place("knowledge.d")})),
                HasSubstr("one.txtpb:1: column"));
    EXPECT_THAT(complaint(run({"knowledge", "verify", place("none.txtpb")})),
                HasSubstr("there is no such file"));
}

TEST_F(KnowledgeCommand, SaysWhereNoSignatureWasVerified) {
    constexpr auto unsigned_words = "No signature was verified: no public key is named.\n";
    const KnowledgeSigner signer;
    write("key.pem", signer.public_key());
    write("one.txtpb", newer);
    write("one.txtpb.sig", signer.signature_of(newer));
    const auto with_key = run({"knowledge", "verify", place("one.txtpb"), "--key", place("key.pem")});
    EXPECT_THAT(with_key.output, AllOf(HasSubstr("is whole"), Not(HasSubstr(unsigned_words))));
    EXPECT_THAT(run({"knowledge", "verify", place("one.txtpb")}).output, HasSubstr(unsigned_words));
    settings();
    EXPECT_THAT(with_settings({"knowledge", "verify"}).output, Not(HasSubstr(unsigned_words)));
}

TEST_F(KnowledgeCommand, UsesWhatIsLaidOver) {
    settings();
    write("knowledge.d/new.txtpb", newer);
    const auto path = with_settings({"path", "--from", "19.2.4", "--to", "latest"});
    EXPECT_EQ(path.status, 0) << path.error;
    EXPECT_THAT(path.output,
                AllOf(HasSubstr("to GitLab 19.4.1"), HasSubstr("overridden by"), HasSubstr("19.4")));
    const auto named = run({"path", "--from", "19.2.4", "--to", "19.4", "--knowledge", place("knowledge.d")});
    EXPECT_EQ(named.status, 0) << named.error;
    EXPECT_EQ(run({"path", "--from", "19.2.4", "--to", "19.4", "--knowledge", place("none")}).status, 64);
}

// Who names one wants it used; the usual place may be empty.
TEST_F(KnowledgeCommand, RefusesADirectoryOfTheSettingsThatIsNotThere) {
    settings();
    std::filesystem::remove_all(place("knowledge.d"));
    for (const std::vector<std::string>& command : {std::vector<std::string>{"knowledge", "list"},
                                                    {"path", "--from", "19.2.4", "--to", "19.3"},
                                                    {"report", "--target", "19.3"}}) {
        const auto ended = with_settings(command);
        EXPECT_EQ(ended.status, 64) << command.front();
        EXPECT_EQ(ended.output, "");
        EXPECT_THAT(ended.error, HasSubstr("name the knowledge directory " + place("knowledge.d") +
                                           ": there is no such file"));
    }
    write("collector.toml", "");
    EXPECT_EQ(with_settings({"path", "--from", "19.2.4", "--to", "19.3"}).status, 0);
}

TEST_F(KnowledgeCommand, JudgesNothingWithABadEntry) {
    settings();
    write("knowledge.d/new.txtpb", newer);
    write("knowledge.d/wrong.txtpb", "releases { minor: \"19.5\" newest_patch: \"19.4.1\" }");
    EXPECT_THAT(complaint(with_settings({"path", "--from", "19.2.4", "--to", "19.4"})),
                HasSubstr("wrong.txtpb:1: release '19.5'"));
    EXPECT_THAT(complaint(with_settings({"report", "--target", "19.3"})), HasSubstr("wrong.txtpb:1"));
}

TEST_F(KnowledgeCommand, SaysWhatIsOlderThanWhatIsBuiltIn) {
    settings();
    write("knowledge.d/old.txtpb", "releases { minor: \"19.2\" newest_patch: \"19.2.1\" }");
    const auto ended = with_settings({"path", "--from", "19.1.6", "--to", "19.3"});
    EXPECT_EQ(ended.status, 0);
    EXPECT_THAT(ended.error,
                HasSubstr("old.txtpb:1: release '19.2' is older than the built-in one and is not used"));
    EXPECT_THAT(ended.output, HasSubstr("19.2.4"));
}

TEST_F(KnowledgeCommand, TakesOnlySignedFilesWhereAKeyIsNamed) {
    const KnowledgeSigner signer;
    write("key.pem", signer.public_key());
    settings("public_key = \"" + place("key.pem") + "\"\n");
    write("knowledge.d/new.txtpb", newer);
    EXPECT_THAT(complaint(with_settings({"knowledge", "verify"})), HasSubstr("new.txtpb: it is not signed"));
    write("knowledge.d/new.txtpb.sig", KnowledgeSigner().signature_of(newer));
    EXPECT_THAT(complaint(with_settings({"path", "--from", "19.2.4", "--to", "19.4"})),
                HasSubstr("new.txtpb: its signature is not of this key"));
    write("knowledge.d/new.txtpb.sig", signer.signature_of(newer));
    EXPECT_EQ(with_settings({"path", "--from", "19.2.4", "--to", "19.4"}).status, 0);
}

TEST_F(KnowledgeCommand, VerifiesASignedFileWithTheKeyThatIsNamed) {
    const KnowledgeSigner signer;
    write("key.pem", signer.public_key());
    write("one.txtpb", newer);
    write("one.txtpb.sig", signer.signature_of(newer));
    const std::vector<std::string> verify{"knowledge", "verify", place("one.txtpb"), "--key",
                                          place("key.pem")};
    EXPECT_EQ(run(verify).status, 0) << run(verify).error;
    write("one.txtpb", std::string(newer) + " ");
    EXPECT_THAT(complaint(run(verify)), HasSubstr("its signature is not of this key over these bytes"));
}

TEST_F(KnowledgeCommand, RefusesHostileFilesInOneLine) {
    const auto of = [&](const std::string& name) {
        return complaint(run({"knowledge", "verify", place(name)}));
    };
    write("zeros.txtpb", std::string(1000, '\0'));
    EXPECT_THAT(of("zeros.txtpb"), HasSubstr("zeros.txtpb:1"));
    write("binary.txtpb",
          "\x7f"
          "ELF\x1b[2J\xff\xfe");
    EXPECT_THAT(of("binary.txtpb"), AllOf(HasSubstr("binary.txtpb:1"), Not(HasSubstr("\x1b"))));
    write("huge.txtpb", "#");
    std::filesystem::resize_file(folder_ / "huge.txtpb", std::uintmax_t{1} << 30);
    EXPECT_THAT(of("huge.txtpb"), HasSubstr("larger than"));
    ASSERT_EQ(::mkfifo(place("fifo.txtpb").c_str(), 0600), 0);
    EXPECT_THAT(of("fifo.txtpb"), HasSubstr("it is not a file"));
    std::string deep = "known_issues { condition { ";
    for (int level = 0; level < 100'000; ++level) deep += "all { of { ";
    write("deep.txtpb", deep);
    EXPECT_THAT(of("deep.txtpb"), HasSubstr("deep.txtpb:1"));
}

}  // namespace
}  // namespace preflight::collector
