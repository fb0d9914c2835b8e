#include "probes/geo.h"

#include "probes/address.h"
#include "probes/geo_evidence.h"
#include "probes/geo_site_name.h"
#include "probes/gitlab_presence.h"
#include "probes/gitlab_yml.h"
#include "probes/paths.h"
#include "probes/shown.h"
#include "probes/sshd_config.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;
using Role = v1::GeoRole::Role;

std::string_view name_of(Role role) {
    if (role == v1::GeoRole::PRIMARY) return "primary";
    return role == v1::GeoRole::SECONDARY ? "secondary" : "both roles at once";
}

// The role, as far as it is sure: a source that cannot be read might say otherwise only where none else says
// anything.
Role role_of(const GeoEvidence& evidence) {
    if (evidence.cluster_problem) return v1::GeoRole::ROLE_UNSPECIFIED;
    if (const auto* decisive = evidence.decisive()) return decisive->role();
    // A site has a name, but neither a role nor a tracking database: a primary, or Geo is off. Its database
    // knows.
    if (!evidence.problems.empty() || !evidence.site_name.empty()) return v1::GeoRole::ROLE_UNSPECIFIED;
    return v1::GeoRole::NOT_CONFIGURED;
}

// An override that denies a role which another source gives.
bool denied(const GeoFlags& cluster, Role role) {
    const auto& flag = role == v1::GeoRole::PRIMARY ? cluster.primary : cluster.secondary;
    return flag && !*flag;
}

void add_sources(const GeoEvidence& evidence, v1::GeoRole& found) {
    const auto* decisive = evidence.decisive();
    for (const auto& source : evidence.sources) {
        const auto role = source.role();
        if (role == v1::GeoRole::NOT_CONFIGURED) continue;
        const auto text = source.source + ": " + std::string(name_of(role));
        const bool undecided = found.role() == v1::GeoRole::ROLE_UNSPECIFIED;
        if (source.contradictory() || (!undecided && role != found.role())) {
            found.add_contradictions(text);
        } else if (undecided || &source != decisive) {
            found.add_evidence(text);
        }
    }
    if (!evidence.site_name.empty()) found.add_evidence(std::string(paths::gitlab_yml) + ": site name");
}

void take_keys(const Node& node, v1::SiteSettings& found, Findings& out) {
    found.set_gitlab_sshd(
        node.link_status(std::string(paths::supervised_services) + "/gitlab-sshd").has_value());
    const auto sshd = read_sshd_settings(node);
    if (!sshd && sshd.error().cause != v1::Gap::ABSENT)
        return out.gap(sshd.error(), "whether OpenSSH asks GitLab for the keys of its users");
    found.set_sshd_known(true);
    found.set_sshd(sshd.has_value());
    if (!sshd) return;
    for (const auto& command : sshd->key_commands) found.add_key_commands(command);
}

// Whatever the role: that of a primary may stand in its database alone.
void report_settings(const Node& node, const Result<GitlabYml>& yml, Findings& out) {
    if (!has_rails(node)) return;
    v1::SiteSettings found;
    if (!yml) out.gap(yml.error(), "the instance's URL");
    if (yml) found.set_external_url(shown(without_user(external_url(*yml))));
    take_keys(node, found, out);
    *out.add(yml ? std::string_view(yml->path) : paths::gitlab_yml).mutable_site_settings() = found;
}

void look(const Node& node, const Asked& /*asked*/, Findings& out) {
    const auto yml = read_gitlab_yml(node);
    const auto evidence = read_geo_evidence(node, yml);
    v1::GeoRole found;
    found.set_role(role_of(evidence));
    found.set_site_name(evidence.site_name);
    const auto* decisive = evidence.decisive();
    if (evidence.cluster_problem) {
        found.set_source(evidence.cluster_problem->source);
    } else if (decisive != nullptr) {
        found.set_source(decisive->source);
        // gitlab-cluster.json may take a role away without giving one: then nobody but the database knows.
        if (decisive != &evidence.cluster && denied(evidence.cluster, found.role())) {
            found.set_role(v1::GeoRole::ROLE_UNSPECIFIED);
            found.set_source(evidence.cluster.source);
        }
    }
    add_sources(evidence, found);
    *out.add(found.source().empty() ? paths::config_directory : std::string_view(found.source()))
         .mutable_geo_role() = found;
    if (evidence.cluster_problem) out.gap(*evidence.cluster_problem, "Geo role");
    for (const auto& problem : evidence.problems) out.gap(problem, "Geo role");
    const bool explained = evidence.cluster_problem || !evidence.problems.empty();
    if (found.role() == v1::GeoRole::ROLE_UNSPECIFIED && !explained) {
        out.gap(
            {v1::Gap::FAILED, found.source().empty() ? std::string(paths::config_directory) : found.source(),
             "the node's files speak of Geo but do not settle the role"},
            "Geo role");
    }
    report_settings(node, yml, out);
}

}  // namespace

constexpr Probe geo{
    .name = "geo",
    .looks_at = "Geo role of this node and the file that says so, and what must be equal on all sites",
    .needs = ReadAllFiles{},
    .limit = 5s,
    .look = look,
};

}  // namespace preflight::probes
