// Support's part of the text: the answers to its questions, and the architecture as a list.
#pragma once

#include "preflight/v1/report.pb.h"
#include "readiness/render/layout.h"
#include "readiness/render/node_names.h"

namespace preflight::readiness::render {

// Nothing where the report has none.
void write_support(Sheet& sheet, const v1::Report& report, const NodeNames& names);
void write_architecture(Sheet& sheet, const v1::Report& report, const NodeNames& names);

}  // namespace preflight::readiness::render
