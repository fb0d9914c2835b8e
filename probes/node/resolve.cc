#include "probes/node/resolve.h"

#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include <array>
#include <cerrno>
#include <climits>
#include <deque>
#include <string>
#include <vector>

namespace preflight::probes {
namespace {

constexpr int link_limit = 40;  // as the kernel's own
constexpr std::size_t depth_limit = 256;

using Components = std::deque<std::string>;

Components split(std::string_view path) {
    Components components;
    while (!path.empty()) {
        const auto slash = path.find('/');
        const auto component = path.substr(0, slash);
        if (!component.empty() && component != ".") components.emplace_back(component);
        path.remove_prefix(slash == std::string_view::npos ? path.size() : slash + 1);
    }
    return components;
}

// Walks the components with one open directory per level, so that ".." goes back to where we came from and
// never above the root, whatever the tree's links say meanwhile.
class Walk {
  public:
    Walk(int root, std::string_view path) : root_(root), path_(path), pending_(split(path)) {}

    Result<Descriptor> open(int flags) {
        while (!pending_.empty()) {
            const auto component = std::move(pending_.front());
            pending_.pop_front();
            if (component == "..") {
                if (!levels_.empty()) levels_.pop_back();
                continue;
            }
            auto next = step(component, flags);
            if (!next) return next.error();
            if (next->get() >= 0 && pending_.empty()) return std::move(*next);
            if (next->get() >= 0) levels_.push_back(std::move(*next));
            if (levels_.size() > depth_limit) return problem_from_errno(ENAMETOOLONG, path_);
        }
        return opened(::openat(here(), ".", (flags & ~O_NOFOLLOW) | O_CLOEXEC));
    }

  private:
    int here() const { return levels_.empty() ? root_ : levels_.back().get(); }

    Result<Descriptor> opened(int number) const {
        if (number < 0) return problem_from_errno(errno, path_);
        return Descriptor(number);
    }

    // Opens one component; a link is put in place of itself instead, which an empty descriptor says.
    Result<Descriptor> step(const std::string& component, int flags) {
        const bool last = pending_.empty();
        struct stat status {};
        if (::fstatat(here(), component.c_str(), &status, AT_SYMLINK_NOFOLLOW) != 0) {
            return problem_from_errno(errno, path_);
        }
        if (S_ISLNK(status.st_mode) && !(last && (flags & O_NOFOLLOW) != 0)) return follow(component);
        const int how = last ? flags : O_PATH | O_DIRECTORY;
        return opened(::openat(here(), component.c_str(), how | O_NOFOLLOW | O_CLOEXEC));
    }

    Result<Descriptor> follow(const std::string& component) {
        if (++links_ > link_limit) return problem_from_errno(ELOOP, path_);
        std::array<char, PATH_MAX> target{};
        const auto length = ::readlinkat(here(), component.c_str(), target.data(), target.size());
        if (length < 0) return problem_from_errno(errno, path_);
        const std::string_view text(target.data(), static_cast<std::size_t>(length));
        if (text.starts_with('/')) levels_.clear();
        auto components = split(text);
        pending_.insert(pending_.begin(), components.begin(), components.end());
        if (pending_.size() > depth_limit) return problem_from_errno(ENAMETOOLONG, path_);
        return Descriptor();
    }

    int root_;
    std::string path_;
    Components pending_;
    std::vector<Descriptor> levels_;
    int links_ = 0;
};

int open_by_kernel(int root, const std::string& path, int flags) {
    open_how how{};
    how.flags = static_cast<std::uint64_t>(flags) | O_CLOEXEC;
    how.resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS;
    return static_cast<int>(::syscall(SYS_openat2, root, path.c_str(), &how, sizeof how));
}

// An old kernel says ENOSYS; a sandbox of an old systemd EPERM; EAGAIN is a rename that raced with a "..".
bool walk_instead(int error) {
    return error == ENOSYS || error == EPERM || error == EAGAIN || error == E2BIG;
}

}  // namespace

Result<Descriptor> open_in_root(int root, std::string_view path, int flags, Resolver resolver) {
    const std::string text(path.empty() ? "/" : path);
    if (text.find('\0') != std::string::npos)
        return problem_from_errno(ENOENT, text.substr(0, text.find('\0')));
    if (resolver == Resolver::kernel_or_walk) {
        const int number = open_by_kernel(root, text, flags);
        if (number >= 0) return Descriptor(number);
        if (!walk_instead(errno)) return problem_from_errno(errno, text);
    }
    return Walk(root, text).open(flags);
}

}  // namespace preflight::probes
