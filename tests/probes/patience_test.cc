#include "probes/patience.h"

#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;

const Patience::Clock::time_point begin;

TEST(Patience, SharesItselfOutEvenly) {
    const Patience patience(begin + 12s);
    EXPECT_EQ(patience.next(4, begin), begin + 3s);
    EXPECT_EQ(patience.next(1, begin), begin + 12s);
}

TEST(Patience, HandsOnWhatWasLeftOver) {
    const Patience patience(begin + 13s);
    EXPECT_EQ(patience.next(3, begin + 1s), begin + 5s);
}

TEST(Patience, EndsBeforeAShareIsTooSmallToBeOfUse) {
    const Patience patience(begin + 12s);
    EXPECT_EQ(patience.next(100, begin), begin + 1s);
    EXPECT_TRUE(patience.left(begin + 11s));
    EXPECT_FALSE(patience.left(begin + 11s + 1ms));
}

}  // namespace
}  // namespace preflight::probes
