// Outline: what every check asks of every node, taken out of its findings once: one look into a large fleet's
// findings takes longer than all of this.
//
// Made by normalise(); what a fleet says of its nodes (fleet.h) comes out of it, or of the findings where it
// is not made.
#pragma once

#include <compare>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "preflight/v1/inspection.pb.h"
#include "readiness/version.h"

namespace preflight::readiness {

struct FleetNode;

// How each probe of a node ended, in order of name.
using ProbeEnds = std::vector<std::pair<std::string, v1::ProbeRun::Outcome>>;

// A GitLab that a node has, and its version where that is one.
struct FoundInstallation {
    const v1::Finding* finding = nullptr;
    const v1::Installation* what = nullptr;
    std::optional<Version> version;
};

// What many nodes have alike: they hold one.
struct Shape {
    std::vector<int> kinds;  // at which finding those of each kind begin, by number of the kind
    ProbeEnds probes;        // in order of name
    std::vector<std::string>
        dialled;  // kinds of servers that findings of `reach` tell of, in order, each once

    auto operator<=>(const Shape&) const = default;
};

// It points into the node's findings: a copy of the node has none, until its fleet is put in order.
struct Outline {
    Outline() = default;
    Outline(const Outline& /*other*/) {}
    Outline& operator=(const Outline& other) {
        if (this != &other) *this = Outline();
        return *this;
    }
    Outline(Outline&&) = default;
    Outline& operator=(Outline&&) = default;
    ~Outline() = default;

    std::string name;  // node_name()
    std::shared_ptr<const Shape> shape;
    std::uint64_t roles = 0;    // bit_of() each
    std::uint64_t methods = 0;  // bit_of() of each installation's
    std::vector<FoundInstallation> installations;
    bool roles_seen = false;
    int gaps = 0;
    std::int64_t newest_seconds = 0;
    int findings = -1;  // of so many; of another number than the node has: it is not of these
};

// Of an inspection whose findings and probes are in order.
Shape shape_of(const v1::Inspection& inspection);
// Makes the node's outline.
void draw_outline(FleetNode& node, std::shared_ptr<const Shape> shape);

// Each as the findings say.
std::string name_found(const FleetNode& node);
std::uint64_t roles_found(const FleetNode& node);
std::uint64_t methods_found(const FleetNode& node);
std::vector<FoundInstallation> installations_found(const FleetNode& node);
std::int64_t newest_found(const FleetNode& node);

}  // namespace preflight::readiness
