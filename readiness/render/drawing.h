// Drawing: where the tiers of an architecture stand on paper: who uses stands left of what is used, sites are
// bands below each other. Numbers and texts only; the page draws. Pure functions.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "readiness/render/node_names.h"
#include "readiness/render/tiers.h"

namespace preflight::readiness::render {

struct Box {
    int x = 0;
    int y = 0;
    int height = 0;
    std::vector<std::string> title;  // lines of roles
    std::vector<std::string> lines;  // names of nodes, then what to know of them
};

// Ends where the box is entered; all lines of one kind into one box end in the same point.
struct Wire {
    int from_x = 0;
    int from_y = 0;
    int to_x = 0;
    int to_y = 0;
    std::string kind;
};

// What a kind is called where its wires end, once.
struct Port {
    int x = 0;
    int y = 0;
    bool on_right = false;  // side of the box
    std::string kind;
};

struct Band {
    int y = 0;
    int height = 0;
    std::string title;
};

struct Drawing {
    int width = 0;
    int height = 0;
    std::vector<Band> bands;  // none where there are no sites
    std::vector<Wire> wires;
    std::vector<Port> ports;
    std::vector<Box> boxes;  // one for each tier, in the same order
};

constexpr int box_width = 190;
constexpr int line_height = 18;
constexpr int box_padding = 10;
constexpr std::size_t boxes_most = 40;  // more is no drawing that anybody reads

// At most `boxes_most` tiers.
Drawing drawing_of(const std::vector<Tier>& tiers, const NodeNames& names);

}  // namespace preflight::readiness::render
