#include "agent/privileges.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <linux/openat2.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <functional>
#include <regex>
#include <sstream>

#include "tests/temporary_folder.h"

namespace preflight::agent {
namespace {

// What a child says; rights cannot be taken back in this process.
std::string said_by_a_child(const std::function<std::string()>& say) {
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    const auto child = ::fork();
    if (child == 0) {
        const auto said = say();
        [[maybe_unused]] const auto written = ::write(ends[1], said.data(), said.size());
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string said(1000, '\0');
    const auto length = ::read(ends[0], said.data(), said.size());
    said.resize(length > 0 ? static_cast<std::size_t>(length) : 0);
    ::close(ends[0]);
    ::waitpid(child, nullptr, 0);
    return said;
}

// What /proc/self/status says under `field`, in a child that did `first`.
std::string status_after(const std::function<bool()>& first, const std::string& field) {
    return said_by_a_child([&]() -> std::string {
        if (!first()) return "refused";
        std::ostringstream status;
        status << std::ifstream("/proc/self/status").rdbuf();
        std::smatch match;
        const auto text = status.str();
        return std::regex_search(text, match, std::regex(field + ":\\s+(\\S+)")) ? match[1] : std::string();
    });
}

// A process of another user, until the end of this.
class Another {
  public:
    Another() {
        int started[2];  // closes when the program runs
        EXPECT_EQ(::pipe2(started, O_CLOEXEC), 0);
        process_ = ::fork();
        if (process_ == 0) {
            char* arguments[] = {const_cast<char*>("sleep"), const_cast<char*>("600"), nullptr};
            char* environment[] = {const_cast<char*>("GIVEN=to-another"), nullptr};
            ::prctl(PR_SET_PDEATHSIG, SIGKILL);
            if (::setresgid(4242, 4242, 4242) == 0 && ::setresuid(4242, 4242, 4242) == 0)
                ::execve("/bin/sleep", arguments, environment);
            ::_exit(1);
        }
        ::close(started[1]);
        char none = 0;
        EXPECT_EQ(::read(started[0], &none, 1), 0);
        ::close(started[0]);
    }
    Another(const Another&) = delete;
    Another& operator=(const Another&) = delete;
    ~Another() {
        ::kill(process_, SIGKILL);
        ::waitpid(process_, nullptr, 0);
    }

    pid_t process() const { return process_; }
    std::string folder() const { return "/proc/" + std::to_string(process_); }

  private:
    pid_t process_;
};

bool root() { return ::geteuid() == 0; }
bool drop(const probes::Privilege& needs) {
    const auto node = probes::Node::open("/");
    return node && drop_to(needs, *node).has_value();
}

// An ordinary user has nothing to give up, and keeps nothing more either.
TEST(Privileges, OfAProbeThatNeedsNoneAreNone) {
    EXPECT_EQ(status_after([] { return drop(probes::NoPrivilege{}); }, "CapEff"), "0000000000000000");
    EXPECT_EQ(status_after([] { return drop(probes::NoPrivilege{}); }, "Uid"),
              std::to_string(root() ? 65534 : ::getuid()));
}

TEST(Privileges, OfAProbeThatReadsAllFilesAreThatAlone) {
    const auto* only_read = root() ? "0000000000000004" : "0000000000000000";  // CAP_DAC_READ_SEARCH is bit 2
    EXPECT_EQ(status_after([] { return drop(probes::ReadAllFiles{}); }, "CapEff"), only_read);
    EXPECT_EQ(status_after([] { return drop(probes::ReadAllFiles{}); }, "CapPrm"), only_read);
    EXPECT_EQ(status_after([] { return drop(probes::ReadAllFiles{}); }, "Uid"),
              std::to_string(root() ? 65534 : ::getuid()));
}

TEST(Privileges, OfAProbeThatAsksAsAnOwnerAreTheOwnersAndToRead) {
    const auto file = std::filesystem::temp_directory_path() / ("owned-" + std::to_string(::getpid()));
    std::ofstream(file) << "socket";
    if (root()) {
        ASSERT_EQ(::chown(file.c_str(), 4242, 4343), 0);
    }
    const auto path = file.string();
    const auto own = std::to_string(::getuid());
    const auto as_owner = [&] { return drop(probes::AsOwnerOf{path}); };
    EXPECT_EQ(status_after(as_owner, "Uid"), root() ? "4242" : own);
    EXPECT_EQ(status_after(as_owner, "Gid"), root() ? "4343" : std::to_string(::getgid()));
    EXPECT_EQ(status_after(as_owner, "CapEff"), root() ? "0000000000000004" : "0000000000000000");
    std::filesystem::remove(file);
    EXPECT_EQ(status_after(as_owner, "Uid"), root() ? "65534" : own) << "nobody owns what is not there";
    const auto as_root = [] { return drop(probes::AsOwnerOf{"/etc"}); };
    EXPECT_EQ(status_after(as_root, "Uid"), root() ? "65534" : own) << "never root";
}

// What a probe's row finds has no word of its own to say which folder: the test's.
std::string sockets_folder;

TEST(Privileges, OfAProbeThatAsksByASocketAreThoseOfTheFirstThatIsThereAndNotRoots) {
    const TemporaryFolder folder;
    sockets_folder = folder.string();
    const auto make = [&](const char* name, bool socket, uid_t owner) {
        if (socket) {
            ASSERT_EQ(::mkfifo((folder / name).c_str(), 0600), 0);
        } else {
            std::ofstream(folder / name) << "no socket";
        }
        if (root()) {
            ASSERT_EQ(::chown((folder / name).c_str(), owner, owner), 0);
        }
    };
    make("file", false, 4242);
    make("roots", true, 0);
    make("first", true, 4343);
    make("second", true, 4444);
    make("fallback", false, 4545);
    const auto fallback = (folder / "fallback").string();
    const auto own = std::to_string(::getuid());
    const auto as_owner = [&](auto find) {
        return status_after([&] { return drop(probes::AsOwnerOf{fallback, find}); }, "Uid");
    };
    const auto found = as_owner([](const probes::Node&) {
        return std::vector<std::string>{sockets_folder + "/gone", sockets_folder + "/file",
                                        sockets_folder + "/roots", sockets_folder + "/first",
                                        sockets_folder + "/second"};
    });
    EXPECT_EQ(found, root() ? "4343" : own);
    const auto none = [](const probes::Node&) { return std::vector<std::string>{sockets_folder + "/roots"}; };
    EXPECT_EQ(as_owner(none), root() ? "4545" : own);
}

// What reads the node's files to find them has the right to read, and nothing of root's.
TEST(Privileges, ToFindASocketAreThoseToRead) {
    if (!root()) return;
    const TemporaryFolder folder;
    sockets_folder = folder.string();
    ASSERT_EQ(::mkfifo((folder / "65534 0000000000000004").c_str(), 0600), 0);
    ASSERT_EQ(::chown((folder / "65534 0000000000000004").c_str(), 4343, 4343), 0);
    const auto find = [](const probes::Node&) {
        std::ostringstream status;
        status << std::ifstream("/proc/self/status").rdbuf();
        std::smatch rights;
        const auto text = status.str();
        std::regex_search(text, rights, std::regex("CapEff:\\s+(\\S+)"));
        return std::vector<std::string>{sockets_folder + "/" + std::to_string(::geteuid()) + " " +
                                        rights[1].str()};
    };
    EXPECT_EQ(status_after([&] { return drop(probes::AsOwnerOf{"/nonexistent", find}); }, "Uid"), "4343");
}

TEST(Privileges, AreGivenUpThoughTheSearchForASocketHangs) {
    const auto find = [](const probes::Node&) -> std::vector<std::string> {
        for (;;) ::pause();
    };
    EXPECT_EQ(status_after(
                  [&] {
                      return drop(probes::AsOwnerOf{"/nonexistent", find});
                  },
                  "CapEff"),
              root() ? "0000000000000004" : "0000000000000000");
}

// Its program and what it was given, or "hidden".
std::string shown_of(const Another& another, const probes::Privilege& needs) {
    return said_by_a_child([&]() -> std::string {
        if (!drop(needs)) return "refused";
        const auto node = probes::Node::open("/");
        const auto program = node->read_link(another.folder() + "/exe");
        const auto given = node->read_file(another.folder() + "/environ");
        return (program ? *program : "hidden") + " " + (given ? given->c_str() : "hidden");
    });
}

// To an ordinary user another's processes are hidden whatever its rows say: there is nothing to be tried.
TEST(Privileges, OfAProbeThatReadsProcessesShowItThoseOfOtherUsers) {
    if (!root()) return;
    const Another another;
    const auto program = std::filesystem::read_symlink(another.folder() + "/exe").string();
    EXPECT_EQ(shown_of(another, probes::ReadProcesses{}), program + " GIVEN=to-another");
    EXPECT_EQ(shown_of(another, probes::ReadAllFiles{}), "hidden hidden");
    const auto watch = [] { return drop(probes::ReadProcesses{}); };
    EXPECT_EQ(status_after(watch, "CapEff"), "0000000000080004") << "CAP_SYS_PTRACE is bit 19";
    EXPECT_EQ(status_after(watch, "CapPrm"), "0000000000080004");
    EXPECT_EQ(status_after(watch, "Uid"), "65534");
    EXPECT_EQ(status_after(watch, "Seccomp"), "2");
    EXPECT_EQ(status_after([] { return drop(probes::ReadAllFiles{}); }, "Seccomp"), "0");
}

// EPERM is the filter's own: rights that lack would answer EACCES for a file.
TEST(Privileges, ToReadProcessesTouchNone) {
    if (!root()) return;
    const Another another;
    const auto error_of = [&](const std::function<long()>& attempt) {
        return said_by_a_child([&]() -> std::string {
            if (!drop(probes::ReadProcesses{})) return "refused";
            return attempt() >= 0 ? "done" : std::strerror(errno);
        });
    };
    const auto opening = [&](const std::string& path, int flags) {
        return error_of([&] { return ::open(path.c_str(), flags, 0600); });
    };
    const std::string refused = std::strerror(EPERM);
    char byte = 'x';
    iovec piece{&byte, 1};
    const auto whom = another.process();
    EXPECT_EQ(error_of([&] { return ::ptrace(PTRACE_ATTACH, whom, nullptr, nullptr); }), refused);
    EXPECT_EQ(error_of([&] { return ::ptrace(PTRACE_SEIZE, whom, nullptr, nullptr); }), refused);
    EXPECT_EQ(error_of([&] { return ::process_vm_writev(whom, &piece, 1, &piece, 1, 0); }), refused);
    EXPECT_EQ(error_of([&] { return ::process_vm_readv(whom, &piece, 1, &piece, 1, 0); }), refused);
    EXPECT_EQ(error_of([&] { return ::syscall(SYS_pidfd_getfd, 0, 0, 0); }), refused);
    EXPECT_EQ(error_of([&] { return ::syscall(SYS_process_madvise, 0, &piece, 1, 0, 0); }), refused);
    EXPECT_EQ(error_of([&] { return ::syscall(SYS_kcmp, whom, whom, 0, 0, 0); }), refused);
    EXPECT_EQ(error_of([&] { return ::syscall(SYS_io_uring_setup, 1, nullptr); }), refused);
    for (const auto& path : {another.folder() + "/mem", another.folder() + "/oom_score_adj",
                             std::string("/proc/self/mem"), std::string("/dev/null")}) {
        EXPECT_EQ(opening(path, O_WRONLY), refused) << path;
        EXPECT_EQ(opening(path, O_RDWR | O_CLOEXEC), refused) << path;
        EXPECT_EQ(opening(path, O_RDONLY | O_TRUNC), refused) << path;
#if defined(SYS_open)
        EXPECT_EQ(error_of([&] { return ::syscall(SYS_open, path.c_str(), O_WRONLY); }), refused) << path;
#endif
    }
    EXPECT_EQ(opening("/tmp", O_RDWR | O_TMPFILE), refused);
    EXPECT_EQ(error_of([&] { return ::creat("/tmp/created", 0600); }), refused);
    open_how how{.flags = O_WRONLY, .mode = 0, .resolve = 0};
    EXPECT_EQ(error_of([&] { return ::syscall(SYS_openat2, AT_FDCWD, "/dev/null", &how, sizeof how); }),
              std::strerror(ENOSYS));
    EXPECT_EQ(opening("/dev/null", O_RDONLY), "done");
    EXPECT_EQ(error_of([] { return ::execl("/bin/true", "true", nullptr); }), refused);
}

TEST(Privileges, CannotBeWonBackByAnotherProgram) {
    EXPECT_EQ(status_after([] { return drop(probes::ReadAllFiles{}); }, "NoNewPrivs"), root() ? "1" : "0");
}

TEST(Privileges, OfTheUplinkAreThoseOfItsAccount) {
    EXPECT_EQ(status_after([] { return become("nobody").has_value(); }, "CapEff"), "0000000000000000");
    EXPECT_EQ(status_after([] { return become("").has_value(); }, "Uid"), std::to_string(::getuid()));
}

TEST(Privileges, OfAnAccountThatIsNotThereAreRefused) {
    // To an ordinary user every account is its own: nothing changes, which is no problem.
    EXPECT_EQ(status_after([] { return become("no-such-account").has_value(); }, "Uid"),
              root() ? "refused" : std::to_string(::getuid()));
}

}  // namespace
}  // namespace preflight::agent
