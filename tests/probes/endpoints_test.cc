// Hostile files under the probe `endpoints`: each a gap with its cause, and what the other files say stays.

#include "probes/endpoints.h"

#include <algorithm>

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string etc = "/var/opt/gitlab/gitlab-rails/etc";
const std::string database_yml = etc + "/database.yml";

void fill(NodeTree& tree) {
    tree.file(etc + "/gitlab.yml",
              "production: {repositories: {storages: {default: {gitaly_address: 'tcp://g-1:8075'}}}}\n");
    tree.file(etc + "/resque.yml", "production: {url: 'redis://r-1'}\n");
}

bool has_redis(const std::vector<v1::Finding>& found) {
    return std::ranges::any_of(found, [](const auto& item) { return item.redis_endpoint().host() == "r-1"; });
}

std::string laughs() {
    std::string text = "production: &l0 {a: CANARY, b: CANARY}\n";
    for (int level = 1; level < 40; ++level) {
        const auto before = std::to_string(level - 1);
        text +=
            "k" + before + ": &l" + std::to_string(level) + " {a: *l" + before + ", b: *l" + before + "}\n";
    }
    return text;
}

TEST(HostileEndpoints, CostOneFileAndNoOther) {
    const std::vector<std::pair<std::string, v1::Gap::Cause>> cases = {
        {"", v1::Gap::MALFORMED},
        {"production: {main: {host: CANARY, port: [", v1::Gap::MALFORMED},
        {std::string("production:\0CANARY", 18), v1::Gap::MALFORMED},
        {"\xff\xd8\xff\xe0 CANARY", v1::Gap::MALFORMED},
        {"\x7f"
         "ELF\x02\x01 CANARY",
         v1::Gap::MALFORMED},
        {"production: CANARY", v1::Gap::MALFORMED},
        {"production: &a {main: *a}", v1::Gap::TOO_LARGE},
        {"production: &a\n  <<: *a\n", v1::Gap::TOO_LARGE},
        {laughs(), v1::Gap::TOO_LARGE},
        {std::string(200'000, '['), v1::Gap::TOO_LARGE},
        {std::string(5 * 1024 * 1024, 'x'), v1::Gap::TOO_LARGE},
    };
    for (const auto& [text, cause] : cases) {
        NodeTree tree;
        fill(tree);
        tree.file(database_yml, text);
        const auto found = tree.look(endpoints);
        EXPECT_THAT(found, Contains(gap(cause, database_yml))) << text.substr(0, 60);
        EXPECT_TRUE(has_redis(found)) << text.substr(0, 60);
        EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY"))) << text.substr(0, 60);
    }
}

TEST(HostileEndpoints, AreNotWaitedFor) {
    NodeTree tree;
    fill(tree);
    tree.fifo(database_yml).link(etc + "/cable.yml", etc + "/cable.yml").directory(etc + "/redis.cache.yml");
    const auto found = tree.look(endpoints);
    EXPECT_THAT(found, AllOf(Contains(gap(v1::Gap::REFUSED, database_yml)),
                             Contains(gap(v1::Gap::REFUSED, etc + "/cable.yml")),
                             Contains(gap(v1::Gap::REFUSED, etc + "/redis.cache.yml"))));
    EXPECT_TRUE(has_redis(found));
}

TEST(HostileEndpoints, FloodNothing) {
    NodeTree tree;
    fill(tree);
    std::string text = "production:\n";
    for (int count = 0; count < 5000; ++count) text += "  d" + std::to_string(count) + ": {host: db}\n";
    for (int count = 0; count < 5000; ++count) text += "  e" + std::to_string(count) + ": {host: '@'}\n";
    tree.file(database_yml, text);
    const auto found = tree.look(endpoints);
    EXPECT_LT(found.size(), 500u);
    EXPECT_THAT(found, Contains(gap(v1::Gap::DROPPED, database_yml)));
}

TEST(HostileEndpoints, LeaveEachServiceItsOwnGap) {
    NodeTree tree;
    const std::string root = "/var/opt/gitlab";
    for (const auto* file :
         {"/gitaly/config.toml", "/praefect/config.toml", "/patroni/patroni.yaml", "/redis/redis.conf",
          "/pgbouncer/pgbouncer.ini", "/registry/config.yml", "/gitlab-workhorse/config.toml"}) {
        tree.file(root + file, std::string("[CANARY\0\xff", 9));
    }
    tree.file(root + "/postgresql/data/PG_VERSION", "CANARY")
        .file(root + "/postgresql/data/postgresql.conf", "\xff");
    tree.file("/opt/gitlab/embedded/nodes/x.json", "{\"CANARY");
    const auto found = tree.look(endpoints);
    for (const auto* file :
         {"/gitaly/config.toml", "/praefect/config.toml", "/patroni/patroni.yaml", "/redis/redis.conf",
          "/pgbouncer/pgbouncer.ini", "/registry/config.yml", "/gitlab-workhorse/config.toml",
          "/postgresql/data/PG_VERSION", "/postgresql/data/postgresql.conf"}) {
        EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, root + file))) << file;
    }
    EXPECT_THAT(found, Contains(gap(v1::Gap::MALFORMED, "/opt/gitlab/embedded/nodes/x.json")));
    EXPECT_THAT(bytes_of(found), Not(HasSubstr("CANARY")));
}

}  // namespace
}  // namespace preflight::probes
