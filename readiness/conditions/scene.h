// Scene: what a predicate of a condition looks at, and how the answers of nodes become one.
#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

#include "readiness/condition.h"
#include "readiness/node_match.h"
#include "readiness/verdict.h"

namespace preflight::readiness {

struct Scene {
    const Fleet& fleet;
    const Upgrade& upgrade;
    const v1::Knowledge& knowledge;
    const BeforeHop* before = nullptr;  // nullptr: as things stand
};

// Gathers what single nodes say of "some node …": one that says yes decides it, else one that cannot say
// leaves it open.
class SomeNode {
  public:
    void holds(const FleetNode& node, const v1::Finding& finding, std::string_view what) {
        found_ = true;
        about(holding_, node, finding, what);
    }
    // By what its inspection as a whole shows.
    void holds(const FleetNode& node, std::string_view what) {
        found_ = true;
        about_inspection(holding_, node, what);
    }
    // Not seen there: by this probe.
    void unseen(const FleetNode& node, std::string_view probe) {
        open_ = true;
        about_unseen(lacking_, node, probe);
    }
    // Not seen there, although something was found.
    void unseen(const FleetNode& node, const v1::Finding& finding, std::string_view what) {
        open_ = true;
        about(lacking_, node, finding, what);
    }
    // No node could tell.
    void nobody() { open_ = true; }
    // So many that must report never did.
    void missing(std::size_t nodes) {
        if (nodes == 0) return;
        open_ = true;
        lacking_.add_evidence()->set_what(counted(nodes, "expected node") + " never reported");
    }
    // What was looked at and does not hold.
    void fails(const FleetNode& node, const v1::Finding& finding, std::string_view what) {
        about(failing_, node, finding, what);
    }
    Decided decided() {
        if (found_) return {Truth::holds, std::move(holding_), {}};
        if (open_) return {Truth::unknown, std::move(lacking_), {}};
        return {Truth::fails, std::move(failing_), {}};
    }

  private:
    bool found_ = false;
    bool open_ = false;
    v1::Verdict holding_;
    v1::Verdict lacking_;
    v1::Verdict failing_;
};

// A fleet without nodes says nothing, and one that is not whole not all.
inline std::size_t add_missing(const Scene& scene, SomeNode& some) {
    const auto missing = not_there(scene.fleet, scene.upgrade.expected_nodes).size();
    if (scene.fleet.nodes.empty()) some.nobody();
    some.missing(missing);
    return missing;
}

// Asks every node.
template <typename Ask>
Decided some_node(const Scene& scene, Ask ask) {
    SomeNode some;
    add_missing(scene, some);
    for (const auto& node : scene.fleet.nodes) ask(node, some);
    return some.decided();
}

}  // namespace preflight::readiness
