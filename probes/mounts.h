// Mounts: which filesystem lies under a path, by the kernel's table of mounts alone: nothing is touched that
// may hang.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct Mount {
    std::string point;       // "/var/opt/gitlab"
    std::string type;        // "ext4", "nfs4", "fuse.sshfs"
    std::string device;      // "/dev/sda1", "filer:/export"
    bool read_only = false;  // the filesystem itself, not this mount of it: see parse_mountinfo
    bool noexec = false;     // this mount of it

    bool network() const;
};

struct Mounts {
    std::string source;  // the file that said so; empty: there is none
    std::vector<Mount> mounts;

    // The mount that holds the absolute path, nullptr when none does. Links are not followed.
    const Mount* of(std::string_view path) const;
    // The path with its links followed beneath the root; stops at a network mount, which is never touched.
    std::string resolve(const Node& node, std::string_view path) const;
};

// /proc/self/mountinfo, else /proc/mounts.
Result<Mounts> read_mounts(const Node& node);

// Read-only by the superblock's options alone: a hardened unit remounts everything read-only for itself.
//
// The pure parts. MALFORMED when no line has the form; lines that have it not are passed over.
Result<Mounts> parse_mountinfo(std::string_view text, std::string_view source);
Result<Mounts> parse_mounts(std::string_view text, std::string_view source);

}  // namespace preflight::probes
