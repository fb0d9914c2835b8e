#include "agent/probe_process.h"

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <optional>

#include "agent/privileges.h"
#include "agent/receipt.h"
#include "model/core_dumps.h"
#include "model/frame.h"
#include "preflight/v1/inspection.pb.h"
#include "probes/node/memory_file.h"

namespace preflight::agent {
namespace {

std::optional<v1::ProbeRequest> read_request() {
    FrameReader frames;
    std::array<char, 4096> bytes{};
    for (;;) {
        const auto length = ::read(STDIN_FILENO, bytes.data(), bytes.size());
        if (length < 0 && errno == EINTR) continue;
        if (length <= 0) return std::nullopt;
        frames.feed({bytes.data(), static_cast<std::size_t>(length)});
        const auto payload = frames.next();
        if (!payload) return std::nullopt;
        v1::ProbeRequest request;
        if (payload->has_value())
            return request.ParseFromString(**payload) ? std::optional(request) : std::nullopt;
    }
}

void limit(int resource, rlim_t value) {
    const rlimit both{value, value};
    ::setrlimit(static_cast<__rlimit_resource>(resource), &both);
}

// The node must not feel a probe, however it goes wrong: little memory, little time, no file written, last in
// every queue.
void set_limits(std::uint32_t limit_milliseconds) {
#ifndef PREFLIGHT_SANITIZED
    // The sanitizers map terabytes that they never touch.
    limit(RLIMIT_AS, 512UL * 1024 * 1024);
#endif
    // At the hard limit the kernel kills without saying why: the soft one comes first.
    const rlim_t seconds = limit_milliseconds / 1000 + 1;
    const rlimit processor{seconds, seconds + 1};
    ::setrlimit(RLIMIT_CPU, &processor);
    limit(RLIMIT_NOFILE, 256);
    // A memory file counts as a file too: probes/node/memory_file.h raises this to the hard limit for a
    // moment.
    const rlimit no_file{0, probes::memory_file_limit_bytes};
    ::setrlimit(RLIMIT_FSIZE, &no_file);
    limit(RLIMIT_CORE, 0);
    ::setpriority(PRIO_PROCESS, 0, 10);
    constexpr int of_process = 1;
    constexpr int idle_class = 3 << 13;
    ::syscall(SYS_ioprio_set, of_process, 0, idle_class);
}

// False when nobody reads any more.
bool write_all(std::string_view bytes) {
    while (!bytes.empty()) {
        const auto written = ::write(STDOUT_FILENO, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

}  // namespace

int run_probe_process(std::string_view name, std::span<const probes::Probe> catalog) {
    const auto probe = std::ranges::find(catalog, name, &probes::Probe::name);
    const auto parent = ::getppid();
    auto request = read_request();
    if (probe == catalog.end() || !request) return 64;
    const auto until =
        std::chrono::steady_clock::now() + std::chrono::milliseconds(request->limit_milliseconds());
    set_limits(request->limit_milliseconds());
    // The root may lie in a folder that only the agent's own user can enter: open it first.
    const auto node = probes::Node::open(request->root());
    const OwnCount count;
    if (!node || !drop_to(probe->needs, *node)) return rights_not_dropped;
    refuse_dumps();
    // A change of user forgets that we die with our parent.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (::getppid() != parent) return 0;
    probes::Findings out(name, [](const v1::Finding& finding) {
        if (!write_all(frame(finding))) ::_exit(0);
    });
    probes::Asked asked{.prove_backups = request->prove_backups()};
    asked.fingerprint_key = Secret(std::move(*request->mutable_fingerprint_key()));
    asked.until = until;
    probe->look(*node, asked, out);
    *out.add("probe " + std::string(name)).mutable_receipt() = count.receipt(*node->tally());
    return 0;
}

}  // namespace preflight::agent
