// Plan of the page: its steps by hop and phase, and the way back.
#pragma once

#include "preflight/v1/report.pb.h"
#include "readiness/render/node_names.h"
#include "readiness/render/page.h"

namespace preflight::readiness::render {

// Each step's anchor is "step-" and its number. Nothing where the report has no plan.
void write_plan(Page& page, const v1::Report& report, const NodeNames& names);
// Nothing where the report has none.
void write_way_back(Page& page, const v1::Report& report, const NodeNames& names);

}  // namespace preflight::readiness::render
