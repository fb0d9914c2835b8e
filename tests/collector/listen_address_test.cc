#include "collector/listen_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::collector {
namespace {

TEST(ListenAddress, TakesLoopback) {
    EXPECT_EQ(*loopback_address("127.0.0.1:8473"), "127.0.0.1:8473");
    EXPECT_EQ(*loopback_address("127.8.0.3:0"), "127.8.0.3:0");
    EXPECT_EQ(*loopback_address("[::1]:8473"), "[::1]:8473");
    EXPECT_EQ(*loopback_address("localhost:9"), "127.0.0.1:9");
    EXPECT_EQ(*loopback_address("127.0.0.1"), "127.0.0.1:8473");
}

TEST(ListenAddress, RefusesWhatOthersCanReachAndSaysWhy) {
    for (const auto* open : {"0.0.0.0:8473", "[::]:8473", "192.0.2.7:8473", "[::ffff:127.0.0.1]:8473"}) {
        const auto refused = loopback_address(open);
        ASSERT_FALSE(refused) << open;
        EXPECT_EQ(refused.error().cause, v1::Gap::REFUSED) << open;
        EXPECT_THAT(refused.error().detail, ::testing::HasSubstr("certificates")) << open;
    }
}

TEST(ListenAddress, RefusesNonsenseAndSaysHowItIsRight) {
    for (const auto* nonsense : {"", ":", "8473", "127.0.0.1:", "127.0.0.1:65536", "127.0.0.1:-1",
                                 "127.0.0.1:84x", "::1:8473", "web1.example.com:8473", "unix:/x:1"}) {
        const auto refused = loopback_address(nonsense);
        ASSERT_FALSE(refused) << nonsense;
        EXPECT_EQ(refused.error().cause, v1::Gap::MALFORMED) << nonsense;
        EXPECT_THAT(refused.error().detail, ::testing::HasSubstr("127.0.0.1:8473")) << nonsense;
    }
}

}  // namespace
}  // namespace preflight::collector
