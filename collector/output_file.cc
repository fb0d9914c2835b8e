#include "collector/output_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <string>

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

}  // namespace

Result<void> write_file(const std::filesystem::path& file, std::string_view content) {
    auto beside = file.string() + ".XXXXXX";
    const int descriptor = ::mkostemp(beside.data(), O_CLOEXEC);
    if (descriptor < 0) return problem_from_errno(errno, file.string());
    auto written = write_all(descriptor, content, file.string());
    if (written && ::fsync(descriptor) != 0) written = problem_from_errno(errno, file.string());
    ::close(descriptor);
    if (written && std::rename(beside.c_str(), file.c_str()) != 0) {
        written = problem_from_errno(errno, file.string());
    }
    if (!written) ::unlink(beside.c_str());
    return written;
}

}  // namespace preflight::collector
