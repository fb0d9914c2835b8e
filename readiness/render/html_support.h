// Support's part of the page: the answers to its questions, and the architecture, drawn.
#pragma once

#include "preflight/v1/report.pb.h"
#include "readiness/render/node_names.h"
#include "readiness/render/page.h"

namespace preflight::readiness::render {

// Nothing where the report has none.
void write_support(Page& page, const v1::Report& report, const NodeNames& names);
void write_architecture(Page& page, const v1::Report& report, const NodeNames& names);

}  // namespace preflight::readiness::render
