// GeoEvidence: everything on a node that speaks of a Geo role, each with its source.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "preflight/v1/finding.pb.h"
#include "probes/gitlab_yml.h"
#include "probes/node/node.h"

namespace preflight::probes {

// What one source says: true, false, or nothing.
struct GeoFlags {
    std::string source;
    std::optional<bool> primary;
    std::optional<bool> secondary;

    bool silent() const { return !primary && !secondary; }
    bool contradictory() const { return primary.value_or(false) && secondary.value_or(false); }
    v1::GeoRole::Role role() const;
};

struct GeoEvidence {
    GeoFlags cluster;  // gitlab-cluster.json: what a promotion wrote; it overrides all else
    std::optional<Problem> cluster_problem;  // then the role cannot be known
    std::vector<GeoFlags> sources;           // in the order of truth: attributes JSON or gitlab.rb last
    std::string site_name;
    std::vector<Problem> problems;  // of the other sources

    // The most truthful one that says a role.
    const GeoFlags* decisive() const;
};

// `yml` is what the node's gitlab.yml gave.
GeoEvidence read_geo_evidence(const Node& node, const Result<GitlabYml>& yml);

// {"primary": true, "secondary": false}. MALFORMED for anything but an object whose two keys are truths and
// not both true.
Result<GeoFlags> parse_cluster_json(std::string_view text, std::string_view source);

}  // namespace preflight::probes
