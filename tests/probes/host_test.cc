#include "probes/host.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "probes/addresses.h"

namespace preflight::probes {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

TEST(Host, TellsMachinesApartWithoutTheirIds) {
    const std::string id = "0123456789abcdef0123456789abcdef";
    const auto digest = machine_digest(id);
    EXPECT_THAT(digest, SizeIs(64));
    EXPECT_EQ(digest.find(id), std::string::npos);
    EXPECT_NE(digest, machine_digest("fedcba9876543210fedcba9876543210"));
    EXPECT_EQ(digest, machine_digest(id));
}

TEST(Host, FindsItsOwnLinesOfHosts) {
    const auto entries = entries_of(
        "127.0.0.1 localhost\n10.1.2.3 web1.example.test web1 # own\n10.1.2.4 web10.example.test web10\n",
        "web1");
    ASSERT_THAT(entries, SizeIs(1));
    EXPECT_EQ(entries[0].address, "10.1.2.3");
    EXPECT_THAT(entries[0].names, ElementsAre("web1.example.test", "web1"));
}

TEST(Host, ReadsMemoryInBytes) {
    EXPECT_EQ(memory_in("MemTotal:       16318412 kB\nMemFree: 1 kB\n", "MemTotal"), 16318412ULL * 1024);
    EXPECT_EQ(memory_in("MemTotal: much\n", "MemTotal"), std::nullopt);
    EXPECT_EQ(memory_in("MemTotal: 18446744073709551615 kB\n", "MemTotal"), std::nullopt);
    EXPECT_EQ(memory_in("", "MemTotal"), std::nullopt);
}

TEST(Host, KnowsHowFarItsClockIsOff) {
    timex clock{};
    clock.offset = -1500;
    clock.esterror = 250;
    EXPECT_EQ(clock_state_of(clock).offset_microseconds, -1500);
    EXPECT_EQ(clock_state_of(clock).error_microseconds, 250U);
    clock.status = STA_PLL | STA_NANO;
    clock.offset = -1'500'999;
    EXPECT_TRUE(clock_state_of(clock).synchronised);
    EXPECT_EQ(clock_state_of(clock).offset_microseconds, -1500);
    clock.esterror = -1;
    EXPECT_EQ(clock_state_of(clock).error_microseconds, 0U);
}

TEST(Host, SaysNothingOfAClockThatNobodyKeeps) {
    timex clock{};
    clock.status = STA_UNSYNC | STA_NANO;
    clock.offset = 5'000'000;
    clock.esterror = 16'000'000;
    const auto state = clock_state_of(clock);
    EXPECT_FALSE(state.synchronised);
    EXPECT_EQ(state.offset_microseconds, 0);
    EXPECT_EQ(state.error_microseconds, 0U);
}

TEST(Host, CountsProcessors) {
    EXPECT_EQ(processors_in("0-3,8"), 5U);
    EXPECT_EQ(processors_in("0"), 1U);
    EXPECT_EQ(processors_in("3-0"), std::nullopt);
    EXPECT_EQ(processors_in("0-99999999999"), std::nullopt);
    EXPECT_EQ(processors_in(""), std::nullopt);
}

TEST(Host, NamesOnlyAddressesThatOthersReach) {
    for (const auto* address : {"10.1.2.3", "192.0.2.7", "2001:db8::7"})
        EXPECT_TRUE(is_foreign_reachable(address));
    for (const auto* address : {"127.0.1.1", "169.254.3.4", "0.0.0.0", "::1", "fe80::1", "::", "web1", ""}) {
        EXPECT_FALSE(is_foreign_reachable(address)) << address;
    }
}

}  // namespace
}  // namespace preflight::probes
