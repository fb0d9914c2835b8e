// Plan of the text: its steps by hop and phase, and the way back.
#pragma once

#include "preflight/v1/report.pb.h"
#include "readiness/render/layout.h"
#include "readiness/render/node_names.h"

namespace preflight::readiness::render {

// Nothing where the report has none.
void write_plan(Sheet& sheet, const v1::Report& report, const NodeNames& names);
void write_way_back(Sheet& sheet, const v1::Report& report, const NodeNames& names);

}  // namespace preflight::readiness::render
