#include "tests/agent/silent_filesystem.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <linux/fuse.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/mount.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <vector>

#include "tests/agent/own_mounts.h"

namespace preflight {
namespace {

// The one answer that the kernel needs before it asks anything.
void greet(int kernel, const fuse_in_header& question) {
    struct {
        fuse_out_header header{};
        fuse_init_out body{};
    } answer;
    answer.header.len = sizeof answer;
    answer.header.unique = question.unique;
    answer.body.major = FUSE_KERNEL_VERSION;
    answer.body.minor = FUSE_KERNEL_MINOR_VERSION;
    answer.body.max_write = 4096;
    check_call(::write(kernel, &answer, sizeof answer) == sizeof answer, "the greeting of /dev/fuse");
}

}  // namespace

SilentFilesystem::SilentFilesystem(const std::filesystem::path& mount_point) : mount_point_(mount_point) {
    keep_mounts_to_ourselves();
    kernel_ = probes::Descriptor(::open("/dev/fuse", O_RDWR | O_NONBLOCK | O_CLOEXEC));
    check_call(kernel_.get() >= 0, "/dev/fuse");
    stop_ = probes::Descriptor(::eventfd(0, EFD_CLOEXEC));
    const auto options = fmt::format("fd={},rootmode=40000,user_id=0,group_id=0,allow_other", kernel_.get());
    // A type that Mount::network knows.
    check_call(
        ::mount("silent", mount_point_.c_str(), "fuse.sshfs", MS_NOSUID | MS_NODEV, options.c_str()) == 0,
        "a FUSE mount");
    thread_ = std::thread([this] { take_questions(); });
}

SilentFilesystem::~SilentFilesystem() {
    ::umount2(mount_point_.c_str(), MNT_DETACH);
    ::eventfd_write(stop_.get(), 1);
    thread_.join();
    // The kernel's end closes with the last descriptor, and every open question fails.
}

// A question that lies unread could be taken back by a signal; one that was read cannot.
void SilentFilesystem::take_questions() const {
    std::vector<char> bytes(FUSE_MIN_READ_BUFFER + 64UL * 1024);
    std::array<pollfd, 2> waits{{{stop_.get(), POLLIN, 0}, {kernel_.get(), POLLIN, 0}}};
    for (;;) {
        if (::poll(waits.data(), waits.size(), -1) < 0 && errno != EINTR) return;
        if (waits[0].revents != 0) return;
        const auto size = ::read(kernel_.get(), bytes.data(), bytes.size());
        if (size < 0 && errno == ENODEV) return;  // unmounted
        fuse_in_header question{};
        if (size < static_cast<ssize_t>(sizeof question)) continue;
        std::memcpy(&question, bytes.data(), sizeof question);
        if (question.opcode == FUSE_INIT) greet(kernel_.get(), question);
    }
}

}  // namespace preflight
