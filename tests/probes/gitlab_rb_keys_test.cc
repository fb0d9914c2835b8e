#include "probes/gitlab_rb_keys.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

using State = Assignment::State;

// "LINE STATE LITERAL", with " xN" for N assignments.
std::map<std::string, std::string> assignments(std::string_view text) {
    std::map<std::string, std::string> shown;
    for (const auto& [key, one] : parse_gitlab_rb(text, "rb").value().assignments) {
        auto& said = shown[key];
        said = std::to_string(one.line);
        if (one.state == State::literal) said += one.text ? " '" + one.literal + "'" : " " + one.literal;
        if (one.state == State::computed) said += " computed";
        if (one.state == State::conditional) said += " conditional";
        if (one.count > 1) said += " x" + std::to_string(one.count);
    }
    return shown;
}

TEST(GitlabRbKeys, HaveTheirLineAndLiteral) {
    EXPECT_THAT(
        assignments("# first\nexternal_url 'https://a'\n\ngitlab_rails['auto_migrate'] = false\n"
                    "gitlab_rails['text'] = 'two\nlines'\nnginx[:port] = 80; nginx['x'] = -1\n"),
        ElementsAre(Pair("external_url", "2 'https://a'"), Pair("gitlab_rails['auto_migrate']", "4 false"),
                    Pair("gitlab_rails['text']", "5 'two\nlines'"), Pair("nginx['port']", "7 80"),
                    Pair("nginx['x']", "7 -1")));
}

TEST(GitlabRbKeys, KnowTheLineBehindHeredocsAndComments) {
    EXPECT_THAT(assignments("a['x'] = <<~EOS\none\ntwo\nEOS\n=begin\nno\n=end\nb['y'] = 1\n"),
                ElementsAre(Pair("a['x']", "1 computed"), Pair("b['y']", "8 1")));
}

TEST(GitlabRbKeys, LetTheLastAssignmentCount) {
    EXPECT_THAT(assignments("a['x'] = 1\na['x'] = ENV['X']\na['x'] = 3\na['y'] = 1\na['y'] = nil\n"),
                ElementsAre(Pair("a['x']", "3 3 x3"), Pair("a['y']", "5 nil x2")));
}

TEST(GitlabRbKeys, TellWhatMayNotHappen) {
    EXPECT_THAT(assignments("if ENV['A']\n  a['block'] = 1\nend\na['modifier'] = 1 if x\na['once'] ||= 2\n"
                            "%w(b).each { |n| a['braces'] = 3 }\na['value'] = if x then 1 else 2 end\n"
                            "y and a['and'] = 1\nexternal_url 'CANARY' unless z\n"),
                ElementsAre(Pair("a['and']", "8 conditional"), Pair("a['block']", "2 conditional"),
                            Pair("a['braces']", "6 conditional"), Pair("a['modifier']", "4 conditional"),
                            Pair("a['once']", "5 conditional"), Pair("a['value']", "7 computed"),
                            Pair("external_url", "9 conditional")));
}

// As GitLab's own documentation names the buckets of object storage.
TEST(GitlabRbKeys, AreOpenBeneathAnIndexThatOnlyRubyKnows) {
    EXPECT_THAT(assignments("%w(lfs uploads).each do |type|\n"
                            "  gitlab_rails['object_store']['objects'][type]['bucket'] = \"x-#{type}\"\nend\n"
                            "a['x']['y'] = 1\na['x'][key] = 2\na['z'][key]\n"),
                ElementsAre(Pair("a['x']", "5 computed"), Pair("a['x']['y']", "4 1"),
                            Pair("gitlab_rails['object_store']['objects']", "2 conditional")));
}

TEST(GitlabRbKeys, AreFoundWithinTables) {
    EXPECT_THAT(
        assignments(
            "gitaly['configuration'] = {\n  git: { 'bin_path' => '/git', use_bundled_binaries: true },\n"
            "  :storage => [{ 'name' => 'a' }, { 'name' => f(1, 2) }],\n}\n"),
        ElementsAre(Pair("gitaly['configuration']", "1 computed"),
                    Pair("gitaly['configuration']['git']", "2 computed"),
                    Pair("gitaly['configuration']['git']['bin_path']", "2 '/git'"),
                    Pair("gitaly['configuration']['git']['use_bundled_binaries']", "2 true"),
                    Pair("gitaly['configuration']['storage']", "3 computed"),
                    Pair("gitaly['configuration']['storage'][]['name']", "3 computed x2")));
}

TEST(GitlabRbKeys, GoWithTheTableThatIsSetAnew) {
    EXPECT_THAT(assignments("a['t'] = { 'x' => 1 }\na['t']['y'] = 2\na['t'] = {}\na['tt'] = 3\n"),
                ElementsAre(Pair("a['t']", "3 {} x2"), Pair("a['tt']", "4 3")));
}

TEST(GitlabRbKeys, AreFoundInCalls) {
    EXPECT_THAT(
        assignments(
            "git_data_dirs({ 'default' => { 'path' => '/x' } })\nmattermost_external_url 'https://m'\n"),
        ElementsAre(Pair("git_data_dirs", "1 computed"), Pair("git_data_dirs['default']", "1 computed"),
                    Pair("git_data_dirs['default']['path']", "1 '/x'"),
                    Pair("mattermost_external_url", "2 'https://m'")));
}

// Whether every key beneath it is among the assignments.
bool tells_members(std::string_view text, std::string_view key = "a['t']") {
    const auto found = parse_gitlab_rb(text, "rb").value().assignments;
    return found.find(key)->second.members_told;
}

TEST(GitlabRbKeys, OfATableAreAllToldWhereItNamesThem) {
    EXPECT_TRUE(tells_members("a['t'] = { x: 1, 'y' => f(2), :z => { u: v } }\n"));
    EXPECT_FALSE(tells_members("a['t'] = { z: { u: v } }\n", "a['t']['z']['u']"));
    EXPECT_TRUE(tells_members("a['t'] = [1, { 'x' => 2 }]\na['t'] = [{ x: 1 }, { y: f }]\n"));
    EXPECT_TRUE(tells_members("a['t'] = { x: 1 } if y\n"));
    for (const auto* text :
         {"a['t'] = base.merge(x: 1)", "a['t'] = { x: 1 }.merge(base)", "a['t'] = { **base, x: 1 }",
          "a['t'] = { NAME => 1 }", "a['t'] = { \"#{n}\" => 1 }", "a['t'] = [{ x: 1 }, other]",
          "a['t'] = base", "a['t'] = { x: 1 }\na['t'].merge!(base)", "a['t'] = { x: 1 }\na['t'].update(base)",
          "a['t'] = { x: 1 }\na['t'] = { y: 2 } if z", "a['t']['x'] = 1\na['t'] = { y: 2 } if z"})
        EXPECT_FALSE(tells_members(text)) << text;
}

TEST(GitlabRbKeys, AreComputedWhereANumberIsNoneThatIsKnown) {
    EXPECT_THAT(assignments("a['x'] = 3r\na['y'] = 08\na['z'] = 0644\na['u'] = 1.5\n"),
                ElementsAre(Pair("a['u']", "4 1.5"), Pair("a['x']", "1 computed"),
                            Pair("a['y']", "2 computed"), Pair("a['z']", "3 0644")));
}

TEST(GitlabRbKeys, EndOnAStatementOfNothingButKeys) {
    std::string text;
    for (int count = 0; count < 30'000; ++count) text += "a[:b]=";
    EXPECT_EQ(assignments(text + "1\n").size(), 1u);
}

TEST(GitlabRbKeys, EndOnDeepTables) {
    std::string text = "a['x'] = ";
    for (int depth = 0; depth < 5000; ++depth) text += "{'k' => ";
    text += "1" + std::string(5000, '}') + "\n";
    EXPECT_EQ(assignments(text).size(), 17u);
}

}  // namespace
}  // namespace preflight::probes
