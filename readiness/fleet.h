// Fleet: the newest complete inspection of every node of one instance, and what the collector knows of the
// node itself.
//
// A value made by the collector from its store; nodes are in order of name, then id, so that a report does
// not depend on who reported first. Checks read it, nothing writes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "preflight/v1/inspection.pb.h"

namespace preflight::readiness {

struct FleetNode {
    v1::Inspection inspection;  // newest finished one; without findings when none has ever finished
    bool unfinished = false;    // a newer inspection began and has not ended
    google::protobuf::Timestamp last_heard;  // when the collector last took a record or a hello of it
};

struct Fleet {
    std::vector<FleetNode> nodes;
};

// Sorts nodes into the order above, and each node's findings and probe runs into one that does not depend on
// arrival.
void normalise(Fleet& fleet);

// How a verdict names the node: its name, or the start of its id where it has none.
std::string node_name(const FleetNode& node);

// Has any inspection of the node ever finished?
bool inspected(const FleetNode& node);

// Did the node say at all what runs on it?
bool roles_seen(const FleetNode& node);
bool has_role(const FleetNode& node, v1::NodeRoles::Role role);
// As a person calls it: "Rails", "load balancer"; empty for none that is known here.
std::string_view role_name(int role);
// Rails or Sidekiq: a node that needs the application's secrets.
bool runs_application(const FleetNode& node);

// The findings of one kind on one node, with the finding itself (for its source and time):
//   for (const auto& [what, finding] : findings_of<&v1::Finding::has_installation,
//   &v1::Finding::installation>(node))
template <auto has, auto get>
auto findings_of(const FleetNode& node) {
    using What = std::remove_reference_t<decltype((std::declval<const v1::Finding&>().*get)())>;
    std::vector<std::pair<const What*, const v1::Finding*>> found;
    for (const auto& finding : node.inspection.findings()) {
        if ((finding.*has)()) found.emplace_back(&(finding.*get)(), &finding);
    }
    return found;
}

// Did the probe look to its end on this node, and see all that it looks at? Only then is what it did not find
// not there.
bool saw_all(const FleetNode& node, std::string_view probe);

// Did the node see GitLab's own tables whole? What is not in them then is not there.
bool read_database(const FleetNode& node);

// The gaps of one probe on the node.
std::vector<const v1::Finding*> gaps_of(const FleetNode& node, std::string_view probe);

}  // namespace preflight::readiness
