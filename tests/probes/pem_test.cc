#include "probes/pem.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;

TEST(Pem, SeesTheFramesOfAFile) {
    const auto frames = parse_pem_frames(
        "subject=CN = git.example.org\n-----BEGIN CERTIFICATE-----\r\nMIIB\r\n-----END CERTIFICATE-----\r\n"
        "-----BEGIN EC PRIVATE KEY-----\nMHcC\n-----END EC PRIVATE KEY-----");
    EXPECT_THAT(frames.labels, ElementsAre("CERTIFICATE", "EC PRIVATE KEY"));
    EXPECT_TRUE(frames.whole);
    EXPECT_TRUE(frames.has_certificate());
    EXPECT_TRUE(frames.has_private_key());
}

TEST(Pem, CallsTornFramesNotWhole) {
    for (const std::string_view text :
         {"", "MIIB", "-----BEGIN CERTIFICATE-----\nMIIB\n", "-----END CERTIFICATE-----\n",
          "-----BEGIN A-----\n-----END B-----\n", "-----BEGIN A-----\n-----BEGIN A-----\n-----END A-----\n",
          "-----BEGIN -----\n-----END -----\n", "-----BEGIN A-----MIIB-----END A-----"}) {
        EXPECT_FALSE(parse_pem_frames(text).whole) << text;
    }
}

}  // namespace
}  // namespace preflight::probes
