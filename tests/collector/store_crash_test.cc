// What the store holds when its writer dies or its disk is full.
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <functional>

#include "collector/store.h"
#include "tests/collector/deliveries.h"

namespace preflight::collector {
namespace {

const v1::Node web1 = node("web1.example.com");

// Runs `work` in a process of its own; what it returns is the exit status.
pid_t in_child(const std::function<int()>& work) {
    const pid_t child = ::fork();
    if (child == 0) ::_exit(work());
    return child;
}

int wait_for(pid_t child) {
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
}

TEST(StoreAfterACrash, HoldsEveryRecordThatAppendAnsweredFor) {
    const TemporaryFolder folder;
    int answered[2];
    ASSERT_EQ(::pipe(answered), 0);
    const auto child = in_child([&] {
        auto store = Store::open(folder / "store.sqlite", Store::Mode::read_write);
        if (!store || !store->append({delivery(web1, "a", {started(web1, "a")})})) return 1;
        for (std::uint64_t sequence = 2; sequence < 50'000; ++sequence) {
            if (!store->append({delivery(web1, "a", {found(sequence)})})) return 1;
            if (::write(answered[1], &sequence, sizeof sequence) != sizeof sequence) return 1;
        }
        return 0;
    });
    ::close(answered[1]);
    std::uint64_t last_answered = 0;
    while (last_answered < 40) {
        ASSERT_EQ(::read(answered[0], &last_answered, sizeof last_answered),
                  static_cast<ssize_t>(sizeof last_answered));
    }
    ::kill(child, SIGKILL);
    ASSERT_TRUE(WIFSIGNALED(wait_for(child)));
    while (::read(answered[0], &last_answered, sizeof last_answered) == sizeof last_answered) {
    }
    ::close(answered[0]);

    auto store = Store::open(folder / "store.sqlite", Store::Mode::read_write);
    ASSERT_TRUE(store);
    const auto last = *store->last_sequence(web1.id(), "a");
    EXPECT_GE(last, last_answered);
    EXPECT_LE(last, last_answered + 1);
    ASSERT_TRUE(store->append({delivery(web1, "a", {finished(last + 1)})}));
    EXPECT_EQ(store->fleet()->nodes[0].inspection.findings_size(), static_cast<int>(last - 1));
}

TEST(StoreOnAFullDisk, RefusesWithoutKeepingHalfAndGoesOnWhenThereIsRoom) {
    const TemporaryFolder folder;
    const auto child = in_child([&] {
        std::signal(SIGXFSZ, SIG_IGN);
        auto store = Store::open(folder / "store.sqlite", Store::Mode::read_write);
        if (!store || !store->append({whole(web1, "small")})) return 1;
        rlimit limit{};
        ::getrlimit(RLIMIT_FSIZE, &limit);
        const rlimit full{512 * 1024, limit.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &full);
        const auto large = whole(web1, "large", noon + 1, 2000, std::string(1000, 'x'));
        const auto refused = store->append({large});
        if (refused || refused.error().cause == v1::Gap::MALFORMED) return 2;
        if (*store->last_sequence(web1.id(), "large") != 0) return 3;
        if (store->fleet()->nodes.front().inspection.id() != "small") return 4;
        ::setrlimit(RLIMIT_FSIZE, &limit);
        if (!store->append({large})) return 5;
        return store->fleet()->nodes.front().inspection.id() == "large" ? 0 : 6;
    });
    EXPECT_EQ(wait_for(child), 0);
}

}  // namespace
}  // namespace preflight::collector
