#include "probes/runit.h"

#include "tests/probes/node_tree.h"

namespace preflight::probes {
namespace {

constexpr auto definition = "/opt/gitlab/sv/puma";
constexpr auto status_file = "/opt/gitlab/sv/puma/supervise/status";

// 20 bytes as runsv writes them: TAI64N, process id (little endian), paused, wanted, terminated, state.
std::string status_bytes(char process_id, char state) {
    std::string bytes("\x40\0\0\0\x68\xa0\0\0\0\0\0\0", 12);
    return bytes + process_id + std::string(3, '\0') + std::string("\0u\0", 3) + state;
}

TEST(Runit, ReadsTheStatusBytes) {
    const auto running = parse_runit_status(status_bytes('\x2a', '\1'), "f");
    EXPECT_EQ(running->state, v1::Service::RUNNING);
    EXPECT_EQ(running->process_id, 42U);
    EXPECT_EQ(parse_runit_status(status_bytes('\0', '\0'), "f")->state, v1::Service::DOWN);
    EXPECT_EQ(parse_runit_status(status_bytes('\1', '\2'), "f")->state, v1::Service::FINISHING);
}

TEST(Runit, RefusesBytesOfAnotherForm) {
    EXPECT_EQ(parse_runit_status("", "f").error().cause, v1::Gap::MALFORMED);
    EXPECT_EQ(parse_runit_status(std::string(19, '\0'), "f").error().cause, v1::Gap::MALFORMED);
    EXPECT_EQ(parse_runit_status(std::string(20, '\7'), "f").error().cause, v1::Gap::MALFORMED);
    EXPECT_EQ(parse_runit_stat("walking", "f").error().cause, v1::Gap::MALFORMED);
}

TEST(Runit, ReadsTheTextWhereTheBytesAreMissing) {
    NodeTree tree;
    tree.file("/opt/gitlab/sv/puma/supervise/stat", "run, paused\n");
    EXPECT_EQ(read_runit_status(tree.node(), definition)->state, v1::Service::RUNNING);
    EXPECT_EQ(parse_runit_stat("down\n", "f")->state, v1::Service::DOWN);
    EXPECT_EQ(parse_runit_stat("finish, got TERM\n", "f")->state, v1::Service::FINISHING);
}

TEST(Runit, DoesNotBelieveAFileWhoseProcessIsGone) {
    NodeTree tree;
    tree.file(status_file, status_bytes('\x2a', '\1'));
    EXPECT_EQ(read_runit_status(tree.node(), definition)->state, v1::Service::STATE_UNSPECIFIED);
    tree.directory("/proc/42");
    EXPECT_EQ(read_runit_status(tree.node(), definition)->state, v1::Service::RUNNING);
}

TEST(Runit, SaysWhatItCannotRead) {
    NodeTree tree;
    EXPECT_EQ(read_runit_status(tree.node(), definition).error().cause, v1::Gap::ABSENT);
    tree.fifo(status_file);
    EXPECT_EQ(read_runit_status(tree.node(), definition).error().cause, v1::Gap::REFUSED);
}

}  // namespace
}  // namespace preflight::probes
