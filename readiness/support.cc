#include "readiness/support.h"

#include <algorithm>

namespace preflight::readiness {
namespace {

bool is_of(const v1::OperatingSystemSupport& support, const v1::OperatingSystem& system) {
    if (std::ranges::find(support.ids(), system.id()) == support.ids().end()) return false;
    if (!system.pretty_name().starts_with(support.pretty_name())) return false;
    const std::string_view version = system.version_id();
    if (support.match() == v1::OperatingSystemSupport::MAJOR) {
        return version.substr(0, version.find('.')) == support.version();
    }
    return version == support.version();
}

}  // namespace

const v1::OperatingSystemSupport* find_support(const v1::OperatingSystem& system,
                                               const v1::Knowledge& knowledge) {
    const v1::OperatingSystemSupport* found = nullptr;
    for (const auto& support : knowledge.operating_systems()) {
        if (!is_of(support, system)) continue;
        // Where two go by the same ID and version, the one of this name.
        if (found == nullptr || !support.pretty_name().empty()) found = &support;
    }
    return found;
}

std::optional<Version> first_version(const v1::OperatingSystemSupport& support, const Build& build) {
    auto first = parse_version(support.first());
    if (build.architecture == "aarch64") first = std::max(first, parse_version(support.first_aarch64()));
    if (build.fips) first = std::max(first, parse_version(support.first_fips()));
    return first;
}

Build build_of(const v1::Installation& installation, const v1::OperatingSystem& system) {
    const auto& of_package = installation.architecture();
    return {architecture_name(of_package.empty() ? system.architecture() : of_package), installation.fips()};
}

Packages packages_for(const v1::OperatingSystemSupport& support, const Build& build, const Version& version) {
    if (build.fips && support.first_fips().empty()) return Packages::never;
    const auto minor = version.minor_release();
    const auto first = first_version(support, build);
    const auto last = parse_version(support.last());
    if (first && minor < first->minor_release()) return Packages::not_yet;
    if (last && minor > last->minor_release()) return Packages::ended;
    const bool in_gap = std::ranges::any_of(support.gaps(), [&](const v1::VersionInterval& gap) {
        const auto from = parse_version(gap.from());
        const auto below = parse_version(gap.below());
        return from && below && *from <= version && version < *below;
    });
    return in_gap ? Packages::gap : Packages::offered;
}

bool ending(const v1::OperatingSystemSupport& support, const Version& target) {
    const auto warn_from = parse_version(support.warn_from());
    return warn_from && target.minor_release() >= warn_from->minor_release();
}

std::string architecture_name(std::string_view architecture) {
    if (architecture == "amd64") return "x86_64";
    if (architecture == "arm64") return "aarch64";
    // The kernels that 32-bit Raspberry Pi OS runs on.
    if (architecture == "armv6l" || architecture == "armv7l") return "armhf";
    return std::string(architecture);
}

}  // namespace preflight::readiness
