// Nodes within the page: short names, whole ones under the pointer.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "readiness/render/node_names.h"
#include "readiness/render/page.h"
#include "readiness/render/summary.h"

namespace preflight::readiness::render {

// <element title="whole name">short name</element>; no title where nothing is cut.
void write_node(Page& page, std::string_view element, const std::string& node, const NodeNames& names);

// The names as a list of labels; many are folded. No name: `instead`, in a paragraph.
void write_node_labels(Page& page, const Texts& nodes, const NodeNames& names, std::string_view instead);

// Names with commas between them; many are folded.
void write_node_list(Page& page, const std::vector<std::string>& nodes, const NodeNames& names);

}  // namespace preflight::readiness::render
