// Fleet of the text: the endpoints that the instance uses and who answers there, and the nodes.
#pragma once

#include "preflight/v1/report.pb.h"
#include "readiness/render/layout.h"
#include "readiness/render/node_names.h"

namespace preflight::readiness::render {

void write_endpoints(Sheet& sheet, const v1::Report& report, const NodeNames& names);
void write_nodes(Sheet& sheet, const v1::Report& report, const NodeNames& names);

}  // namespace preflight::readiness::render
