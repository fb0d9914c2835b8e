// Predicates on what a node is and runs.
#include <algorithm>

#include "readiness/conditions/predicates.h"
#include "readiness/installed.h"
#include "readiness/route.h"
#include "readiness/support.h"

namespace preflight::readiness {
namespace {

template <typename List, typename Item>
bool contains(const List& list, const Item& item) {
    return std::ranges::find(list, item) != list.end();
}

Truth matches(const v1::Installation& what, const v1::IsInstalled& asked) {
    if (!asked.methods().empty()) {
        if (what.method() == v1::Installation::METHOD_UNSPECIFIED) return Truth::unknown;
        if (!contains(asked.methods(), what.method())) return Truth::fails;
    }
    if (asked.fips() && !what.fips()) return Truth::fails;
    if (asked.edition() == v1::EDITION_UNSPECIFIED || asked.edition() == what.edition()) return Truth::holds;
    return what.edition() == v1::EDITION_UNSPECIFIED ? Truth::unknown : Truth::fails;
}

// "rpm", "deb", or "" of a system that is of neither family.
std::string_view package_of(const v1::OperatingSystem& system) {
    const auto is = [&](std::string_view family) {
        return system.id() == family || contains(system.id_like(), family);
    };
    if (is("debian") || is("ubuntu")) return "deb";
    const bool rpm = is("rhel") || is("fedora") || is("centos") || is("suse") || is("opensuse") ||
                     is("amzn") || is("sles") || is("opensuse-leap");
    return rpm ? "rpm" : "";
}

// Of one that does not tell its version: is it of the same line as a system that is asked for?
bool may_be_named(const v1::OperatingSystem& system, const v1::RunsSystem& asked,
                  const v1::Knowledge& knowledge) {
    return system.version_id().empty() &&
           std::ranges::any_of(knowledge.operating_systems(), [&](const auto& row) {
               return contains(asked.names(), row.name()) && contains(row.ids(), system.id());
           });
}

Truth matches(const v1::OperatingSystem& system, const v1::RunsSystem& asked,
              const v1::Knowledge& knowledge) {
    if (system.id().empty()) return Truth::unknown;
    const auto package = package_of(system);
    if (!asked.package().empty() && package.empty()) return Truth::unknown;
    if (!asked.package().empty() && package != asked.package()) return Truth::fails;
    if (!asked.names().empty()) {
        const auto* row = find_support(system, knowledge);
        if (row == nullptr && may_be_named(system, asked, knowledge)) return Truth::unknown;
        if (row == nullptr || !contains(asked.names(), row->name())) return Truth::fails;
    }
    if (asked.glibc_below().empty()) return Truth::holds;
    const auto glibc = parse_version(system.glibc());
    const auto limit = parse_version(asked.glibc_below());
    if (!glibc || !limit) return Truth::unknown;
    return *glibc < *limit ? Truth::holds : Truth::fails;
}

std::string text_of(const v1::OperatingSystem& system) {
    return system.pretty_name().empty() ? system.id() + " " + system.version_id() : system.pretty_name();
}

// As some_node(), with all installations at hand.
template <typename Ask>
Decided some_installation(const Scene& scene, Ask ask) {
    SomeNode some;
    add_missing(scene, some);
    for (const auto& node : scene.fleet.nodes) {
        if (installation_unseen(node)) some.unseen(node, "installation");
    }
    for (const auto& installed : installations(scene.fleet)) ask(installed, some);
    return some.decided();
}

}  // namespace

bool within(const Version& version, const v1::VersionInterval& interval) {
    const auto from = parse_server_version(interval.from());
    const auto below = parse_server_version(interval.below());
    return (!from || version >= *from) && (!below || version < *below);
}

bool within(const Version& version,
            const google::protobuf::RepeatedPtrField<v1::VersionInterval>& intervals) {
    return std::ranges::any_of(
        intervals, [&](const v1::VersionInterval& interval) { return within(version, interval); });
}

Decided decide(const v1::IsInstalled& asked, const Scene& scene) {
    return some_installation(scene, [&](const Installed& installed, SomeNode& some) {
        const auto truth = matches(*installed.what, asked);
        if (truth == Truth::holds) some.holds(*installed.node, *installed.finding, "installed in this way");
        if (truth == Truth::unknown)
            some.unseen(*installed.node, *installed.finding, "how GitLab is installed was not seen whole");
    });
}

Decided decide(const v1::RunsVersion& asked, const Scene& scene) {
    const auto* start = asked.hop_starts() && scene.before != nullptr ? &scene.before->leg.from : nullptr;
    return some_installation(scene, [&](const Installed& installed, SomeNode& some) {
        if (!installed.version)
            return some.unseen(*installed.node, *installed.finding, "its version was not seen");
        // A node may be ahead of the path.
        const bool moves = start != nullptr && *installed.version < *start;
        const auto& version = moves ? *start : *installed.version;
        if (!within(version, asked.versions())) return;
        some.holds(*installed.node, *installed.finding,
                   version.text() + (moves ? " is installed by then" : " is installed"));
    });
}

Decided decide(const v1::RunsSystem& asked, const Scene& scene) {
    return some_node(scene, [&](const FleetNode& node, SomeNode& some) {
        if (without_gitlab(node)) return;
        const auto systems =
            findings_of<&v1::Finding::has_operating_system, &v1::Finding::operating_system>(node);
        if (systems.empty()) some.unseen(node, "system");
        for (const auto& [system, finding] : systems) {
            const auto truth = matches(*system, asked, scene.knowledge);
            if (truth == Truth::holds) some.holds(node, *finding, text_of(*system));
            if (truth == Truth::unknown) some.unseen(node, *finding, "not all of the system was seen");
        }
    });
}

Decided decide(const v1::HasNodes& asked, const Scene& scene) {
    SomeNode some;
    std::size_t with = 0;
    std::size_t unseen = add_missing(scene, some);  // each may be of that role
    v1::Verdict shown;
    for (const auto& node : scene.fleet.nodes) {
        if (without_gitlab(node)) continue;
        if (has_role(node, asked.role())) {
            ++with;
            about_inspection(shown, node, "has the role");
        } else if (!roles_seen(node)) {
            ++unseen;
            some.unseen(node, "services");
        }
    }
    if (with > asked.more_than()) return {Truth::holds, std::move(shown), {}};
    if (with + unseen > asked.more_than() || scene.fleet.nodes.empty()) return some.decided();
    return {Truth::fails, std::move(shown), {}};
}

Decided decide(const v1::HasService& asked, const Scene& scene) {
    return some_node(scene, [&](const FleetNode& node, SomeNode& some) {
        if (without_gitlab(node)) return;
        if (!saw_all(node, "services")) some.unseen(node, "services");
        for (const auto& [service, finding] :
             findings_of<&v1::Finding::has_service, &v1::Finding::service>(node)) {
            if (service->enabled() && contains(asked.names(), service->name()))
                some.holds(node, *finding, service->name() + " is enabled");
        }
    });
}

Decided decide(const v1::HasMarkerFile& asked, const Scene& scene) {
    return some_node(scene, [&](const FleetNode& node, SomeNode& some) {
        if (without_gitlab(node)) return;
        if (!saw_all(node, "installation")) some.unseen(node, "installation");
        for (const auto& [file, finding] :
             findings_of<&v1::Finding::has_marker_file, &v1::Finding::marker_file>(node)) {
            const auto name = file->path().substr(file->path().rfind('/') + 1);
            if (contains(asked.names(), name)) some.holds(node, *finding, file->path() + " is there");
        }
    });
}

Decided decide(const v1::OnFilesystem& asked, const Scene& scene) {
    return some_node(scene, [&](const FleetNode& node, SomeNode& some) {
        if (without_gitlab(node)) return;
        const auto filesystems = findings_of<&v1::Finding::has_filesystem, &v1::Finding::filesystem>(node);
        if (filesystems.empty() || !saw_all(node, "system")) some.unseen(node, "system");
        for (const auto& [found, finding] : filesystems) {
            if (asked.noexec() && !found->has_noexec())
                some.unseen(node, *finding, "how it is mounted was not told");
            if (asked.noexec() ? !found->noexec() : found->network() != asked.network()) continue;
            const auto how = asked.noexec() ? std::string(" is mounted noexec") : " lies on " + found->type();
            for (const auto& path : found->paths()) {
                if (path.starts_with(asked.path())) some.holds(node, *finding, path + how);
            }
        }
    });
}

Decided decide(const v1::SecurityIs& asked, const Scene& scene) {
    return some_node(scene, [&](const FleetNode& node, SomeNode& some) {
        if (without_gitlab(node)) return;
        const auto modules =
            findings_of<&v1::Finding::has_security_module, &v1::Finding::security_module>(node);
        if (modules.empty()) some.unseen(node, "security");
        for (const auto& [module, finding] : modules) {
            if (asked.fips() && module->fips()) some.holds(node, *finding, "the kernel runs in FIPS mode");
            if (asked.fips() && !module->fips_known()) some.unseen(node, *finding, "FIPS mode was not seen");
            if (!asked.selinux_enforcing()) continue;
            if (module->selinux() == v1::SecurityModule::ENFORCING)
                some.holds(node, *finding, "SELinux enforces");
            if (module->selinux() == v1::SecurityModule::MODE_UNSPECIFIED)
                some.unseen(node, *finding, "the mode of SELinux was not seen");
        }
    });
}

// A gap of another file says nothing of these; where there is no file, none is torn.
Decided decide(const v1::HasTornFile& asked, const Scene& scene) {
    return some_node(scene, [&](const FleetNode& node, SomeNode& some) {
        if (without_gitlab(node)) return;
        if (!finished(node, asked.probe())) some.unseen(node, asked.probe());
        for (const auto* gap : gaps_of(node, asked.probe())) {
            const auto cause = gap->gap().cause();
            const bool read = cause == v1::Gap::ABSENT || cause == v1::Gap::DROPPED;
            if (read || !gap->source().starts_with(asked.beneath())) continue;
            if (cause == v1::Gap::MALFORMED) {
                some.holds(node, *gap, gap->gap().detail());
            } else {
                some.unseen(node, *gap, gap->gap().detail());
            }
        }
    });
}

}  // namespace preflight::readiness
