// Contents of the page: links to its parts, where it is long.
#pragma once

#include "preflight/v1/report.pb.h"
#include "readiness/render/page.h"

namespace preflight::readiness::render {

// Nothing where there is nothing but verdicts and nodes: the chips lead to those.
void write_contents(Page& page, const v1::Report& report);

}  // namespace preflight::readiness::render
