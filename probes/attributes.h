// Attributes: the node's attributes JSON (/opt/gitlab/embedded/nodes/<fqdn>.json): gitlab.rb as the last
// reconfigure evaluated it, with all defaults. Holds every secret in clear: only what a caller names is taken
// out.
#pragma once

#include <boost/json/value.hpp>
#include <initializer_list>
#include <string>
#include <string_view>

#include "model/clock.h"
#include "model/result.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct Attributes {
    std::string path;  // of the file
    TimePoint modified_at;
    boost::json::value document;

    // The effective value: `normal` over `default`; nullptr when neither has it. The override level of
    // gitlab-cluster.json is not part of it.
    const boost::json::value* find(std::initializer_list<std::string_view> keys) const;
    // A fact of the node itself as the reconfigure saw it (ohai): {"ipaddress"}, {"fqdn"}.
    const boost::json::value* automatic(std::initializer_list<std::string_view> keys) const;
    // False: the last reconfigure did not finish (no `normal` level).
    bool finished() const;
};

// <fqdn>.json of this host when there are several, else the newest. ABSENT when there is none.
Result<Attributes> read_attributes(const Node& node);
// The pure part.
Result<Attributes> parse_attributes(std::string_view text, std::string_view path, TimePoint modified_at);

}  // namespace preflight::probes
