#include "collector/stored_key.h"

#include <gtest/gtest.h>

#include "tests/collector/collector_server.h"

namespace preflight::collector {
namespace {

TEST(StoredKey, ComesWithTheWelcomeOfEveryAgent) {
    const CollectorServer server;
    const CollectorServer of_another_instance;
    const auto key_for = [](const CollectorServer& of, const v1::Node& agent) {
        return RawAgent(of).connect(agent).value().fingerprint_key();
    };
    const auto key = key_for(server, node("web1"));
    EXPECT_EQ(key.size(), 32U);
    EXPECT_EQ(key_for(server, node("git1")), key);
    EXPECT_NE(key_for(of_another_instance, node("web1")), key);
}

}  // namespace
}  // namespace preflight::collector
