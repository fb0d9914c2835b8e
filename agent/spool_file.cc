#include "agent/spool_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "probes/node/descriptor.h"

namespace preflight::agent {

namespace fs = std::filesystem;

Problem errno_problem(const fs::path& path) { return problem_from_errno(errno, path.string()); }

Result<void> write_all(int descriptor, std::string_view bytes, const fs::path& path) {
    while (!bytes.empty()) {
        const auto written = ::write(descriptor, bytes.data(), bytes.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return errno_problem(path);
        bytes.remove_prefix(static_cast<std::size_t>(written));
    }
    return {};
}

Result<std::string> read_range(int descriptor, std::uint64_t begin, std::uint64_t end, const fs::path& path) {
    std::string bytes(end - begin, '\0');
    std::size_t have = 0;
    while (have < bytes.size()) {
        const auto got =
            ::pread(descriptor, bytes.data() + have, bytes.size() - have, static_cast<off_t>(begin + have));
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return errno_problem(path);
        if (got == 0) break;
        have += static_cast<std::size_t>(got);
    }
    bytes.resize(have);
    return bytes;
}

void sync_folder(const fs::path& folder) {
    const probes::Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened.get() >= 0) ::fsync(opened.get());
}

}  // namespace preflight::agent
