// Unprivileged: for its lifetime this thread opens files as nobody does, so that a test run by root meets
// refusals.
#pragma once

#include <sys/fsuid.h>

#include <filesystem>

#include "tests/probes/node_tree.h"

namespace preflight::probes {

class Unprivileged {
  public:
    // Directories are opened for everybody, whatever the umask was, but for those that the test closed
    // altogether.
    explicit Unprivileged(const NodeTree& tree) {
        using std::filesystem::perms;
        constexpr auto open = static_cast<perms>(0755);
        std::filesystem::permissions(tree.root(), open);
        for (const auto& entry : std::filesystem::recursive_directory_iterator(tree.root())) {
            const auto status = entry.symlink_status();
            const bool directory = status.type() == std::filesystem::file_type::directory;
            if (directory && status.permissions() != perms::none) {
                std::filesystem::permissions(entry.path(), open);
            }
        }
        user_ = ::setfsuid(nobody);
    }
    Unprivileged(const Unprivileged&) = delete;
    Unprivileged& operator=(const Unprivileged&) = delete;
    ~Unprivileged() { ::setfsuid(static_cast<uid_t>(user_)); }

  private:
    static constexpr uid_t nobody = 65534;
    int user_ = 0;
};

}  // namespace preflight::probes
