#include "probes/gitaly_targets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view gitlab_yml = "/var/opt/gitlab/gitlab-rails/etc/gitlab.yml";
constexpr std::string_view gitaly_toml = "/var/opt/gitlab/gitaly/config.toml";
constexpr std::string_view praefect_toml = "/var/opt/gitlab/praefect/config.toml";

Parsed<GitalyTarget> targets_of(const NodeTree& tree) {
    Findings out("gitaly", [](const v1::Finding& /*finding*/) {});
    const auto node = tree.node();
    return gitaly_targets(EndpointsView(node, out));
}

// "place [tls] [praefect] [own]: uses, with token"
std::vector<std::string> texts(const Parsed<GitalyTarget>& found) {
    std::vector<std::string> texts;
    for (const auto& target : found.items) {
        auto text = target.place.text();
        if (target.tls) text += " tls";
        if (target.praefect) text += " praefect";
        if (target.own) text += " own";
        for (const auto& use : target.uses) text += ", " + use;
        texts.push_back(text + ": " + std::string(target.token.reveal()));
    }
    return texts;
}

std::vector<std::string> details(const Parsed<GitalyTarget>& found) {
    std::vector<std::string> details;
    for (const auto& problem : found.problems) {
        EXPECT_THAT(problem.detail, Not(HasSubstr("CANARY")));
        details.push_back(problem.detail);
    }
    return details;
}

TEST(GitalyTargets, TakeTheTokenOfTheStorageOrTheOneForAll) {
    NodeTree tree;
    tree.file(gitlab_yml, R"(
production:
  gitaly: {token: all}
  repositories:
    storages:
      default: {gitaly_address: "unix:/run/gitaly.socket"}
      big: {gitaly_address: "tls://gitaly-2.mill.example:9999", gitaly_token: own}
      far: {gitaly_address: "dns:///gitaly-3:8075"}
)");
    EXPECT_THAT(texts(targets_of(tree)), ElementsAre("/run/gitaly.socket, rails default: all",
                                                     "gitaly-2.mill.example:9999 tls, rails big: own",
                                                     "gitaly-3:8075, rails far: all"));
}

TEST(GitalyTargets, AreOneForEachPlaceAndToken) {
    NodeTree tree;
    tree.file(gitlab_yml, R"(
production:
  repositories:
    storages:
      a: {gitaly_address: "unix:/run/gitaly.socket", gitaly_token: same}
      b: {gitaly_address: "unix:/run/gitaly.socket", gitaly_token: same}
      c: {gitaly_address: "unix:/run/gitaly.socket", gitaly_token: other}
)");
    tree.file(gitaly_toml,
              "socket_path = '/run/gitaly.socket'\n[auth]\ntoken = 'same'\n"
              "[[storage]]\nname = 'a'\npath = '/a'\n");
    EXPECT_THAT(texts(targets_of(tree)),
                ElementsAre("/run/gitaly.socket own, rails a, rails b, own listener: same",
                            "/run/gitaly.socket, rails c: other"));
}

TEST(GitalyTargets, AreThisNodesListenersOnThisNode) {
    NodeTree tree;
    tree.file(gitaly_toml,
              "listen_addr = ':8075'\ntls_listen_addr = '[::]:9999'\n"
              "[[storage]]\nname = 'a'\npath = '/a'\n");
    EXPECT_THAT(texts(targets_of(tree)),
                ElementsAre("127.0.0.1:8075 own, own listener: ", "[::1]:9999 tls own, own listener: "));
}

TEST(GitalyTargets, AreThePraefectOfThisNodeAndWhatStandsBehindIt) {
    NodeTree tree;
    tree.file(praefect_toml, R"(
listen_addr = "localhost:2305"
[auth]
token = "outer"
[database]
host = "db"
[[virtual_storage]]
name = "default"
node = [{storage = "g-1", address = "tcp://10.8.0.41:8075", token = "inner"},
        {storage = "g-2", address = "tls://g-2:9999"}]
[[virtual_storage]]
name = "cold"
node = [{storage = "g-3", address = "tcp://10.8.0.43:8075", token = "third"}]
)");
    EXPECT_THAT(
        texts(targets_of(tree)),
        ElementsAre("localhost:2305 praefect own, own listener: outer", "10.8.0.41:8075, praefect g-1: inner",
                    "g-2:9999 tls, praefect g-2: ", "10.8.0.43:8075, praefect g-3: third"));
}

TEST(GitalyTargets, LeaveOutWhatNoClientUnderstands) {
    NodeTree tree;
    tree.file(gitlab_yml, R"(
production:
  repositories:
    storages:
      none: {path: /srv}
      bare: {gitaly_address: "gitaly-1:8075"}
      web: {gitaly_address: "https://gitaly-1:8075"}
      portless: {gitaly_address: "tcp://gitaly-1"}
      computed: {gitaly_address: "tcp://gitaly-1:8075", gitaly_token: "<%= CANARY %>"}
)");
    const auto found = targets_of(tree);
    EXPECT_THAT(texts(found), IsEmpty());
    EXPECT_THAT(details(found), SizeIs(5));
}

TEST(GitalyTargets, LeaveOutTokensThatAProgramPrints) {
    NodeTree tree;
    tree.file(gitaly_toml,
              "config_command = '/bin/CANARY'\nlisten_addr = ':8075'\nsocket_path = '/s'\n"
              "[[storage]]\nname = 'a'\npath = '/a'\n");
    const auto found = targets_of(tree);
    EXPECT_THAT(texts(found), IsEmpty());
    EXPECT_THAT(details(found), ElementsAre(HasSubstr("config_command")));
}

TEST(GitalyTargets, SayThatAFileCannotBeRead) {
    NodeTree tree;
    tree.file(gitlab_yml, "production: [CANARY");
    EXPECT_THAT(details(targets_of(tree)), SizeIs(1));
    NodeTree without;
    without.directory("/opt/gitlab/service/puma");
    EXPECT_THAT(details(targets_of(without)), SizeIs(1));
    EXPECT_THAT(details(targets_of(NodeTree())), IsEmpty());
}

}  // namespace
}  // namespace preflight::probes
