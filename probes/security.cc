#include "probes/security.h"

#include "probes/config_text.h"
#include "probes/gitlab_presence.h"
#include "probes/unseen.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using Mode = v1::SecurityModule;

constexpr std::uint64_t size_limit_bytes = 64UL * 1024;
constexpr std::string_view selinux_now = "/sys/fs/selinux/enforce";
constexpr std::string_view selinux_file = "/etc/selinux/config";
constexpr std::string_view fips_file = "/proc/sys/crypto/fips_enabled";

Mode::Mode mode_named(std::string_view text) {
    if (text == "enforcing") return Mode::ENFORCING;
    if (text == "permissive") return Mode::PERMISSIVE;
    return text == "disabled" ? Mode::DISABLED : Mode::MODE_UNSPECIFIED;
}

Mode::Mode mode_configured(std::string_view text) {
    while (const auto next = next_line(text)) {
        const auto line = trimmed(*next);
        constexpr std::string_view key = "SELINUX=";
        if (line.starts_with(key)) return mode_named(in_lower_case(trimmed(line.substr(key.size()))));
    }
    return Mode::MODE_UNSPECIFIED;
}

void take_mode_now(const Node& node, Unseen& unseen, v1::SecurityModule& found) {
    const auto text = node.read_file(selinux_now, size_limit_bytes);
    if (text) {
        const auto said = trimmed(*text);
        if (said == "1") found.set_selinux(Mode::ENFORCING);
        if (said == "0") found.set_selinux(Mode::PERMISSIVE);
    } else if (!node.live() || text.error().cause != v1::Gap::ABSENT) {
        unseen.note(text.error(), "SELinux's mode");
    } else {
        // A kernel that has it, or none that has: without its filesystem it does not rule.
        found.set_selinux(node.status("/etc/selinux") ? Mode::DISABLED : Mode::ABSENT);
    }
}

void take_fips(const Node& node, Unseen& unseen, v1::SecurityModule& found) {
    const auto text = node.read_file(fips_file, size_limit_bytes);
    if (!text && (!node.live() || text.error().cause != v1::Gap::ABSENT))
        return unseen.note(text.error(), "FIPS mode of the kernel");
    found.set_fips_known(true);
    // A kernel that was built without it has no such file.
    found.set_fips(text && trimmed(*text) == "1");
}

void look(const Node& node, const Asked& /*asked*/, Findings& out) {
    if (!has_gitlab(node)) return;
    Unseen unseen(node);
    v1::SecurityModule found;
    take_mode_now(node, unseen, found);
    const auto configured = node.read_file(selinux_file, size_limit_bytes);
    if (configured) found.set_selinux_configured(mode_configured(*configured));
    if (!configured && configured.error().cause != v1::Gap::ABSENT)
        unseen.note(configured.error(), "SELinux's mode after the next boot");
    take_fips(node, unseen, found);
    *out.add(selinux_now).mutable_security_module() = found;
    unseen.report(out);
}

}  // namespace

constexpr Probe security{
    .name = "security",
    .looks_at = "SELinux's mode now and after the next boot, FIPS mode of the kernel",
    .needs = NoPrivilege{},
    .limit = 3s,
    .look = look,
};

}  // namespace preflight::probes
