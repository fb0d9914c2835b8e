// Probe: looks at one aspect of a node and emits findings; it never judges.
//
// A probe runs alone in a process of its own (agent/probe_process.h): plain, synchronous code that may block,
// and that the agent ends at its limit. What was emitted before that is kept: emit the sure and quick things
// first.
#pragma once

#include <algorithm>
#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "model/result.h"
#include "model/secret.h"
#include "preflight/v1/finding.pb.h"
#include "probes/node/node.h"

namespace preflight::probes {

// What the probe's process keeps of the agent's rights; the rest is dropped before it looks.
struct NoPrivilege {};
struct ReadAllFiles {};  // CAP_DAC_READ_SEARCH and no more
// As ReadAllFiles, and what the kernel shows of other users' processes: their program and what they were
// given (CAP_SYS_PTRACE). Such a probe opens nothing for writing and runs no command: both are refused to it.
struct ReadProcesses {};
// As ReadAllFiles, and the user and group that own the path: a server that asks the kernel who connects
// (PostgreSQL's peer), or whose socket is its owner's alone, knows no other. Nobody's where the path is not
// there, or is root's.
struct AsOwnerOf {
    std::string_view path;
    // Sockets of the servers that this node's files name, the most important first: the owner of the first
    // that is there, and is not root's, goes before that of `path`. Found in a process of its own, with the
    // right to read and no other.
    std::vector<std::string> (*sockets)(const Node& node) = nullptr;
};
using Privilege = std::variant<NoPrivilege, ReadAllFiles, ReadProcesses, AsOwnerOf>;

// What an inspection was asked for beyond its plain course.
struct Asked {
    bool prove_backups = false;  // read archives to their end, which takes long
    Secret fingerprint_key;      // of the instance; absent: nothing that was found leaves as a fingerprint
    // When the probe's process is ended: what takes long stops by itself before that. Known in that process.
    std::chrono::steady_clock::time_point until = std::chrono::steady_clock::time_point::max();

    // By when a probe that waits for servers must have its answers, so that what one of them does not say
    // costs nothing of what the others said; or what takes long must be done, so that it can still say how
    // far it came. From now on, with the probe's own limit.
    std::chrono::steady_clock::time_point end_of_waiting(std::chrono::milliseconds limit) const {
        const auto now = std::chrono::steady_clock::now();
        const auto end = std::min(until, now + limit);
        return end - (end - now) / 8;
    }
};

// Takes what a probe finds, in order. Not thread-safe: a probe has one thread.
class Findings {
  public:
    using Sink = std::function<void(const v1::Finding&)>;

    Findings(std::string_view probe, Sink sink);
    Findings(const Findings&) = delete;
    Findings& operator=(const Findings&) = delete;
    // Hands on the last finding.
    ~Findings();

    // A new finding of what was read at `source`, to be filled in by the caller until the next call of add,
    // gap or flush.
    v1::Finding& add(std::string_view source);
    // What could not be seen. `affects` says in a few words what stays unknown.
    void gap(const Problem& problem, std::string_view affects = {});
    void flush();

  private:
    std::string probe_;
    Sink sink_;
    v1::Finding current_;
    bool filled_ = false;
};

struct Probe {
    std::string_view name;      // file, test, row in the report, --only
    std::string_view looks_at;  // one line for `gitlab-preflight-agent probes`
    Privilege needs;
    std::chrono::milliseconds limit;
    void (*look)(const Node& node, const Asked& asked, Findings& out);
    bool proves = false;  // where backups are to be proved, it has all the time of that instead of its limit
    bool fingerprints = false;  // it is given the instance's key for them; no other is
};

}  // namespace preflight::probes
