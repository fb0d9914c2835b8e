// Node: the only door to a machine: files beneath a root, and commands where the machine is live.
//
// Opened at "/" it is the live machine; opened at a directory it is only that tree: every path, every link
// (GitLab's own are absolute) resolves beneath it, and what needs a running machine answers NOT_LIVE. Nothing
// here writes. Reads are capped in bytes and refuse what is not a regular file (a FIFO would block, a device
// would not end). Used by one thread.
//
// Paths are written as the node names them ("/etc/gitlab/gitlab.rb"), and Problem::source repeats them so.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "model/clock.h"
#include "model/result.h"
#include "probes/node/command.h"
#include "probes/node/descriptor.h"
#include "probes/node/tally.h"

namespace preflight::probes {

enum class FileType { regular, directory, link, other };

struct FileStatus {
    FileType type = FileType::other;
    std::uint64_t size_bytes = 0;
    std::uint32_t mode = 0;  // permission bits alone: 0640
    std::uint32_t user_id = 0;
    std::uint32_t group_id = 0;
    TimePoint modified_at;
    TimePoint changed_at;  // content, owner, rights or name: what no copy can keep from elsewhere
};

struct DirectoryEntry {
    std::string name;
    FileType type = FileType::other;  // of the entry itself, links not followed
};

struct FilesystemStatus {
    std::uint64_t device = 0;  // st_dev: equal for two paths on one filesystem
    std::uint64_t size_bytes = 0;
    std::uint64_t available_bytes = 0;
    std::uint64_t inodes = 0;
    std::uint64_t inodes_available = 0;
};

// A regular file, open for reading at any place: for what is too large to be read whole.
class File {
  public:
    File(Descriptor descriptor, std::string path, std::uint64_t size_bytes);

    std::uint64_t size_bytes() const { return size_bytes_; }
    // Up to `length` bytes from `offset`; fewer only at the end of the file.
    Result<std::string> read_at(std::uint64_t offset, std::size_t length) const;

  private:
    Descriptor descriptor_;
    std::string path_;
    std::uint64_t size_bytes_;
};

// A folder, open: for what looks at thousands of files beneath it, where a walk from the root for each would
// cost too much. Names are single components (REFUSED otherwise), and no link is followed.
class Directory {
  public:
    Directory(Descriptor descriptor, std::string path);

    Result<FileStatus> link_status(std::string_view name) const;
    // REFUSED for what is no directory, a link among it.
    Result<Directory> open_directory(std::string_view name) const;
    // As Node::read_link.
    Result<std::string> read_link(std::string_view name) const;
    // As Node::open_file.
    Result<File> open_file(std::string_view name) const;

  private:
    std::string path_of(std::string_view name) const;
    Result<Descriptor> open(std::string_view name, int flags) const;

    Descriptor descriptor_;
    std::string path_;
};

// Whether the machine that a tree belongs to runs here, so that commands and connections reach its services.
enum class Machine {
    by_root,  // it does where the root is this machine's own
    live,     // it does, though its files lie beneath another root (a container's, a test's)
};

class Node {
  public:
    static constexpr std::uint64_t file_limit_bytes = 4ULL * 1024 * 1024;
    static constexpr std::size_t entry_limit = 10'000;

    // `root` is a directory; "/" is the live machine. A Problem when it cannot be opened.
    static Result<Node> open(const std::filesystem::path& root, Machine machine = Machine::by_root);

    bool live() const { return live_; }
    // Where doors to servers count. Shared with what they open, which may outlive this.
    const std::shared_ptr<Tally>& tally() const { return tally_; }

    // The whole file. TOO_LARGE past the limit, REFUSED for what is no regular file, else as errno says.
    Result<std::string> read_file(std::string_view path, std::uint64_t limit_bytes = file_limit_bytes) const;
    Result<File> open_file(std::string_view path) const;
    // Links followed beneath the root, but for the last component.
    Result<Directory> open_directory(std::string_view path) const;
    // Of what the path leads to, links followed beneath the root.
    Result<FileStatus> status(std::string_view path) const;
    // Of the last component itself.
    Result<FileStatus> link_status(std::string_view path) const;
    Result<std::string> read_link(std::string_view path) const;
    // Entries in order of name, without "." and "..". TOO_LARGE past the limit.
    Result<std::vector<DirectoryEntry>> list(std::string_view path, std::size_t limit = entry_limit) const;
    // Numbers of the filesystem that holds the path. NOT_LIVE in a tree: its host's disk is not the node's.
    Result<FilesystemStatus> filesystem(std::string_view path) const;
    // Standard output of a command of the node. NOT_LIVE in a tree. See command.h for limits and rights.
    Result<std::string> run(const Command& command) const;

  private:
    Node(Descriptor root, bool live);
    Result<Descriptor> open_beneath(std::string_view path, int flags) const;

    Descriptor root_;
    bool live_;
    std::shared_ptr<Tally> tally_ = std::make_shared<Tally>();
};

}  // namespace preflight::probes
