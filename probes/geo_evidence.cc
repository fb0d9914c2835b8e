#include "probes/geo_evidence.h"

#include <algorithm>
#include <array>

#include "probes/attributes.h"
#include "probes/database_yml.h"
#include "probes/geo_site_name.h"
#include "probes/gitlab_rb.h"
#include "probes/json.h"
#include "probes/paths.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t cluster_limit_bytes = 1024UL * 1024;

std::optional<bool> truth(const boost::json::value* value) {
    return value != nullptr && value->is_bool() ? std::optional(value->get_bool()) : std::nullopt;
}

std::optional<bool> if_true(bool said) { return said ? std::optional(true) : std::nullopt; }

void note(GeoEvidence& evidence, const Problem& problem) {
    if (problem.cause != v1::Gap::ABSENT) evidence.problems.push_back(problem);
}

void read_cluster(const Node& node, GeoEvidence& evidence) {
    const auto text = node.read_file(paths::cluster_json, cluster_limit_bytes);
    if (!text) {
        if (text.error().cause != v1::Gap::ABSENT) evidence.cluster_problem = text.error();
        return;
    }
    const auto flags = parse_cluster_json(*text, paths::cluster_json);
    if (!flags) {
        evidence.cluster_problem = flags.error();
    } else {
        evidence.cluster = *flags;
    }
}

// Roles exist where gitlab.rb named them; a secondary of several nodes sets geo_secondary['enable'] by hand.
GeoFlags flags_of(const Attributes& attributes) {
    const auto role = [&](std::string_view name) {
        return truth(find(attributes.document, {"normal", "roles", name, "enable"}));
    };
    GeoFlags flags{attributes.path, if_true(role("geo_primary").value_or(false)),
                   if_true(role("geo_secondary").value_or(false))};
    for (const std::string_view spelling : {"geo_secondary", "geo-secondary"}) {
        if (truth(find(attributes.document, {"normal", "gitlab", spelling, "enable"})).value_or(false))
            flags.secondary = true;
    }
    return flags;
}

GeoFlags flags_of(const GitlabRb& configuration) {
    const auto has_role = [&](std::string_view name) {
        return std::ranges::find(configuration.roles, name) != configuration.roles.end() ||
               configuration.literal(std::string(name) + ".enable") == "true";
    };
    const bool secondary =
        has_role("geo_secondary_role") || configuration.literal("geo_secondary.enable") == "true";
    return {std::string(paths::gitlab_rb), if_true(has_role("geo_primary_role")), if_true(secondary)};
}

// Whether gitlab.rb may say more of Geo than its literals do.
bool is_open(const GitlabRb& configuration) {
    constexpr std::array<std::string_view, 7> keys{"roles",
                                                   "from_file",
                                                   "eval",
                                                   "instance_eval",
                                                   "geo_secondary.enable",
                                                   "geo_primary_role.enable",
                                                   "geo_secondary_role.enable"};
    const auto& computed = configuration.computed;
    return !configuration.includes.empty() || std::ranges::any_of(keys, [&](auto key) {
        return std::ranges::find(computed, key) != computed.end();
    });
}

void read_gitlab_rb(const Node& node, bool evaluated, GeoEvidence& evidence) {
    const auto text = node.read_file(paths::gitlab_rb);
    if (!text) {
        if (!evaluated) note(evidence, text.error());
        return;
    }
    const auto configuration = parse_gitlab_rb(*text, paths::gitlab_rb);
    if (!configuration) {
        if (!evaluated) note(evidence, configuration.error());
        return;
    }
    evidence.sources.push_back(flags_of(*configuration));
    if (!evaluated && evidence.sources.back().silent() && is_open(*configuration)) {
        note(evidence, {v1::Gap::FAILED, std::string(paths::gitlab_rb),
                        "computes what may name a Geo role, and it is not evaluated"});
    }
}

// A tracking database in database.yml is how Rails itself knows that it belongs to a secondary.
void read_database_yml(const Node& node, GeoEvidence& evidence) {
    const auto text = node.read_file(paths::database_yml);
    if (!text) return note(evidence, text.error());
    const auto parsed = parse_database_yml(*text, paths::database_yml);
    for (const auto& problem : parsed.problems) note(evidence, problem);
    const bool tracking =
        std::ranges::any_of(parsed.items, [](const auto& endpoint) { return endpoint.purpose() == "geo"; });
    evidence.sources.push_back({std::string(paths::database_yml), {}, if_true(tracking)});
}

void read_services(const Node& node, GeoEvidence& evidence) {
    for (const std::string_view name : {"geo-logcursor", "geo-postgresql"}) {
        const auto path = std::string(paths::supervised_services).append("/").append(name);
        const auto status = node.link_status(path);
        if (!status) {
            note(evidence, status.error());
        } else {
            evidence.sources.push_back({path, {}, true});
        }
    }
}

// The whole Patroni cluster of a secondary follows the primary's.
void read_patroni(const Node& node, GeoEvidence& evidence) {
    const auto text = node.read_file(paths::patroni_yaml);
    if (!text) return note(evidence, text.error());
    const auto document = parse_yaml(*text, paths::patroni_yaml);
    if (!document) return note(evidence, document.error());
    const auto standby = member(member(member(*document, "bootstrap"), "dcs"), "standby_cluster");
    evidence.sources.push_back({std::string(paths::patroni_yaml), {}, if_true(standby.IsMap())});
}

// Both files: standby.signal alone is also that of a replica within a site.
void read_replication(const Node& node, GeoEvidence& evidence) {
    const auto settings = std::string(paths::postgresql_directory) + "/data/gitlab-geo.conf";
    const auto signal = std::string(paths::postgresql_directory) + "/data/standby.signal";
    if (node.status(settings) && node.status(signal)) evidence.sources.push_back({settings, {}, true});
}

void take_site_name(const Result<GitlabYml>& yml, GeoEvidence& evidence) {
    if (!yml) return note(evidence, yml.error());
    const auto name = configured_site_name(*yml);
    evidence.site_name = shown_site_name(name);
    if (evidence.site_name.empty() && !name.empty()) {
        note(evidence, malformed(yml->path, "geo.node_name is neither a name nor a URL"));
    }
}

}  // namespace

v1::GeoRole::Role GeoFlags::role() const {
    if (contradictory()) return v1::GeoRole::ROLE_UNSPECIFIED;
    if (primary.value_or(false)) return v1::GeoRole::PRIMARY;
    return secondary.value_or(false) ? v1::GeoRole::SECONDARY : v1::GeoRole::NOT_CONFIGURED;
}

const GeoFlags* GeoEvidence::decisive() const {
    const auto says = [](const GeoFlags& flags) {
        return flags.primary.value_or(false) || flags.secondary.value_or(false);
    };
    if (says(cluster)) return &cluster;
    const auto found = std::ranges::find_if(sources, says);
    return found == sources.end() ? nullptr : &*found;
}

Result<GeoFlags> parse_cluster_json(std::string_view text, std::string_view source) {
    const auto document = parse_json(text, source);
    if (!document) return document.error();
    if (!document->is_object()) return malformed(std::string(source), "holds no object");
    GeoFlags flags{std::string(source), {}, {}};
    const auto take = [&](std::string_view key, std::optional<bool>& flag) {
        const auto* value = find(*document, {key});
        flag = truth(value);
        return value == nullptr || flag;
    };
    if (!take("primary", flags.primary) || !take("secondary", flags.secondary)) {
        return malformed(std::string(source), "primary and secondary must be true or false");
    }
    if (flags.contradictory()) return malformed(std::string(source), "says primary and secondary at once");
    return flags;
}

GeoEvidence read_geo_evidence(const Node& node, const Result<GitlabYml>& yml) {
    GeoEvidence evidence;
    read_cluster(node, evidence);
    read_database_yml(node, evidence);
    const auto attributes = read_attributes(node);
    const bool evaluated = attributes && attributes->finished();
    if (evaluated) evidence.sources.push_back(flags_of(*attributes));
    if (!attributes) note(evidence, attributes.error());
    read_services(node, evidence);
    read_patroni(node, evidence);
    read_replication(node, evidence);
    read_gitlab_rb(node, evaluated, evidence);
    take_site_name(yml, evidence);
    return evidence;
}

}  // namespace preflight::probes
