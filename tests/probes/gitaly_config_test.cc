#include "probes/gitaly_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/yaml.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

Parsed<v1::GitalyEndpoint> storages(std::string_view production) {
    return gitaly_endpoints(parse_yaml(production, "/gitlab.yml").value(), "/gitlab.yml");
}

std::vector<std::string> texts(const Parsed<v1::GitalyEndpoint>& found) {
    std::vector<std::string> texts;
    for (const auto& endpoint : found.items) texts.push_back(endpoint.ShortDebugString());
    return texts;
}

TEST(GitalyConfig, NamesTheStoragesOfRails) {
    EXPECT_THAT(
        texts(storages(
            R"(repositories: {"storages": {)"
            R"("default": {"gitaly_address": "unix:/var/opt/gitlab/gitaly/gitaly.socket"},)"
            R"("big": {"gitaly_address": "tls://gitaly-2.mill.example:9999", "gitaly_token": "CANARY"},)"
            R"("far": {"gitaly_address": "dns:///gitaly-3:8075"}}})")),
        ElementsAre(R"(storage: "default" address: "unix:/var/opt/gitlab/gitaly/gitaly.socket" )"
                    R"(socket: "/var/opt/gitlab/gitaly/gitaly.socket")",
                    R"(storage: "big" address: "tls://gitaly-2.mill.example:9999" )"
                    R"(host: "gitaly-2.mill.example" port: 9999 tls: true token_present: true)",
                    R"(storage: "far" address: "dns:///gitaly-3:8075" host: "gitaly-3" port: 8075)"));
}

TEST(GitalyConfig, TakesTheCommonTokenForEveryStorage) {
    const auto found = storages(
        "gitaly: {token: CANARY}\nrepositories: {storages: {default: {gitaly_address: "
        "'tcp://CANARY@g-1:8075'}}}\n");
    EXPECT_THAT(texts(found),
                ElementsAre(R"(storage: "default" address: "tcp://g-1:8075" host: "g-1" port: 8075 )"
                            R"(token_present: true)"));
}

TEST(GitalyConfig, KeepsAStorageWhoseAddressIsUnclear) {
    const auto found =
        storages("repositories: {storages: {default: {path: /srv}, b: {gitaly_address: 'CANARY CANARY'}}}\n");
    EXPECT_THAT(texts(found), ElementsAre(R"(storage: "default")", R"(storage: "b")"));
    EXPECT_THAT(found.problems, SizeIs(2));
    EXPECT_THAT(storages("gitlab: {host: x}\n").problems, SizeIs(1));
    EXPECT_THAT(storages("repositories: {storages: CANARY}\n").problems, SizeIs(1));
}

TEST(GitalyConfig, DescribesTheServer) {
    const auto found = parse_gitaly_config(R"(
socket_path = "/var/opt/gitlab/gitaly/gitaly.socket"
listen_addr = ":8075"
tls_listen_addr = "10.8.0.41:9999"
prometheus_listen_addr = "localhost:9236"
[gitlab]
url = "https://bot:CANARY@git.mill.example?private_token=CANARY"
[auth]
token = "CANARY"
transitioning = true
[[storage]]
name = "gitaly-1"
path = "/var/opt/gitlab/git-data/repositories"
)",
                                           "/config.toml");
    ASSERT_THAT(found.items, SizeIs(1));
    EXPECT_THAT(found.problems, IsEmpty());
    EXPECT_EQ(
        found.items[0].server.ShortDebugString(),
        R"(storages { name: "gitaly-1" path: "/var/opt/gitlab/git-data/repositories" } )"
        R"(listen_address: "0.0.0.0:8075" tls_listen_address: "10.8.0.41:9999" )"
        R"(socket: "/var/opt/gitlab/gitaly/gitaly.socket" token_present: true auth_transitioning: true )"
        R"(internal_api_url: "https://git.mill.example")");
    ASSERT_THAT(found.items[0].listeners, SizeIs(3));
    EXPECT_EQ(found.items[0].listeners[1].ShortDebugString(),
              R"(service: "gitaly" address: "10.8.0.41" port: 9999 tls: true)");
}

TEST(GitalyConfig, SaysWhatIsMissingOrImpossible) {
    EXPECT_THAT(parse_gitaly_config("listen_addr = 'x:8075'\n", "/c").problems, SizeIs(1));
    EXPECT_THAT(
        parse_gitaly_config("listen_addr = 'CANARY'\n[[storage]]\nname = 'a'\npath = '/a'\n", "/c").problems,
        SizeIs(1));
    EXPECT_THAT(parse_gitaly_config("[[storage]]\nname = 'a'\npath = 'CANARY'\n", "/c").problems, SizeIs(2));
    EXPECT_THAT(parse_gitaly_config("storage = 3\nauth = 'CANARY'\ngitlab = []\n", "/c").problems, SizeIs(1));
    const auto torn = parse_gitaly_config("[auth\ntoken = CANARY", "/c");
    ASSERT_THAT(torn.problems, SizeIs(1));
    EXPECT_THAT(torn.problems[0].detail, Not(HasSubstr("CANARY")));
}

TEST(GitalyConfig, ReadsTheFilesystemId) {
    EXPECT_EQ(parse_gitaly_metadata(R"({"gitaly_filesystem_id":"7d1f0c2a"})", "/m").value(), "7d1f0c2a");
    EXPECT_EQ(parse_gitaly_metadata("{}", "/m").error().cause, v1::Gap::MALFORMED);
    EXPECT_EQ(parse_gitaly_metadata("", "/m").error().cause, v1::Gap::MALFORMED);
}

TEST(GitalyEndpoints, ShowNoPasswordOfAnAddressWithoutAtSign) {
    Parsed<v1::GitalyEndpoint> found;
    take_gitaly_storage("default", "tcp://u:CANARY:gitaly-1:8075", false, "/gitlab.yml", found);
    ASSERT_EQ(found.items.size(), 1u);
    EXPECT_EQ(found.items[0].ShortDebugString(), R"(storage: "default")");
    EXPECT_EQ(found.problems.size(), 1u);
}

}  // namespace
}  // namespace preflight::probes
