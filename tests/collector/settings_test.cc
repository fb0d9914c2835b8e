#include "collector/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

#include "tests/collector/deliveries.h"

namespace preflight::collector {
namespace {

using std::chrono::hours;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

std::string complaint(std::string_view text) {
    const auto settings = parse_settings(text, "collector.toml");
    return settings ? "taken" : settings.error().source + ": " + settings.error().detail;
}

TEST(CollectorSettings, AreAllOptional) {
    const auto settings = parse_settings("", "collector.toml");
    EXPECT_THAT(settings->listen, ElementsAre("127.0.0.1:8473"));
    EXPECT_EQ(settings->store, "/var/lib/gitlab-preflight-collector/store.sqlite");
    EXPECT_EQ(settings->backup_age, hours(24));
    EXPECT_EQ(settings->inspection_age, hours(24));
    EXPECT_THAT(settings->external, IsEmpty());
    EXPECT_EQ(settings->knowledge, "/etc/gitlab-preflight/knowledge.d");
    EXPECT_EQ(settings->knowledge_key, "");
    EXPECT_THAT(settings->expected_nodes, IsEmpty());
    EXPECT_EQ(settings->acceptances, "/etc/gitlab-preflight/acceptances.yml");
}

TEST(CollectorSettings, TakeEveryKey) {
    const auto settings = parse_settings(R"(
listen = ["127.0.0.1:9000", "[::1]:9000"]
store = "/srv/preflight/store.sqlite"
[report]
backup_age_hours = 48
inspection_age_hours = 6
external = ["db.example.com:5432"]
expected_nodes = ["web1.example.com", "web2.example.com"]
acceptances = "/srv/preflight/acceptances.yml"
[knowledge]
directory = "/srv/preflight/knowledge"
public_key = "/srv/preflight/knowledge.pem"
)",
                                         "collector.toml");
    EXPECT_THAT(settings->listen, ElementsAre("127.0.0.1:9000", "[::1]:9000"));
    EXPECT_EQ(settings->store, "/srv/preflight/store.sqlite");
    EXPECT_EQ(settings->backup_age, hours(48));
    EXPECT_EQ(settings->inspection_age, hours(6));
    EXPECT_THAT(settings->external, ElementsAre("db.example.com:5432"));
    EXPECT_THAT(settings->expected_nodes, ElementsAre("web1.example.com", "web2.example.com"));
    EXPECT_EQ(settings->acceptances, "/srv/preflight/acceptances.yml");
    EXPECT_EQ(settings->knowledge, "/srv/preflight/knowledge");
    EXPECT_EQ(settings->knowledge_key, "/srv/preflight/knowledge.pem");
}

TEST(CollectorSettings, AreWhatTheShippedFileSays) {
    const auto shipped = load_settings(PREFLIGHT_SOURCE_DIR "/systemd/collector.toml");
    ASSERT_TRUE(shipped) << shipped.error().source << shipped.error().detail;
    EXPECT_EQ(shipped->listen, Settings().listen);
    EXPECT_EQ(shipped->store, Settings().store);
    EXPECT_EQ(shipped->backup_age, Settings().backup_age);
    EXPECT_EQ(shipped->inspection_age, Settings().inspection_age);
    EXPECT_EQ(shipped->knowledge, Settings().knowledge);
    EXPECT_EQ(shipped->knowledge_key, Settings().knowledge_key);
}

TEST(CollectorSettings, NameTheLineOfAnUnknownKeyAndTheKnownOnes) {
    EXPECT_EQ(complaint("store = \"/a\"\nlisten_on = \"127.0.0.1:1\"\n"),
              "collector.toml:2: no such key here; known are listen, store, report, knowledge");
    EXPECT_EQ(
        complaint("[report]\n\nbackup_age = 3\n"),
        "collector.toml:3: no such key here; known are backup_age_hours, inspection_age_hours, external,"
        " expected_nodes, acceptances");
}

TEST(CollectorSettings, SayWhatIsRightForAWrongValue) {
    EXPECT_THAT(complaint("listen = 8473"), HasSubstr("collector.toml:1: listen is an address"));
    EXPECT_THAT(complaint("listen = []"), HasSubstr("collector.toml:1: listen is an address"));
    EXPECT_THAT(complaint("listen = \"0.0.0.0:8473\""), HasSubstr("certificates"));
    EXPECT_THAT(complaint("store = \"store.sqlite\""), HasSubstr("store is an absolute path"));
    EXPECT_THAT(complaint("report = 1"), HasSubstr("[report]"));
    EXPECT_THAT(complaint("knowledge = \"/srv\""), HasSubstr("[knowledge]"));
    EXPECT_THAT(complaint("[knowledge]\ndirectory = \"knowledge.d\""),
                HasSubstr("collector.toml:2: directory is an absolute path"));
    EXPECT_THAT(complaint("[knowledge]\npublic_key = 1"), HasSubstr("public_key is an absolute path"));
    EXPECT_THAT(complaint("[report]\nbackup_age_hours = \"24\""),
                HasSubstr("collector.toml:2: backup_age_hours is a"));
    EXPECT_THAT(complaint("[report]\nbackup_age_hours = 0"), HasSubstr("whole number from 1"));
    EXPECT_THAT(complaint("[report]\ninspection_age_hours = 9223372036854775807"),
                HasSubstr("whole number from 1"));
    EXPECT_THAT(complaint("[report]\nacceptances = \"a.yml\""), HasSubstr("acceptances is an absolute path"));
    EXPECT_THAT(complaint("[report]\nexternal = [1]"), HasSubstr("external is a list"));
    EXPECT_THAT(complaint("[report]\nexpected_nodes = [\"\"]"), HasSubstr("expected_nodes is a list"));
    EXPECT_THAT(complaint("[report]\nexpected_nodes = \"\""), HasSubstr("expected_nodes is a list"));
    EXPECT_THAT(complaint("[knowledge]\npublic_key = \"\""), HasSubstr("public_key is an absolute path"));
}

TEST(CollectorSettings, NeverQuoteAFileThatIsNotToml) {
    EXPECT_EQ(complaint("listen = [\npassword: CANARY-4711\n"), "collector.toml:2: this is not TOML");
    EXPECT_THAT(complaint("CANARY_4711 = 1"), Not(HasSubstr("CANARY")));
    EXPECT_THAT(complaint("listen = \"CANARY-4711\""), Not(HasSubstr("CANARY")));
    EXPECT_THAT(complaint(std::string_view("\0\xff\xfe", 3)), HasSubstr("this is not TOML"));
    EXPECT_EQ(complaint("[[[report"), "collector.toml:1: this is not TOML");
    EXPECT_EQ(complaint("[!]"), "collector.toml:1: this is not TOML");
    EXPECT_THAT(complaint(std::string(100'000, '[')), HasSubstr("this is not TOML"));
}

TEST(CollectorSettings, MustBeThereWhenNamed) {
    const TemporaryFolder folder;
    EXPECT_EQ(load_settings(folder / "no.toml").error().cause, v1::Gap::ABSENT);
    EXPECT_EQ(load_settings("/dev/zero").error().cause, v1::Gap::REFUSED);
    std::ofstream(folder / "large.toml") << std::string(1024 * 1024 + 1, '#');
    EXPECT_EQ(load_settings(folder / "large.toml").error().cause, v1::Gap::TOO_LARGE);
}

}  // namespace
}  // namespace preflight::collector
