// A stand-in for the agent's own program, whose probes do what probes must not: started by the tests as
// `program probe NAME`.
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "agent/probe_process.h"
#include "tests/agent/misbehaving_probes.h"

namespace preflight::agent {
namespace {

void find(probes::Findings& out, const std::string& name) {
    out.add("test").mutable_service()->set_name(name);
    out.flush();
}

void look_well(const probes::Node&, const probes::Asked&, probes::Findings& out) { find(out, "found"); }

void look_for_ever(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    find(out, "found before it hung");
    for (;;) ::pause();
}

void look_busily(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    find(out, "found before it span");
    for (std::atomic<unsigned> turns = 0;; ++turns) {
    }
}

void look_and_crash(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    find(out, "found before it crashed");
    const rlimit none{0, 0};
    ::setrlimit(RLIMIT_CORE, &none);
    ::signal(SIGSEGV, SIG_DFL);
    ::raise(SIGSEGV);
}

void look_and_throw(const probes::Node&, const probes::Asked&, probes::Findings&) { throw 1; }

void look_and_leave(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    find(out, "found before it left");
    ::_exit(3);
}

void look_and_be_killed(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    find(out, "found before it was killed");
    ::kill(::getpid(), SIGKILL);
}

void look_and_flood(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    for (;;) find(out, "again");
}

void look_and_babble(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    find(out, "found before the nonsense");
    constexpr std::string_view nonsense = "\xff\xff\xff\xff this is no frame";
    if (::write(STDOUT_FILENO, nonsense.data(), nonsense.size()) < 0) ::_exit(1);
}

void look_and_tear(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    find(out, "found before it tore");
    constexpr std::array<char, 6> half{10, 0, 0, 0, 'a', 'b'};
    if (::write(STDOUT_FILENO, half.data(), half.size()) < 0) ::_exit(1);
}

void look_with_a_child(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    find(out, "found");
    // Keeps the output open in a grandchild that outlives the probe.
    if (::fork() == 0) {
        for (;;) ::pause();
    }
    for (;;) ::pause();
}

void look_hungrily(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    find(out, "found before it ate");
    rlimit memory{};
    ::getrlimit(RLIMIT_AS, &memory);
    auto* row = out.add("test").mutable_service();
    row->set_name(memory.rlim_cur == RLIM_INFINITY ? "without limit" : "limited");
}

void look_deafly(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    find(out, "found before it went deaf");
    sigset_t all;
    ::sigfillset(&all);
    ::sigprocmask(SIG_SETMASK, &all, nullptr);
    for (;;) ::pause();
}

// Twice what it may have; never touched, so that the machine does not feel it.
void look_greedily(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    find(out, "found before it ate");
    std::vector<std::unique_ptr<char[]>> eaten;
    while (eaten.size() < 64) eaten.push_back(std::make_unique_for_overwrite<char[]>(16UL * 1024 * 1024));
    find(out, "all eaten");
}

void look_and_multiply(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    find(out, "found before it multiplied");
    const rlimit bearable{200, 200};  // for the machine that runs the tests
    ::setrlimit(RLIMIT_NPROC, &bearable);
    ::signal(SIGTERM, SIG_IGN);
    for (;;) {
        if (::fork() < 0) continue;
    }
}

void look_and_leave_orphans(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    find(out, "found");
    for (int i = 0; i < 3; ++i) {
        if (::fork() != 0) continue;
        ::signal(SIGTERM, SIG_IGN);
        for (;;) ::pause();
    }
}

void look_beneath_the_backups(const probes::Node& node, const probes::Asked&, probes::Findings& out) {
    find(out, "found before it asked");
    if (node.status("/var/opt/gitlab/backups")) find(out, "answered");
}

void look_at_a_secret(const probes::Node& node, const probes::Asked&, probes::Findings& out) {
    const auto content = node.read_file("/etc/gitlab/gitlab-secrets.json");
    content ? find(out, "read") : out.gap(content.error());
}

std::string kind_of(mode_t mode) {
    if (S_ISFIFO(mode)) return "pipe";
    if (S_ISCHR(mode)) return "device";
    return S_ISDIR(mode) ? "directory" : "something else";
}

// What the process was given: descriptors, environment and limits.
void look_at_itself(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    for (int number = 0; number < 256; ++number) {
        struct stat status {};
        if (::fstat(number, &status) == 0)
            find(out, std::to_string(number) + " is a " + kind_of(status.st_mode));
    }
    for (char** variable = environ; *variable != nullptr; ++variable) find(out, *variable);
    rlimit core{};
    ::getrlimit(RLIMIT_CORE, &core);
    const bool dumped = core.rlim_max != 0 || ::prctl(PR_GET_DUMPABLE) != 0;
    find(out, dumped ? "may be dumped" : "is never dumped");
    rlimit processor{};
    ::getrlimit(RLIMIT_CPU, &processor);
    find(out, processor.rlim_cur < processor.rlim_max ? "is told of its processor time" : "is just killed");
}

void look_at_a_price(const probes::Node& node, const probes::Asked&, probes::Findings& out) {
    const probes::Descriptor zeros(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
    std::vector<char> bytes(1024UL * 1024);
    for (int i = 0; i < 200; ++i) {
        if (::read(zeros.get(), bytes.data(), bytes.size()) < 0) ::_exit(1);
    }
    node.tally()->connections += 2;
    node.tally()->asked(std::chrono::milliseconds(250));
    find(out, "found");
}

// As a proof does: to the end of its time, not longer.
void look_for_as_long_as_it_may(const probes::Node&, const probes::Asked& asked, probes::Findings& out) {
    find(out, asked.prove_backups ? "asked to prove" : "not asked to prove");
    while (std::chrono::steady_clock::now() + std::chrono::milliseconds(300) < asked.until)
        ::poll(nullptr, 0, 10);
    find(out, "ended by itself");
}

void look_at_its_rank(const probes::Node&, const probes::Asked&, probes::Findings& out) {
    constexpr int of_process = 1;
    constexpr int class_shift = 13;
    constexpr int idle = 3;
    find(out,
         ::syscall(SYS_ioprio_get, of_process, 0) >> class_shift == idle ? "last for the disk" : "in line");
    find(out, ::getpriority(PRIO_PROCESS, 0) >= 10 ? "nice" : "not nice");
}

}  // namespace

std::span<const probes::Probe> misbehaving_probes() {
    using std::chrono::milliseconds;
    static const std::array rows{
        probes::Probe{"well", "", probes::NoPrivilege{}, milliseconds(20'000), look_well},
        probes::Probe{"hang", "", probes::NoPrivilege{}, milliseconds(1500), look_for_ever},
        probes::Probe{"hang briefly", "", probes::NoPrivilege{}, milliseconds(400), look_for_ever},
        probes::Probe{"well at last", "", probes::NoPrivilege{}, milliseconds(300), look_well},
        probes::Probe{"spin", "", probes::NoPrivilege{}, milliseconds(1500), look_busily},
        probes::Probe{"crash", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_crash},
        probes::Probe{"throw", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_throw},
        probes::Probe{"leave", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_leave},
        probes::Probe{"killed", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_be_killed},
        probes::Probe{"flood", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_flood},
        probes::Probe{"babble", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_babble},
        probes::Probe{"tear", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_tear},
        probes::Probe{"child", "", probes::NoPrivilege{}, milliseconds(1500), look_with_a_child},
        probes::Probe{"hungry", "", probes::NoPrivilege{}, milliseconds(20'000), look_hungrily},
        probes::Probe{"deaf", "", probes::NoPrivilege{}, milliseconds(1500), look_deafly},
        probes::Probe{"greedy", "", probes::NoPrivilege{}, milliseconds(20'000), look_greedily},
        probes::Probe{"multiply", "", probes::NoPrivilege{}, milliseconds(500), look_and_multiply},
        probes::Probe{"orphans", "", probes::NoPrivilege{}, milliseconds(1500), look_and_leave_orphans},
        probes::Probe{"beneath", "", probes::NoPrivilege{}, milliseconds(2000), look_beneath_the_backups},
        probes::Probe{"secret", "", probes::NoPrivilege{}, milliseconds(20'000), look_at_a_secret},
        probes::Probe{"reader", "", probes::ReadAllFiles{}, milliseconds(20'000), look_at_a_secret},
        probes::Probe{"watcher", "", probes::ReadProcesses{}, milliseconds(20'000), look_at_a_secret},
        probes::Probe{"costly", "", probes::NoPrivilege{}, milliseconds(20'000), look_at_a_price},
        probes::Probe{"long", "", probes::NoPrivilege{}, milliseconds(500), look_for_as_long_as_it_may, true},
        probes::Probe{"rank", "", probes::NoPrivilege{}, milliseconds(20'000), look_at_its_rank},
        probes::Probe{"itself", "", probes::NoPrivilege{}, milliseconds(20'000), look_at_itself},
    };
    return rows;
}

}  // namespace preflight::agent
