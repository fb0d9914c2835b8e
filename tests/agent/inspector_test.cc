#include "agent/inspector.h"

#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <boost/asio.hpp>
#include <csignal>
#include <fstream>
#include <vector>

#include "agent/channel.h"
#include "preflight/v1/inspection.pb.h"

namespace preflight::agent {
namespace {

namespace asio = boost::asio;

// An inspector with a child that it did not start itself, and that has ended.
[[noreturn]] void inspect_with_a_stray(int descriptor) {
    if (::fork() == 0) ::_exit(0);
    siginfo_t ended{};
    ::waitid(P_ALL, 0, &ended, WEXITED | WNOWAIT);
    ::_exit(run_inspector(descriptor, v1::Node{}, RunnerOptions{}, {}));
}

std::vector<pid_t> children_of(pid_t process) {
    const auto own = std::to_string(process);
    std::ifstream list("/proc/" + own + "/task/" + own + "/children");
    EXPECT_TRUE(list.is_open());
    std::vector<pid_t> children;
    for (pid_t id = 0; list >> id;) children.push_back(id);
    return children;
}

asio::awaitable<void> order_inspection(Channel& channel, std::string id) {
    v1::InspectorRequest request;
    request.set_inspection_id(id);
    channel.send(request);
    for (v1::InspectorReply reply; !reply.record().has_finished();) {
        const auto payload = co_await channel.receive();
        EXPECT_TRUE(payload && reply.ParseFromString(*payload));
        if (!payload) co_return;
        EXPECT_EQ(reply.inspection_id(), id);
    }
}

TEST(Inspector, CollectsChildrenThatNobodyKnowsOf) {
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
    const auto inspector = ::fork();
    if (inspector == 0) {
        ::close(ends[0]);
        inspect_with_a_stray(ends[1]);
    }
    ::close(ends[1]);
    asio::io_context loop(1);
    Channel channel(loop.get_executor(), ends[0]);
    std::size_t left = 1;
    asio::co_spawn(
        loop,
        [&]() -> asio::awaitable<void> {
            co_await order_inspection(channel, "first");
            co_await order_inspection(channel, "second");  // begins when all of the first is over
            left = children_of(inspector).size();
            channel.close();
        },
        asio::detached);
    loop.run();
    EXPECT_EQ(left, 0U);
    int status = -1;
    EXPECT_EQ(::waitpid(inspector, &status, 0), inspector);
    EXPECT_EQ(status, 0);
}

}  // namespace
}  // namespace preflight::agent
