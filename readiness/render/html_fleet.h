// Fleet of the page: the endpoints that the instance uses and who answers there, and the nodes.
#pragma once

#include "preflight/v1/report.pb.h"
#include "readiness/render/node_names.h"
#include "readiness/render/page.h"

namespace preflight::readiness::render {

void write_endpoints(Page& page, const v1::Report& report, const NodeNames& names);
void write_nodes(Page& page, const v1::Report& report, const NodeNames& names);

}  // namespace preflight::readiness::render
