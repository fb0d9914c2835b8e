// The commands that need no node, and several targets at once: the built program, as a person runs it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <boost/json.hpp>

#include "collector/store.h"
#include "tests/collector/deliveries.h"
#include "tests/integration/program.h"

namespace preflight::collector {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

Ended run(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), PREFLIGHT_COLLECTOR);
    return run_program(arguments);
}

Ended path(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "path");
    return run(std::move(arguments));
}

// What the program says, if that is one line and the status is that of wrong usage.
std::string usage_complaint(std::vector<std::string> arguments) {
    const auto ended = run(std::move(arguments));
    EXPECT_EQ(ended.status, 64) << ended.error;
    EXPECT_EQ(ended.output, "");
    EXPECT_EQ(std::ranges::count(ended.error, '\n'), 1) << ended.error;
    return ended.error;
}

std::vector<std::string> hops(const boost::json::value& answer) {
    std::vector<std::string> versions;
    for (const auto& hop : answer.at("hops").as_array())
        versions.emplace_back(hop.at("version").as_string().c_str());
    return versions;
}

TEST(PathCommand, TellsTheHopsAndWhatIsOpen) {
    const auto ended = path({"--from", "15.4.2", "--to", "19.3.0", "--edition", "ee"});
    EXPECT_EQ(ended.status, 0) << ended.error;
    EXPECT_EQ(ended.error, "");
    EXPECT_THAT(ended.output, AllOf(HasSubstr("From GitLab 15.4.2 EE to GitLab 19.3.0 EE"),
                                    HasSubstr("== Open questions: 4"), HasSubstr("19.3.0")));
}

TEST(PathCommand, AnswersInJson) {
    const auto ended = path({"--from", "16.5.1", "--to", "17.11", "--format", "json"});
    ASSERT_EQ(ended.status, 0) << ended.error;
    const auto answer = boost::json::parse(ended.output);
    EXPECT_EQ(answer.at("schema"), "preflight.v1.PathAnswer");
    EXPECT_EQ(answer.at("answer"), "FOUND");
    EXPECT_THAT(hops(answer),
                ElementsAre("16.7.10", "16.11.10", "17.1.8", "17.3.7", "17.5.5", "17.8.7", "17.11.7"));
    EXPECT_EQ(answer.at("open").as_array().size(), 1U);
}

TEST(PathCommand, TakesTheLatestVersion) {
    const auto ended = path({"--from", "19.2.0", "--to", "latest", "--format", "json"});
    ASSERT_EQ(ended.status, 0) << ended.error;
    EXPECT_THAT(hops(boost::json::parse(ended.output)), ElementsAre("19.2.4", "19.3.0"));
}

TEST(PathCommand, RefusesWhatIsNoUpgradeAndSaysWhy) {
    const auto equal = path({"--from", "19.3.0", "--to", "19.3"});
    EXPECT_EQ(equal.status, 2);
    EXPECT_THAT(equal.output, HasSubstr("REFUSED: 19.3.0 runs already"));
    const auto lower = path({"--from", "19.3.0", "--to", "18.11"});
    EXPECT_EQ(lower.status, 2);
    EXPECT_THAT(lower.output, HasSubstr("this would be a downgrade"));
    const auto back = path({"--from", "19.2.4", "--to", "19.3", "--edition", "ee", "--to-edition", "ce"});
    EXPECT_EQ(back.status, 2);
    EXPECT_THAT(back.output, HasSubstr("REFUSED: Enterprise Edition cannot become Community Edition"));
}

TEST(PathCommand, CannotSayBeyondTheKnowledge) {
    const auto beyond = path({"--from", "19.2.4", "--to", "20.2.0"});
    EXPECT_EQ(beyond.status, 3);
    EXPECT_THAT(beyond.output, HasSubstr("CANNOT SAY: the knowledge ends with GitLab 19.3"));
}

TEST(PathCommand, ChangesTheEdition) {
    const auto up = path({"--from", "19.3.0", "--to", "19.3.0", "--edition", "ce", "--to-edition", "ee"});
    EXPECT_EQ(up.status, 0) << up.output;
    EXPECT_THAT(up.output,
                AllOf(HasSubstr("From GitLab 19.3.0 CE to GitLab 19.3.0 EE"), HasSubstr("gitlab-ee")));
}

TEST(PathCommand, SaysInOneLineHowItIsUsed) {
    EXPECT_THAT(usage_complaint({"path"}), HasSubstr("--from is required"));
    EXPECT_THAT(usage_complaint({"path", "--from", "19.2.0"}), HasSubstr("--to is required"));
    EXPECT_THAT(usage_complaint({"path", "--from", "19.2", "--to", "19.3"}),
                HasSubstr("write it as 18.11.4"));
    EXPECT_THAT(usage_complaint({"path", "--from", "19.2.0", "--to", "newest"}),
                HasSubstr("--to newest is not a GitLab version; write it as 19.2.0, 19.2 or latest"));
    EXPECT_THAT(usage_complaint({"path", "--from", "19.2.0", "--to", "19.3", "--edition", "free"}),
                HasSubstr("--edition"));
    EXPECT_THAT(usage_complaint({"path", "--from", "19.2.0", "--to", "19.3", "--to-edition", "ee"}),
                HasSubstr("--edition"));
    EXPECT_THAT(usage_complaint({"path", "--from", "19.2.0", "--to", "19.3", "--format", "html"}),
                HasSubstr("--format"));
    EXPECT_THAT(usage_complaint({"report", "--what-if", "19.2,now"}), HasSubstr("--what-if now is not"));
    EXPECT_THAT(usage_complaint({"report", "--what-if", "19.2", "--target", "19.3"}), HasSubstr("excludes"));
    EXPECT_THAT(usage_complaint({"report", "--what-if", "19.2", "--format", "html"}),
                HasSubstr("text and json"));
}

class Reported : public ::testing::Test {
  protected:
    void SetUp() override {
        auto web1 = whole(node("web1"), "a", noon, 1, "18.11.9");
        auto& installation = *web1.records[1].mutable_finding()->mutable_installation();
        installation.set_method(v1::Installation::LINUX_PACKAGE);
        installation.set_edition(v1::CE);
        ASSERT_TRUE(Store::open(folder_ / "store.sqlite", Store::Mode::read_write)->append({web1}));
    }
    Ended report(std::vector<std::string> more) const {
        more.insert(more.begin(), {"report", "--store", (folder_ / "store.sqlite").string()});
        return run(std::move(more));
    }
    TemporaryFolder folder_;
};

TEST_F(Reported, ComparesTargets) {
    const auto ended = report({"--what-if", "18.11,19.2,latest", "--format", "json"});
    ASSERT_EQ(ended.error, "");
    const auto what_if = boost::json::parse(ended.output);
    std::vector<std::string> versions;
    for (const auto& target : what_if.at("targets").as_array()) {
        versions.emplace_back(target.at("version").as_string().c_str());
        EXPECT_FALSE(target.at("stopping").as_array().empty()) << "one node that says next to nothing";
        EXPECT_EQ(target.at("nearestSafe"), "");
    }
    EXPECT_THAT(versions, ElementsAre("18.11.11", "19.2.4", "19.3.0"));
    EXPECT_EQ(what_if.at("fromVersion"), "18.11.9");
    const auto text = report({"--what-if", "18.11,19.2,latest"});
    EXPECT_EQ(text.status, ended.status);
    EXPECT_THAT(text.output, AllOf(HasSubstr("18.11.11"), HasSubstr("Nearest safe stop"),
                                   HasSubstr("Path: 18.11.9 -> 19.2.4 -> 19.3.0")));
}

TEST_F(Reported, TakesTheLatestVersionAsTarget) {
    const auto ended = report({"--target", "latest", "--format", "json"});
    EXPECT_EQ(boost::json::parse(ended.output).at("targetVersion"), "19.3.0") << ended.error;
}

TEST_F(Reported, TakesAnEditionToBecome) {
    const auto ended = report({"--target", "19.3", "--edition", "ee"});
    EXPECT_THAT(ended.output, HasSubstr("GitLab is to become Enterprise")) << ended.error;
    EXPECT_EQ(report({"--target", "19.3", "--edition", "free"}).status, 64);
}

// A report that nobody can read, cut or not there at all, must not end as one that was read.
TEST_F(Reported, NeverTakesLostOutputForSuccess) {
    const auto store = (folder_ / "store.sqlite").string();
    for (const std::string output : {"/dev/full", "&-"}) {
        const auto script = "exec \"$@\" >" + output;
        for (const auto& words : std::vector<std::vector<std::string>>{
                 {"nodes", "--store", store},
                 {"report", "--store", store, "--target", "19.3"},
                 {"report", "--store", store, "--target", "19.3", "--format", "json"},
                 {"path", "--from", "18.11.9", "--to", "19.3"},
                 {"knowledge", "list"},
                 {"knowledge", "show", "KI-18-31"},
                 {"version"},
                 {"report", "--help"}}) {
            std::vector<std::string> argv{"/bin/sh", "-c", script, "sh", PREFLIGHT_COLLECTOR};
            argv.insert(argv.end(), words.begin(), words.end());
            const auto ended = run_program(argv);
            EXPECT_EQ(ended.status, 73) << words.front() << " > " << output;
            EXPECT_THAT(ended.error, HasSubstr("standard output cannot be written"));
        }
    }
}

}  // namespace
}  // namespace preflight::collector
