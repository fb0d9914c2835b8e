#include "probes/node/node.h"

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <memory>

#include "probes/node/resolve.h"

namespace preflight::probes {
namespace {

FileType type_of(mode_t mode) {
    if (S_ISREG(mode)) return FileType::regular;
    if (S_ISDIR(mode)) return FileType::directory;
    if (S_ISLNK(mode)) return FileType::link;
    return FileType::other;
}

TimePoint time_of(const timespec& time) {
    const auto since_epoch = std::chrono::seconds(time.tv_sec) + std::chrono::nanoseconds(time.tv_nsec);
    return TimePoint(std::chrono::duration_cast<TimePoint::duration>(since_epoch));
}

FileStatus status_of(const struct stat& status) {
    return {.type = type_of(status.st_mode),
            .size_bytes = static_cast<std::uint64_t>(status.st_size),
            .mode = static_cast<std::uint32_t>(status.st_mode & 07777),
            .user_id = status.st_uid,
            .group_id = status.st_gid,
            .modified_at = time_of(status.st_mtim),
            .changed_at = time_of(status.st_ctim)};
}

Problem errno_problem(std::string_view path) { return problem_from_errno(errno, std::string(path)); }

Result<FileStatus> status_of(const Descriptor& descriptor, std::string_view path) {
    struct stat status {};
    if (::fstat(descriptor.get(), &status) != 0) return errno_problem(path);
    return status_of(status);
}

FileType type_of(const dirent& entry, int directory) {
    switch (entry.d_type) {
        case DT_REG:
            return FileType::regular;
        case DT_DIR:
            return FileType::directory;
        case DT_LNK:
            return FileType::link;
        case DT_UNKNOWN:
            break;
        default:
            return FileType::other;
    }
    // Some filesystems do not say; ask for this entry alone.
    struct stat status {};
    if (::fstatat(directory, entry.d_name, &status, AT_SYMLINK_NOFOLLOW) != 0) return FileType::other;
    return type_of(status.st_mode);
}

bool is_component(std::string_view name) {
    return !name.empty() && name != "." && name != ".." &&
           name.find_first_of(std::string_view("/\0", 2)) == std::string_view::npos;
}

// `open` takes open(2) flags and gives a Result<Descriptor>.
template <typename Open>
Result<File> open_regular(const Open& open, std::string_view path) {
    const auto refused = [&] { return Problem{v1::Gap::REFUSED, std::string(path), "not a regular file"}; };
    // O_PATH first: opening a FIFO or a device for reading is already too much.
    const auto found = open(O_PATH);
    if (!found) return found.error();
    const auto seen = status_of(*found, path);
    if (!seen) return seen.error();
    if (seen->type != FileType::regular) return refused();
    // O_NONBLOCK: should the file have become a FIFO meanwhile, the open must not wait for a writer.
    auto opened = open(O_RDONLY | O_NONBLOCK | O_NOCTTY);
    if (!opened) return opened.error();
    const auto status = status_of(*opened, path);
    if (!status) return status.error();
    if (status->type != FileType::regular) return refused();
    return File(std::move(*opened), std::string(path), status->size_bytes);
}

constexpr int directory_flags = O_PATH | O_NOFOLLOW;

// O_PATH opens a link or a file as well: what it is shows only then.
Result<Directory> opened_directory(Result<Descriptor> opened, std::string_view path) {
    if (!opened) return opened.error();
    const auto status = status_of(*opened, path);
    if (!status) return status.error();
    if (status->type != FileType::directory) {
        return Problem{v1::Gap::REFUSED, std::string(path), "no directory"};
    }
    return Directory(std::move(*opened), std::string(path));
}

// Of a link that was opened as itself.
Result<std::string> target_of(const Result<Descriptor>& found, std::string_view path) {
    if (!found) return found.error();
    std::array<char, PATH_MAX> target{};
    const auto length = ::readlinkat(found->get(), "", target.data(), target.size());
    // The empty path on something that is no link answers ENOENT, though it is there.
    if (length < 0 && (errno == ENOENT || errno == EINVAL)) {
        return Problem{v1::Gap::REFUSED, std::string(path), "not a link"};
    }
    if (length < 0) return errno_problem(path);
    return std::string(target.data(), static_cast<std::size_t>(length));
}

}  // namespace

File::File(Descriptor descriptor, std::string path, std::uint64_t size_bytes)
    : descriptor_(std::move(descriptor)), path_(std::move(path)), size_bytes_(size_bytes) {}

Result<std::string> File::read_at(std::uint64_t offset, std::size_t length) const {
    std::string bytes(length, '\0');
    std::size_t have = 0;
    while (have < length) {
        const auto got =
            ::pread(descriptor_.get(), bytes.data() + have, length - have, static_cast<off_t>(offset + have));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno_problem(path_);
        if (got == 0) break;
        have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
}

Directory::Directory(Descriptor descriptor, std::string path)
    : descriptor_(std::move(descriptor)), path_(std::move(path)) {}

std::string Directory::path_of(std::string_view name) const { return path_ + "/" + std::string(name); }

Result<Descriptor> Directory::open(std::string_view name, int flags) const {
    if (!is_component(name)) return Problem{v1::Gap::REFUSED, path_of(name), "not one component"};
    const int number = ::openat(descriptor_.get(), std::string(name).c_str(), flags | O_NOFOLLOW | O_CLOEXEC);
    if (number < 0) return errno_problem(path_of(name));
    return Descriptor(number);
}

Result<FileStatus> Directory::link_status(std::string_view name) const {
    if (!is_component(name)) return Problem{v1::Gap::REFUSED, path_of(name), "not one component"};
    struct stat status {};
    const std::string text(name);
    if (::fstatat(descriptor_.get(), text.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0)
        return errno_problem(path_of(name));
    return status_of(status);
}

Result<Directory> Directory::open_directory(std::string_view name) const {
    return opened_directory(open(name, directory_flags), path_of(name));
}

Result<std::string> Directory::read_link(std::string_view name) const {
    return target_of(open(name, O_PATH), path_of(name));
}

Result<File> Directory::open_file(std::string_view name) const {
    return open_regular([&](int flags) { return open(name, flags); }, path_of(name));
}

Node::Node(Descriptor root, bool live) : root_(std::move(root)), live_(live) {}

Result<Node> Node::open(const std::filesystem::path& root, Machine machine) {
    Descriptor directory(::open(root.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC));
    if (directory.get() < 0 && errno == ENOTDIR) {
        return Problem{v1::Gap::REFUSED, root.native(), "it is no directory"};
    }
    if (directory.get() < 0) return errno_problem(root.native());
    struct stat opened {};
    struct stat own {};
    if (::fstat(directory.get(), &opened) != 0) return errno_problem(root.native());
    // However it was spelled ("/", "//", a link), the machine's own root is the live machine.
    const bool own_root =
        ::stat("/", &own) == 0 && own.st_dev == opened.st_dev && own.st_ino == opened.st_ino;
    return Node(std::move(directory), own_root || machine == Machine::live);
}

Result<Descriptor> Node::open_beneath(std::string_view path, int flags) const {
    return open_in_root(root_.get(), path, flags);
}

Result<File> Node::open_file(std::string_view path) const {
    return open_regular([&](int flags) { return open_beneath(path, flags); }, path);
}

Result<Directory> Node::open_directory(std::string_view path) const {
    return opened_directory(open_beneath(path, directory_flags), path);
}

Result<std::string> Node::read_file(std::string_view path, std::uint64_t limit_bytes) const {
    const auto too_large = [&] {
        return Problem{v1::Gap::TOO_LARGE, std::string(path),
                       "larger than " + std::to_string(limit_bytes) + " bytes"};
    };
    const auto file = open_file(path);
    if (!file) return file.error();
    if (file->size_bytes() > limit_bytes) return too_large();
    // Files of /proc say they are empty, others may grow: read until there is no more, one piece past the
    // limit at most. Most files end within the first piece.
    constexpr std::uint64_t least_bytes = 4UL * 1024;
    constexpr std::uint64_t most_bytes = 64UL * 1024;
    const auto piece_bytes = std::clamp(file->size_bytes() + 1, least_bytes, most_bytes);
    std::string content;
    while (content.size() <= limit_bytes) {
        const auto piece = file->read_at(content.size(), piece_bytes);
        if (!piece) return piece.error();
        content += *piece;
        if (piece->size() < piece_bytes) break;
    }
    if (content.size() > limit_bytes) return too_large();
    return content;
}

Result<FileStatus> Node::status(std::string_view path) const {
    const auto found = open_beneath(path, O_PATH);
    if (!found) return found.error();
    return status_of(*found, path);
}

Result<FileStatus> Node::link_status(std::string_view path) const {
    const auto found = open_beneath(path, O_PATH | O_NOFOLLOW);
    if (!found) return found.error();
    return status_of(*found, path);
}

Result<std::string> Node::read_link(std::string_view path) const {
    return target_of(open_beneath(path, O_PATH | O_NOFOLLOW), path);
}

Result<std::vector<DirectoryEntry>> Node::list(std::string_view path, std::size_t limit) const {
    auto opened = open_beneath(path, O_RDONLY | O_DIRECTORY | O_NONBLOCK);
    if (!opened) return opened.error();
    const std::unique_ptr<DIR, int (*)(DIR*)> stream(::fdopendir(opened->get()), &::closedir);
    if (!stream) return errno_problem(path);
    opened->release();  // the stream owns it now
    std::vector<DirectoryEntry> entries;
    errno = 0;
    while (const dirent* entry = ::readdir(stream.get())) {
        if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0) continue;
        if (entries.size() == limit) {
            return Problem{v1::Gap::TOO_LARGE, std::string(path),
                           "more than " + std::to_string(limit) + " entries"};
        }
        entries.push_back({entry->d_name, type_of(*entry, ::dirfd(stream.get()))});
        errno = 0;
    }
    if (errno != 0) return errno_problem(path);
    std::ranges::sort(entries, {}, &DirectoryEntry::name);
    return entries;
}

Result<FilesystemStatus> Node::filesystem(std::string_view path) const {
    if (!live_) return Problem{v1::Gap::NOT_LIVE, std::string(path), "a tree does not show the node's disks"};
    const auto found = open_beneath(path, O_PATH);
    if (!found) return found.error();
    struct statvfs numbers {};
    struct stat status {};
    if (::fstatvfs(found->get(), &numbers) != 0 || ::fstat(found->get(), &status) != 0)
        return errno_problem(path);
    return FilesystemStatus{.device = status.st_dev,
                            .size_bytes = numbers.f_blocks * numbers.f_frsize,
                            .available_bytes = numbers.f_bavail * numbers.f_frsize,
                            .inodes = numbers.f_files,
                            .inodes_available = numbers.f_favail};
}

Result<std::string> Node::run(const Command& command) const {
    if (!live_) {
        const auto program = command.argv.empty() ? std::string() : command.argv.front();
        return Problem{v1::Gap::NOT_LIVE, program, "a tree runs no commands"};
    }
    return run_command(command);
}

}  // namespace preflight::probes
