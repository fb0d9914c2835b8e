#include "probes/mounts.h"

#include <algorithm>
#include <array>
#include <deque>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/shown.h"

namespace preflight::probes {
namespace {

constexpr std::size_t mount_limit = 10'000;
constexpr int link_limit = 40;

// Types whose other end is another machine. An automount counts: to look at it is to mount it.
constexpr std::array<std::string_view, 26> network_types{
    "nfs",          "nfs4",           "cifs",      "smb3",           "smbfs",     "smb2",
    "glusterfs",    "ceph",           "lustre",    "gpfs",           "9p",        "afs",
    "coda",         "beegfs",         "pvfs2",     "orangefs",       "wekafs",    "autofs",
    "fuse.sshfs",   "fuse.glusterfs", "fuse.ceph", "fuse.ceph-fuse", "fuse.s3fs", "fuse.gcsfuse",
    "fuse.juicefs", "fuse.mfs"};

bool is_octal(std::string_view digits) {
    return digits.size() == 3 &&
           std::ranges::all_of(digits, [](char digit) { return digit >= '0' && digit <= '7'; });
}

// The kernel writes blanks and backslashes as \040.
std::string unescaped(std::string_view text) {
    std::string result;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const auto digits = text.substr(at + 1 > text.size() ? text.size() : at + 1, 3);
        if (text[at] == '\\' && is_octal(digits)) {
            result += static_cast<char>((digits[0] - '0') * 64 + (digits[1] - '0') * 8 + (digits[2] - '0'));
            at += 3;
        } else {
            result += text[at];
        }
    }
    return result;
}

// A device as it may be told: what mounts by URL or as user@host may name a password in it.
std::string device_of(std::string_view text) {
    const auto hash = text.find('#');  // "curlftpfs#ftp://…"
    const auto program = hash == std::string_view::npos ? text.substr(0, 0) : text.substr(0, hash + 1);
    const auto place = text.substr(program.size());
    if (place.find("://") != std::string_view::npos) {
        const auto url = without_user(place);
        return shown(program) + (url.empty() ? "unclear address" : url);
    }
    const bool local = text.starts_with('/') && !text.starts_with("//");
    const auto user = local ? std::string_view::npos : text.rfind('@');
    return shown(user == std::string_view::npos ? text : text.substr(user + 1));
}

bool has_option(std::string_view options, std::string_view option) {
    const auto words = split(options, ",");
    return std::ranges::find(words, option) != words.end();
}

Result<Mounts> checked(Mounts mounts) {
    if (mounts.mounts.empty()) return malformed(mounts.source, "names no mount");
    return mounts;
}

bool lies_under(std::string_view path, std::string_view point) {
    if (point == "/") return path.starts_with('/');
    return path.starts_with(point) && (path.size() == point.size() || path[point.size()] == '/');
}

std::deque<std::string> components_of(std::string_view path) {
    std::deque<std::string> components;
    for (const auto part : split(path, "/")) components.emplace_back(part);
    return components;
}

std::string parent(const std::string& path) {
    const auto slash = path.rfind('/');
    return slash == std::string::npos ? std::string() : path.substr(0, slash);
}

}  // namespace

bool Mount::network() const { return std::ranges::find(network_types, type) != network_types.end(); }

const Mount* Mounts::of(std::string_view path) const {
    const Mount* found = nullptr;
    for (const auto& mount : mounts) {
        // Of two on one point the later one hides the earlier.
        if (lies_under(path, mount.point) && (found == nullptr || mount.point.size() >= found->point.size()))
            found = &mount;
    }
    return found;
}

std::string Mounts::resolve(const Node& node, std::string_view path) const {
    auto pending = components_of(path);
    std::string resolved;
    for (int links = 0; !pending.empty();) {
        const auto component = std::move(pending.front());
        pending.pop_front();
        if (component == ".") continue;
        if (component == "..") {
            resolved = parent(resolved);
            continue;
        }
        const auto next = std::string(resolved).append("/").append(component);
        const auto* mount = of(next);
        const bool remote = mount != nullptr && mount->network();
        const auto target = remote ? Result<std::string>(Problem{}) : node.read_link(next);
        if (!target || ++links > link_limit) {
            resolved = next;
            continue;
        }
        if (target->starts_with('/')) resolved.clear();
        auto components = components_of(*target);
        pending.insert(pending.begin(), components.begin(), components.end());
    }
    return resolved.empty() ? "/" : resolved;
}

Result<Mounts> parse_mountinfo(std::string_view text, std::string_view source) {
    Mounts found{.source = std::string(source)};
    while (const auto line = next_line(text)) {
        // 36 35 98:0 /root /mount/point rw,noatime master:1 - ext3 /dev/root rw,errors=continue
        const auto fields = split(*line, " ");
        const auto dash = std::ranges::find(fields, "-");
        if (fields.size() < 10 || dash - fields.begin() < 6 || fields.end() - dash < 4) continue;
        if (found.mounts.size() == mount_limit)
            return Problem{v1::Gap::TOO_LARGE, found.source, "too many mounts"};
        found.mounts.push_back({.point = unescaped(fields[4]),
                                .type = shown(dash[1]),
                                .device = device_of(unescaped(dash[2])),
                                .read_only = has_option(dash[3], "ro"),
                                .noexec = has_option(fields[5], "noexec")});
    }
    return checked(std::move(found));
}

Result<Mounts> parse_mounts(std::string_view text, std::string_view source) {
    Mounts found{.source = std::string(source)};
    while (const auto line = next_line(text)) {
        const auto fields = split(*line, " \t");
        if (fields.size() < 4 || !fields[1].starts_with('/')) continue;
        if (found.mounts.size() == mount_limit)
            return Problem{v1::Gap::TOO_LARGE, found.source, "too many mounts"};
        found.mounts.push_back({.point = unescaped(fields[1]),
                                .type = shown(fields[2]),
                                .device = device_of(unescaped(fields[0])),
                                .read_only = has_option(fields[3], "ro"),
                                .noexec = has_option(fields[3], "noexec")});
    }
    return checked(std::move(found));
}

Result<Mounts> read_mounts(const Node& node) {
    constexpr std::string_view table = "/proc/self/mountinfo";
    constexpr std::string_view older_table = "/proc/mounts";
    const auto text = node.read_file(table);
    if (text) return parse_mountinfo(*text, table);
    const auto older = node.read_file(older_table);
    if (!older) return text.error();
    auto mounts = parse_mounts(*older, older_table);
    // It does not tell a read-only filesystem from one that is so only for this process.
    if (mounts && node.live()) {
        for (auto& mount : mounts->mounts) mount.read_only = false;
    }
    return mounts;
}

}  // namespace preflight::probes
