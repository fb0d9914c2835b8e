#include "probes/praefect_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

namespace preflight::probes {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr std::string_view cluster = R"(
listen_addr = "0.0.0.0:2305"
tls_listen_addr = "0.0.0.0:3305"
[auth]
token = "CANARY"
[database]
host = "pooler.mill.example"
port = 6432
dbname = "praefect_production"
user = "praefect"
password = "CANARY"
sslmode = "require"
[database.session_pooled]
host = "10.8.0.51"
port = 5432
[[virtual_storage]]
name = "default"
default_replication_factor = 2
  [[virtual_storage.node]]
  storage = "gitaly-1"
  address = "tcp://10.8.0.41:8075"
  token = "CANARY"
  [[virtual_storage.node]]
  storage = "gitaly-2"
  address = "tcp://10.8.0.42:8075"
)";

TEST(PraefectConfig, MapsVirtualStoragesToTheirNodes) {
    const auto found = parse_praefect_config(cluster, "/config.toml");
    ASSERT_THAT(found.items, SizeIs(1));
    EXPECT_THAT(found.problems, IsEmpty());
    ASSERT_THAT(found.items[0].virtual_storages, SizeIs(1));
    EXPECT_EQ(
        found.items[0].virtual_storages[0].ShortDebugString(),
        R"(name: "default" nodes { storage: "gitaly-1" address: "tcp://10.8.0.41:8075" token_present: true } )"
        R"(nodes { storage: "gitaly-2" address: "tcp://10.8.0.42:8075" } default_replication_factor: 2)");
    ASSERT_THAT(found.items[0].listeners, SizeIs(2));
    EXPECT_EQ(found.items[0].listeners[1].ShortDebugString(),
              R"(service: "praefect" address: "0.0.0.0" port: 3305 tls: true)");
}

TEST(PraefectConfig, HasADatabaseOfItsOwnAndADirectWayToIt) {
    const auto config = std::move(parse_praefect_config(cluster, "/config.toml").items.at(0));
    ASSERT_THAT(config.databases, SizeIs(2));
    EXPECT_EQ(config.databases[0].endpoint.ShortDebugString(),
              R"(purpose: "praefect" service: "praefect" host: "pooler.mill.example" port: 6432 )"
              R"(database: "praefect_production" user: "praefect" sslmode: "require")");
    EXPECT_EQ(config.databases[1].endpoint.ShortDebugString(),
              R"(purpose: "praefect_session_pooled" service: "praefect" host: "10.8.0.51" port: 5432 )"
              R"(database: "praefect_production" user: "praefect" sslmode: "require")");
}

TEST(PraefectConfig, KnowsTheOldNamesOfTheDirectWay) {
    const auto config =
        std::move(parse_praefect_config(
                      "[database]\nhost = 'a'\nport = 6432\nhost_no_proxy = 'b'\nport_no_proxy = 5432\n"
                      "[[virtual_storage]]\nname = 'v'\nnode = [{storage = 's', address = 'unix:/s'}]\n",
                      "/config.toml")
                      .items.at(0));
    ASSERT_THAT(config.databases, SizeIs(2));
    EXPECT_EQ(config.databases[1].endpoint.host(), "b");
    EXPECT_EQ(config.databases[1].endpoint.port(), 5432u);
}

TEST(PraefectConfig, SaysWhatIsMissingOrImpossible) {
    EXPECT_THAT(parse_praefect_config("", "/c").problems, SizeIs(2));
    EXPECT_THAT(
        parse_praefect_config("[database]\nhost = 'a b CANARY'\n[[virtual_storage]]\n", "/c").problems,
        SizeIs(2));
    EXPECT_THAT(parse_praefect_config("database = 1\nvirtual_storage = 'CANARY'\n", "/c").problems,
                SizeIs(2));
    EXPECT_THAT(parse_praefect_config("[database]\nhost = 'a'\nport = 99999\n", "/c").problems, SizeIs(2));
    for (const auto& problem : parse_praefect_config("[database]\npassword = CANARY\n", "/c").problems) {
        EXPECT_THAT(problem.detail, Not(HasSubstr("CANARY")));
    }
}

}  // namespace
}  // namespace preflight::probes
