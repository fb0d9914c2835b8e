#include "probes/configuration_state.h"

#include <array>
#include <string>

#include "probes/attributes.h"
#include "probes/paths.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;

struct Marker {
    std::string_view name;
    std::string_view effect;
};

// Source: preinst.erb, upgrade.rb and pg_upgrade.rb of omnibus-gitlab 440b1f835; the last from general
// knowledge.
constexpr std::array<Marker, 6> markers{{
    {"skip-auto-reconfigure",
     "the package neither backs up the database nor reconfigures when it is upgraded"},
    {"skip-auto-backup", "the package makes no backup of the database before an upgrade"},
    {"skip-fail-config-check", "removed settings do not stop the package's upgrade"},
    {"disable-postgresql-upgrade", "the package does not upgrade PostgreSQL to a new major version"},
    {"skip-unmigrated-data-check",
     "the package does not check for data of the legacy storage (14.0 to 16.11)"},
    {"skip-auto-migrations", "legacy name of skip-auto-reconfigure, before 11.0"},
}};

// Files that were unpacked or copied together may differ by a moment; an edit comes later than that.
constexpr auto edit_tolerance = 5s;

void compare_times(const Node& node, const Attributes& attributes, std::string_view path, Findings& out) {
    const auto status = node.status(path);
    if (!status) {
        if (status.error().cause != v1::Gap::ABSENT)
            out.gap(status.error(), "whether the configuration was applied");
        return;
    }
    if (status->modified_at <= attributes.modified_at + edit_tolerance) return;
    auto& difference = *out.add(path).mutable_difference();
    difference.set_kind(v1::Difference::NOT_APPLIED);
    difference.set_what("configuration edited but not applied");
    difference.set_used(attributes.path);
    difference.set_other(std::string(path));
    difference.set_detail("changed " + to_iso8601(to_timestamp(status->modified_at)) + ", last reconfigure " +
                          to_iso8601(to_timestamp(attributes.modified_at)));
}

}  // namespace

void look_at_marker_files(const Node& node, Findings& out) {
    for (const auto& marker : markers) {
        const auto path = std::string(paths::config_directory) + "/" + std::string(marker.name);
        const auto status = node.status(path);
        if (status) {
            auto& found = *out.add(path).mutable_marker_file();
            found.set_path(path);
            found.set_effect(std::string(marker.effect));
        } else if (status.error().cause != v1::Gap::ABSENT) {
            return out.gap(status.error(), "marker files of the package");  // the others would say the same
        }
    }
}

void look_at_applied_configuration(const Node& node, Findings& out) {
    constexpr std::string_view affects = "whether the configuration was applied";
    const auto attributes = read_attributes(node);
    if (!attributes) {
        if (attributes.error().cause != v1::Gap::ABSENT) out.gap(attributes.error(), affects);
        return;
    }
    if (!attributes->finished()) {
        return out.gap(
            malformed(attributes->path, "holds no level \"normal\": the last reconfigure did not finish"),
            affects);
    }
    for (const auto path : {paths::gitlab_rb, paths::secrets_json, paths::cluster_json}) {
        compare_times(node, *attributes, path, out);
    }
}

}  // namespace preflight::probes
