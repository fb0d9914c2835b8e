#include "collector/output_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <system_error>
#include <tuple>

namespace preflight::collector {
namespace {

Result<void> write_all(int descriptor, std::string_view content, const std::string& source) {
    while (!content.empty()) {
        const auto written = ::write(descriptor, content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return problem_from_errno(errno, source);
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<void> refuse_what_is_no_file(const std::filesystem::path& file) {
    std::error_code error;
    const auto kind = std::filesystem::symlink_status(file, error).type();
    using std::filesystem::file_type;
    if (kind == file_type::regular || kind == file_type::not_found) return {};
    if (kind == file_type::none) return problem_from_errno(error.value(), file.string());
    const auto* what = kind == file_type::symlink ? "it is a link: name the file itself" : "it is not a file";
    return Problem{v1::Gap::REFUSED, file.string(), what};
}

std::filesystem::path folder_of(const std::filesystem::path& file) {
    return file.has_parent_path() ? file.parent_path() : std::filesystem::path(".");
}

// A new file is root's, where the old one may have been readable to a group. But in a folder where others may
// lay files too, somebody may have laid one there to be given the new one.
void keep_owner(int descriptor, const std::filesystem::path& file) {
    struct stat old {};
    struct stat folder {};
    if (::lstat(file.c_str(), &old) != 0 || ::stat(folder_of(file).c_str(), &folder) != 0) return;
    const bool shared = (folder.st_mode & (S_IWGRP | S_IWOTH)) != 0;
    if (shared && old.st_uid != ::geteuid()) return;
    std::ignore = ::fchown(descriptor, old.st_uid, old.st_gid);
}

// So that the name is on the disk as well as the content.
Result<void> sync_folder(const std::filesystem::path& file) {
    const auto folder = folder_of(file);
    const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (descriptor < 0) return problem_from_errno(errno, folder.string());
    const bool synced = ::fsync(descriptor) == 0;
    const int error = errno;
    ::close(descriptor);
    // Some filesystems cannot sync a folder.
    if (!synced && error != EINVAL) return problem_from_errno(error, folder.string());
    return {};
}

}  // namespace

Result<void> write_file(const std::filesystem::path& file, std::string_view content, mode_t mode) {
    if (auto refused = refuse_what_is_no_file(file); !refused) return refused;
    auto beside = file.string() + ".XXXXXX";
    const int descriptor = ::mkostemp(beside.data(), O_CLOEXEC);
    if (descriptor < 0) return problem_from_errno(errno, file.string());
    keep_owner(descriptor, file);
    auto written = write_all(descriptor, content, file.string());
    if (written && ::fchmod(descriptor, mode) != 0) written = problem_from_errno(errno, file.string());
    if (written && ::fsync(descriptor) != 0) written = problem_from_errno(errno, file.string());
    ::close(descriptor);
    if (written && std::rename(beside.c_str(), file.c_str()) != 0) {
        written = problem_from_errno(errno, file.string());
    }
    if (!written) {
        ::unlink(beside.c_str());
        return written;
    }
    return sync_folder(file);
}

}  // namespace preflight::collector
