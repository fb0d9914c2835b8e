// SilentFilesystem: a mount that takes every question and answers none, as that of a dead NFS server: who
// asks hangs in the kernel, and not even SIGKILL ends it.
//
// Seen by the calling thread and what it starts (tests/agent/own_mounts.h). Needs root and /dev/fuse.
#pragma once

#include <filesystem>
#include <thread>

#include "probes/node/descriptor.h"

namespace preflight {

class SilentFilesystem {
  public:
    // Throws what it lacks.
    explicit SilentFilesystem(const std::filesystem::path& mount_point);
    SilentFilesystem(const SilentFilesystem&) = delete;
    SilentFilesystem& operator=(const SilentFilesystem&) = delete;
    // Unmounts it; whoever hangs is let go with an error.
    ~SilentFilesystem();

  private:
    void take_questions() const;

    std::filesystem::path mount_point_;
    probes::Descriptor kernel_;
    probes::Descriptor stop_;  // an eventfd
    std::thread thread_;
};

}  // namespace preflight
