// With what each service comes to its Redis, by its own configuration.

#include "probes/redis_login.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/redis_clients.h"
#include "probes/redis_conf.h"
#include "probes/redis_config.h"

namespace preflight::probes {
namespace {

RedisClient only(Parsed<RedisClient> found) {
    EXPECT_EQ(found.items.size(), 1u);
    EXPECT_TRUE(found.problems.empty());
    return found.items.empty() ? RedisClient() : std::move(found.items[0]);
}

RedisClient resque(const std::string& production) {
    return only(parse_redis_yml("production: {" + production + "}\n", "default", "/resque.yml"));
}

TEST(RedisLogin, IsDecodedFromTheUrl) {
    const auto client = resque("url: 'redis://gitlab:p%40ss%2Fw%3Ard@10.8.0.5'");
    const auto workhorse =
        only(parse_workhorse_redis("[redis]\nURL = \"redis://:p%40CANARY@10.8.0.5\"\n", "/c"));
    EXPECT_EQ(workhorse.server.password.reveal(), "p@CANARY");
    EXPECT_EQ(client.server.user.reveal(), "gitlab");
    EXPECT_EQ(client.server.password.reveal(), "p@ss/w:rd");
    EXPECT_FALSE(client.server.tls);
    EXPECT_EQ(resque("url: 'redis://:a:b@10.8.0.5'").server.password.reveal(), "a:b");
    EXPECT_FALSE(resque("url: 'redis://10.8.0.5'").server.password.present());
    EXPECT_FALSE(resque("url: 'unix:/run/redis.socket'").server.password.present());
    EXPECT_EQ(parse_redis_yml("production: {url: 'redis://:%zz@a'}\n", "x", "/x.yml").problems.size(), 1u);
}

TEST(RedisLogin, IsWhatStandsBesideTheUrl) {
    const auto client = resque("url: 'redis://:old@10.8.0.5', username: gitlab, password: 'new'");
    EXPECT_EQ(client.server.user.reveal(), "gitlab");
    EXPECT_EQ(client.server.password.reveal(), "new");
    EXPECT_FALSE(client.server.elsewhere);
    EXPECT_TRUE(resque("url: 'redis://10.8.0.5', secret_file: /etc/redis.yml.enc").server.elsewhere);
    EXPECT_TRUE(resque("url: 'redis://10.8.0.5', config_command: /bin/x").server.elsewhere);
}

TEST(RedisLogin, TakesItsCertificatesFromTheSettings) {
    const auto client = resque(
        "url: 'rediss://10.8.0.5', ssl_params: {ca_file: /ca.crt, ca_path: /certs, cert_file: /c.crt, "
        "key_file: /c.key}");
    ASSERT_TRUE(client.server.tls);
    EXPECT_EQ(*client.server.tls, (TlsFiles{"/ca.crt", "/certs", "/c.crt", "/c.key", true}));
    EXPECT_FALSE(resque("url: 'rediss://10.8.0.5', ssl_params: {verify_mode: 0}").server.tls->verify);
}

TEST(RedisLogin, IsAnotherForSentinels) {
    const std::string url = "url: 'rediss://:pw@mill-redis', sentinel_password: 'sentinel-pw', ";
    const auto plain = resque(url + "sentinels: [{host: s-1}]");
    EXPECT_EQ(plain.server.password.reveal(), "pw");
    EXPECT_TRUE(plain.server.tls);
    EXPECT_EQ(plain.sentinel.password.reveal(), "sentinel-pw");
    EXPECT_FALSE(plain.sentinel.tls);
    const auto tls = resque(url + "sentinels: [{host: s-1, ssl: true, ssl_params: {ca_file: /s.crt}}]");
    EXPECT_EQ(tls.sentinel.tls->ca_file, "/s.crt");
    const auto inherited = resque(url + "ssl: true, ssl_params: {ca_file: /r.crt}, sentinels: [{host: s-1}]");
    EXPECT_EQ(inherited.sentinel.tls->ca_file, "/r.crt");
    EXPECT_FALSE(resque(url + "ssl: true, sentinels: [{host: s-1, ssl: false}]").sentinel.tls);
}

TEST(RedisLogin, IsReadForEachServiceBesideRails) {
    const auto workhorse =
        only(parse_workhorse_redis("[redis]\nURL = \"rediss://10.8.0.5\"\nPassword = "
                                   "\"pw\"\n[redis.tls]\nca_certificate = \"/ca.crt\"\n",
                                   "/c"));
    EXPECT_EQ(workhorse.server.password.reveal(), "pw");
    EXPECT_EQ(workhorse.server.tls->ca_file, "/ca.crt");
    const auto kas =
        only(parse_kas_redis("redis: {sentinel: {master_name: m, addresses: ['s-1:26379'], "
                             "sentinel_password_file: /s.pw}, username: kas, "
                             "password_file: /k.pw, tls: {enabled: true, ca_certificate_file: /ca.crt}}\n",
                             "/kas.yml"));
    EXPECT_EQ(kas.server.user.reveal(), "kas");
    EXPECT_EQ(kas.server.password_file, "/k.pw");
    EXPECT_EQ(kas.sentinel.password_file, "/s.pw");
    EXPECT_EQ(kas.sentinel.tls->ca_file, "/ca.crt");
    const auto registry =
        only(parse_registry_redis("redis: {cache: {enabled: true, addr: 'r-1:6379', username: reg, password: "
                                  "pw, tls: {enabled: true}}}\n",
                                  "/r"));
    EXPECT_EQ(registry.server.user.reveal(), "reg");
    EXPECT_EQ(registry.server.password.reveal(), "pw");
    EXPECT_TRUE(registry.server.tls);
}

TEST(RedisLogin, OfTheNodesOwnServerIsItsRequirepass) {
    const auto login = parse_redis_conf_login("# requirepass no\nrequirepass \"p w\"\ntls-port 0\n");
    EXPECT_EQ(login.password.reveal(), "p w");
    EXPECT_FALSE(login.tls);
    const auto tls = parse_redis_conf_login(
        "requirepass 'pw'\ntls-port 6380\ntls-cert-file /r.crt\ntls-key-file /r.key\n");
    EXPECT_EQ(tls.password.reveal(), "pw");
    EXPECT_EQ(*tls.tls, (TlsFiles{"", "", "/r.crt", "/r.key", false}));
}

TEST(RedisLogin, OfTheNodesOwnServerIsQuotedAsRedisDoes) {
    const auto password = [](const std::string& line) {
        const auto login = parse_redis_conf_login("requirepass " + line + "\n");
        return std::string(login.password.reveal());
    };
    EXPECT_EQ(password("plain"), "plain");
    EXPECT_EQ(password(R"("a\"b\\c\x41\n")"), "a\"b\\cA\n");
    EXPECT_EQ(password(R"('it\'s\n')"), R"(it's\n)");
    EXPECT_EQ(password(R"("torn)"), "torn");
    EXPECT_EQ(password(R"("")"), "");
}

TEST(RedisLogin, IsEqualByItsContent) {
    EXPECT_TRUE(resque("url: 'redis://:pw@a'").server == resque("url: 'redis://b', password: pw").server);
    EXPECT_FALSE(resque("url: 'redis://:pw@a'").server == resque("url: 'redis://:other@a'").server);
    EXPECT_FALSE(resque("url: 'redis://a'").server == resque("url: 'rediss://a'").server);
}

}  // namespace
}  // namespace preflight::probes
