#include "probes/installation.h"

#include <algorithm>

#include "probes/config_text.h"
#include "probes/configuration_state.h"
#include "probes/gitlab_presence.h"
#include "probes/package_database.h"
#include "probes/package_hold.h"
#include "probes/paths.h"
#include "probes/shown.h"
#include "probes/version_manifest.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Method = v1::Installation::Method;

constexpr std::uint64_t size_limit_bytes = 64UL * 1024;

std::string beneath(std::string_view directory, std::string_view name) {
    return std::string(directory).append("/").append(name);
}

// There, or hidden from us: a path that may not be looked at is not absent.
bool is_there(const Node& node, std::string_view path) {
    const auto status = node.status(path);
    return status || status.error().cause != v1::Gap::ABSENT;
}

// The first line of a file that should be one line; a gap when it is there and cannot be read.
std::string line_of(const Node& node, const std::string& path, std::string_view affects, Findings& out) {
    const auto text = node.read_file(path, size_limit_bytes);
    if (text) return first_line_shown(*text);
    if (text.error().cause != v1::Gap::ABSENT) out.gap(text.error(), affects);
    return {};
}

// "19.2.1-ee" → "19.2.1". A pre-release keeps its addition: it is not that release.
std::string without_edition(std::string version) {
    for (const std::string_view suffix : {"-ee", "-ce", "-jh"}) {
        if (version.ends_with(suffix)) version.resize(version.size() - suffix.size());
    }
    return version;
}

// "19.2.1-ee", "19.3.0-pre", "16.0.0+rnightly.123.abc".
bool is_version(std::string_view text) {
    constexpr std::size_t longest = 64;
    const auto end = std::min(text.find_first_of("-+"), text.size());
    const auto numbers = split(text.substr(0, end), ".");
    const bool plain = std::ranges::all_of(text, [](char c) {
        return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' || c == '-' ||
               c == '+';
    });
    return plain && text.size() <= longest && (numbers.size() == 3 || numbers.size() == 2) &&
           std::ranges::all_of(numbers, [](auto number) { return number_in(number).has_value(); });
}

// The commit that was built, whole or shortened.
bool is_revision(std::string_view text) {
    constexpr std::size_t longest = 64;
    return text.size() <= longest && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

// A file of one line that has the form; empty, after a gap, when it has another.
std::string checked_line(const Node& node, const std::string& path, bool (*has_form)(std::string_view),
                         std::string_view affects, Findings& out) {
    const auto text = node.read_file(path, size_limit_bytes);
    if (!text) {
        if (text.error().cause != v1::Gap::ABSENT) out.gap(text.error(), affects);
        return {};
    }
    auto line = first_line_shown(*text);
    if (!line.empty() && has_form(line)) return line;
    out.gap(malformed(path, "its first line is not of the form that it should have"), affects);
    return {};
}

struct Layout {
    Method method = v1::Installation::METHOD_UNSPECIFIED;
    std::string source;
    std::string rails;  // directory of Rails' code
};

// The first match wins. INSTALLATION_TYPE is written by the build of each kind of image or package.
Layout layout_of(const Node& node, Findings& out) {
    const auto rails = std::string(paths::rails_root);
    const auto type_file = beneath(paths::rails_root, "INSTALLATION_TYPE");
    const auto type = line_of(node, type_file, "method of installation", out);
    const bool docker = is_there(node, "/RELEASE") && is_there(node, "/assets/init-container");
    if (type == "gitlab-docker" || docker)
        return {v1::Installation::DOCKER, type.empty() ? "/RELEASE" : type_file, rails};
    const bool manifest = is_there(node, paths::manifest_text) || is_there(node, paths::manifest_json);
    if (type == "omnibus-gitlab" || manifest || is_there(node, beneath(paths::rails_root, "VERSION"))) {
        return {v1::Installation::LINUX_PACKAGE,
                std::string(manifest ? paths::manifest_text : paths::package_root), rails};
    }
    const auto pod_type_file = beneath(paths::cloud_native_root, "INSTALLATION_TYPE");
    const auto pod_type = line_of(node, pod_type_file, "method of installation", out);
    // On a host of the Docker image /srv/gitlab/config is the image's /etc/gitlab: only gitlab.yml within it
    // counts.
    const bool pod = is_there(node, beneath(paths::cloud_native_root, "config/gitlab.yml")) &&
                     is_there(node, beneath(paths::cloud_native_root, "VERSION"));
    if (pod_type == "gitlab-cloud-native-image" || pod) {
        return {v1::Installation::CLOUD_NATIVE, pod_type_file, std::string(paths::cloud_native_root)};
    }
    if (is_there(node, paths::package_root))
        return {v1::Installation::METHOD_UNSPECIFIED, std::string(paths::package_root), rails};
    const auto own = std::string(paths::self_compiled_root);
    if (is_there(node, own + "/VERSION") && is_there(node, own + "/config/gitlab.yml")) {
        return {v1::Installation::SELF_COMPILED, own + "/VERSION", own};
    }
    return {v1::Installation::NONE, "/", {}};
}

// RELEASE_PACKAGE and RELEASE_VERSION of the image's /RELEASE.
void take_image_release(const Node& node, v1::Installation& found, Findings& out) {
    const auto text = node.read_file("/RELEASE", size_limit_bytes);
    if (!text) return out.gap(text.error(), "package of the image");
    std::string_view rest = *text;
    while (const auto line = next_line(rest)) {
        const auto equals = line->find('=');
        if (equals == std::string_view::npos) continue;
        const auto key = line->substr(0, equals);
        const auto value = shown(trimmed(line->substr(equals + 1)));
        if (key == "RELEASE_PACKAGE") found.set_package_name(value);
        if (key == "RELEASE_VERSION") found.set_package_version(value);
    }
}

void take_package(const Node& node, Clock::time_point until, v1::Installation& found, Findings& out) {
    const auto record = read_package_record(node, until);
    if (!record) return out.gap(record.error(), "state of the package");
    if (!*record) return;
    const auto& package = **record;
    found.set_package_state(package.state);
    found.set_architecture(package.architecture);
    if (package.name.empty()) return;
    found.set_package_name(package.name);
    found.set_package_version(package.version);
    if (package.held) {
        found.set_held(true);
        found.set_held_by(package.source);
    }
}

void take_hold(const Node& node, v1::Installation& found, Findings& out) {
    const auto hold = find_package_hold(node);
    for (const auto& problem : hold.problems) out.gap(problem, "whether the package is held");
    if (!hold.held_by || found.held()) return;
    found.set_held(true);
    found.set_held_by(*hold.held_by);
}

void take_manifest(const Node& node, v1::Installation& found, Findings& out) {
    const auto manifest = read_version_manifest(node);
    if (!manifest) return out.gap(manifest.error(), "version of the package");
    if (found.package_name().empty()) found.set_package_name(manifest->package);
    if (found.version().empty()) {
        found.set_version(without_edition(manifest->version));
    } else if (without_edition(manifest->version) != found.version()) {
        auto& difference = *out.add(manifest->path).mutable_difference();
        difference.set_kind(v1::Difference::PACKAGE_VERSION);
        difference.set_what("version of the package");
        difference.set_used(beneath(paths::rails_root, "VERSION"));
        difference.set_other(manifest->path);
        difference.set_detail(found.version() + " against " + manifest->version);
    }
}

void take_edition(const Node& node, const std::string& rails, std::string_view written_version,
                  v1::Installation& found) {
    const auto& name = found.package_name();
    // FIPS and JH packages are built from the Enterprise Edition.
    const bool ee = name == "gitlab-ee" || name == "gitlab-fips" || name == "gitlab-jh" ||
                    written_version.ends_with("-ee") || node.status(rails + "/ee").has_value() ||
                    node.status("/opt/gitlab/embedded/cookbooks/gitlab-ee").has_value();
    const bool ce = name == "gitlab-ce" || !written_version.empty();
    if (ee || ce) found.set_edition(ee ? v1::EE : v1::CE);
}

void take_fips(const Node& node, v1::Installation& found) {
    const auto solo = node.read_file("/opt/gitlab/embedded/cookbooks/solo.rb", size_limit_bytes);
    bool told = false;
    std::string_view rest = solo ? std::string_view(*solo) : std::string_view();
    while (const auto line = next_line(rest)) {
        const auto words = words_of(*line);
        told = told || (words.size() == 2 && words[0] == "fips" && words[1] == "true");
    }
    found.set_fips(told || found.package_name() == "gitlab-fips" ||
                   found.package_version().find("fips") != std::string::npos);
}

// What the last successful configuration of Rails left behind; nothing on nodes without Rails.
void take_configured(const Node& node, v1::Installation& found, Findings& out) {
    const auto directory = beneath(paths::data_root, "gitlab-rails");
    constexpr std::string_view affects = "configured version";
    found.set_configured_version(
        without_edition(checked_line(node, directory + "/VERSION", is_version, affects, out)));
    const auto revision_path = directory + "/REVISION";
    found.set_configured_revision(checked_line(node, revision_path, is_revision, affects, out));
    for (const auto& path : {beneath(paths::rails_root, "REVISION"), revision_path}) {
        if (!has_rails(node) || is_there(node, path)) continue;
        out.gap({v1::Gap::ABSENT, path, "the revision is not there to be compared"}, "pending reconfigure");
    }
    const auto differ = [](const std::string& shipped, const std::string& configured) {
        return !shipped.empty() && !configured.empty() && shipped != configured;
    };
    found.set_pending_reconfigure(differ(found.version(), found.configured_version()) ||
                                  differ(found.revision(), found.configured_revision()));
}

bool is_package(Method method) {
    return method == v1::Installation::LINUX_PACKAGE || method == v1::Installation::DOCKER;
}

void fill(const Node& node, const Layout& layout, Clock::time_point until, v1::Installation& found,
          Findings& out) {
    found.set_method(layout.method);
    if (layout.method == v1::Installation::DOCKER) take_image_release(node, found, out);
    if (is_package(layout.method)) take_package(node, until, found, out);
    const auto written = checked_line(node, layout.rails + "/VERSION", is_version, "version", out);
    found.set_version(without_edition(written));
    found.set_revision(checked_line(node, layout.rails + "/REVISION", is_revision, "revision", out));
    if (is_package(layout.method)) {
        take_manifest(node, found, out);
        take_hold(node, found, out);
        take_fips(node, found);
        take_configured(node, found, out);
    }
    take_edition(node, layout.rails, written, found);
}

// The documented bind mount of the Docker image's configuration, seen from its host.
bool is_host_of_image(const Node& node) {
    return is_there(node, "/srv/gitlab/config/gitlab.rb") ||
           is_there(node, "/srv/gitlab/config/gitlab-secrets.json");
}

void look(const Node& node, const Asked& asked, Findings& out) {
    const auto layout = layout_of(node, out);
    if (layout.method == v1::Installation::NONE && is_host_of_image(node)) {
        out.add("/srv/gitlab/config").mutable_installation();
        return out.gap({v1::Gap::ABSENT, "/srv/gitlab/config",
                        "configuration of a GitLab that runs in a container of this host: inspect it within"},
                       "installation");
    }
    v1::Installation found;
    if (layout.method == v1::Installation::NONE) {
        found.set_method(layout.method);
    } else {
        fill(node, layout, asked.end_of_waiting(installation.limit), found, out);
    }
    *out.add(layout.source).mutable_installation() = found;
    if (layout.method == v1::Installation::METHOD_UNSPECIFIED) {
        out.gap({v1::Gap::ABSENT, std::string(paths::manifest_text),
                 "the package's directory is there, its manifest is not"},
                "method of installation, version");
    } else if (layout.method != v1::Installation::NONE && found.version().empty()) {
        out.gap({v1::Gap::ABSENT, layout.rails + "/VERSION", "no file names the version"}, "version");
    }
    if (!is_package(layout.method)) return;
    look_at_marker_files(node, out);
    look_at_applied_configuration(node, out);
}

}  // namespace

constexpr Probe installation{
    .name = "installation",
    .looks_at = "how GitLab was installed, its version and edition, and whether it is whole and configured",
    .needs = ReadAllFiles{},
    .limit = 10s,
    .look = look,
};

}  // namespace preflight::probes
