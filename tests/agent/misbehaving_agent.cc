// A stand-in for the agent's own program, whose probes do what probes must not: started by the tests as
// `program probe NAME`.
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <string_view>

#include "agent/probe_process.h"
#include "tests/agent/misbehaving_probes.h"

namespace preflight::agent {
namespace {

void find(probes::Findings& out, const char* name) {
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

}  // namespace

std::span<const probes::Probe> misbehaving_probes() {
    using std::chrono::milliseconds;
    static const std::array rows{
        probes::Probe{"well", "", probes::NoPrivilege{}, milliseconds(20'000), look_well},
        probes::Probe{"hang", "", probes::NoPrivilege{}, milliseconds(200), look_for_ever},
        probes::Probe{"spin", "", probes::NoPrivilege{}, milliseconds(200), look_busily},
        probes::Probe{"crash", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_crash},
        probes::Probe{"throw", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_throw},
        probes::Probe{"leave", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_leave},
        probes::Probe{"killed", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_be_killed},
        probes::Probe{"flood", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_flood},
        probes::Probe{"babble", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_babble},
        probes::Probe{"tear", "", probes::NoPrivilege{}, milliseconds(20'000), look_and_tear},
        probes::Probe{"child", "", probes::NoPrivilege{}, milliseconds(200), look_with_a_child},
        probes::Probe{"hungry", "", probes::NoPrivilege{}, milliseconds(20'000), look_hungrily},
    };
    return rows;
}

}  // namespace preflight::agent
