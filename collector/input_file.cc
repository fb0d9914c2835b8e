#include "collector/input_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

namespace preflight::collector {
namespace {

// Closed with its scope.
class Opened {
  public:
    // A pipe without a writer would hold us up; what was opened is asked what it is, not its name before.
    explicit Opened(const std::filesystem::path& file)
        : descriptor_(::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)) {}
    Opened(const Opened&) = delete;
    Opened& operator=(const Opened&) = delete;
    ~Opened() {
        if (descriptor_ >= 0) ::close(descriptor_);
    }
    int descriptor() const { return descriptor_; }

  private:
    int descriptor_;
};

Problem too_large(const std::string& source, std::size_t limit_bytes) {
    return {v1::Gap::TOO_LARGE, source, fmt::format("larger than {} bytes", limit_bytes)};
}

// To its end, which may lie elsewhere than its size said.
Result<std::string> read_all(int descriptor, std::size_t size, std::size_t limit_bytes,
                             const std::string& source) {
    constexpr std::size_t piece_bytes = std::size_t{64} * 1024;
    std::string text;
    text.reserve(size + 1);
    while (true) {
        const auto before = text.size();
        text.resize(before + std::clamp(size + 1 - std::min(size, before), std::size_t{1}, piece_bytes));
        const auto got = ::read(descriptor, text.data() + before, text.size() - before);
        const int error = errno;
        text.resize(before + static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
        if (got < 0 && error == EINTR) continue;
        if (got < 0) return problem_from_errno(error, source);
        if (got == 0) return text;
        if (text.size() > limit_bytes) return too_large(source, limit_bytes);
    }
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& file, std::size_t limit_bytes) {
    const Opened opened(file);
    const auto source = file.string();
    // A socket cannot be opened at all.
    if (opened.descriptor() < 0 && errno == ENXIO)
        return Problem{v1::Gap::REFUSED, source, "it is not a file"};
    if (opened.descriptor() < 0) return problem_from_errno(errno, source);
    struct stat status {};
    if (::fstat(opened.descriptor(), &status) != 0) return problem_from_errno(errno, source);
    if (!S_ISREG(status.st_mode)) return Problem{v1::Gap::REFUSED, source, "it is not a file"};
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > limit_bytes) return too_large(source, limit_bytes);
    return read_all(opened.descriptor(), size, limit_bytes, source);
}

}  // namespace preflight::collector
