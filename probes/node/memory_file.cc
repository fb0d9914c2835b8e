#include "probes/node/memory_file.h"

#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace preflight::probes {

namespace {

// The soft limit of file sizes, raised to the hard one for as long as this lives.
class RaisedLimit {
  public:
    RaisedLimit() {
        ::getrlimit(RLIMIT_FSIZE, &before_);
        const rlimit raised{before_.rlim_max, before_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &raised);
    }
    RaisedLimit(const RaisedLimit&) = delete;
    RaisedLimit& operator=(const RaisedLimit&) = delete;
    ~RaisedLimit() { ::setrlimit(RLIMIT_FSIZE, &before_); }

  private:
    rlimit before_{};
};

}  // namespace

Result<MemoryFile> MemoryFile::hold(std::string_view content) {
    if (content.size() > memory_file_limit_bytes)
        return Problem{v1::Gap::TOO_LARGE, "memory file", "the file is too large to be handed on"};
    const RaisedLimit raised;
    Descriptor descriptor(::memfd_create("preflight", MFD_CLOEXEC));
    const auto failed = [] { return problem_from_errno(errno, "memory file"); };
    if (descriptor.get() < 0 || ::fchmod(descriptor.get(), 0600) != 0) return failed();
    while (!content.empty()) {
        const auto written = ::write(descriptor.get(), content.data(), content.size());
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return failed();
        content.remove_prefix(static_cast<std::size_t>(written));
    }
    return MemoryFile(std::move(descriptor));
}

}  // namespace preflight::probes
