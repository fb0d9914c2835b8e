#include "probes/gitaly_authorization.h"

#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

TEST(GitalyAuthorization, IsTheKeyedDigestOfTheTime) {
    EXPECT_EQ(gitaly_authorization(Secret("secret"), 1'700'000'000).reveal(),
              "Bearer v2.4b227f8831b3763d066901751ad4c583ed08832bf1924a4ec50c2e871b1e8586.1700000000");
}

}  // namespace
}  // namespace preflight::probes
