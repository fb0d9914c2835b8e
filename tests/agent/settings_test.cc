#include "agent/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

namespace preflight::agent {
namespace {

using ::testing::HasSubstr;

TEST(AgentSettings, TakeEveryKeyOfTheFile) {
    const auto settings = parse_settings(R"(
        collector = "localhost:9000"
        spool = "/srv/spool"
        account = "someone"
        every_minutes = 5
        inspection_limit_seconds = 30
        proof_limit_seconds = 600
        spool_limit_megabytes = 2
        spool_limit_days = 3
    )",
                                         "agent.toml")
                              .value();
    EXPECT_EQ(settings.collector.text(), "localhost:9000");
    EXPECT_EQ(settings.spool, "/srv/spool");
    EXPECT_EQ(settings.account, "someone");
    EXPECT_EQ(settings.every, std::chrono::minutes(5));
    EXPECT_EQ(settings.inspection_limit, std::chrono::seconds(30));
    EXPECT_EQ(settings.proof_limit, std::chrono::seconds(600));
    EXPECT_EQ(settings.spool_limits.bytes, 2U * 1024 * 1024);
    EXPECT_EQ(settings.spool_limits.age, std::chrono::hours(72));
}

TEST(AgentSettings, HaveDefaultsThatStayOnThisMachine) {
    const auto settings = parse_settings("", "agent.toml").value();
    EXPECT_EQ(settings.collector.text(), "127.0.0.1:8473");
    EXPECT_EQ(refuse(settings), "");
}

TEST(AgentSettings, RefuseACollectorOnAnotherMachine) {
    const auto settings = parse_settings("collector = \"10.0.0.1:8473\"", "agent.toml").value();
    EXPECT_THAT(refuse(settings), HasSubstr("10.0.0.1:8473 is not on this machine"));
}

struct Wrong {
    const char* text;
    const char* said;
};

class WrongAgentSettings : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongAgentSettings, AreNamedWithTheirLineAndWhatIsRight) {
    const auto settings = parse_settings(GetParam().text, "agent.toml");
    ASSERT_TRUE(settings.has_error());
    EXPECT_EQ(settings.error().source, "agent.toml");
    EXPECT_THAT(settings.error().detail, HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    Of, WrongAgentSettings,
    ::testing::Values(Wrong{"\ncolector = \"x\"", "line 2: there is no setting 'colector'"},
                      Wrong{"collector = 8473", "line 1: 'collector' must be a text HOST:PORT"},
                      Wrong{"collector = \":\"", "'collector' must be"},
                      Wrong{"every_minutes = 0", "from 1 to 525600"},
                      Wrong{"every_minutes = \"5\"", "from 1 to 525600"},
                      Wrong{"spool_limit_megabytes = 99999", "from 1 to 4096"},
                      Wrong{"inspection_limit_seconds = -1", "from 1 to 600"},
                      Wrong{"spool = 1", "the folder's path"}, Wrong{"account = [", "line 1: not TOML"},
                      Wrong{"[[[", "not TOML"}));

// The commented file that is shipped shows every key, and its defaults are the program's.
TEST(AgentSettings, AreAllShownInTheShippedFile) {
    std::ostringstream text;
    text << std::ifstream(std::filesystem::path(PREFLIGHT_SOURCE_DIR) / "systemd/agent.toml").rdbuf();
    auto uncommented = text.str();
    for (auto at = uncommented.find("\n#"); at != std::string::npos; at = uncommented.find("\n#", at + 1)) {
        if (uncommented.find(" = ", at) < uncommented.find('\n', at + 1)) uncommented.erase(at + 1, 1);
    }
    const auto shown = parse_settings(uncommented, "agent.toml").value();
    const auto defaults = parse_settings("", "agent.toml").value();
    EXPECT_EQ(shown.collector, defaults.collector);
    EXPECT_EQ(shown.spool, defaults.spool);
    EXPECT_EQ(shown.account, defaults.account);
    EXPECT_EQ(shown.every, defaults.every);
    EXPECT_EQ(shown.inspection_limit, defaults.inspection_limit);
    EXPECT_EQ(shown.spool_limits.bytes, defaults.spool_limits.bytes);
    EXPECT_EQ(shown.spool_limits.age, defaults.spool_limits.age);
}

}  // namespace
}  // namespace preflight::agent
