// Drawing of the page: the architecture as a picture of lines and boxes, without script and without a file of
// its own.
#pragma once

#include "readiness/render/drawing.h"
#include "readiness/render/page.h"

namespace preflight::readiness::render {

void write_drawing(Page& page, const Drawing& drawing, const std::vector<Tier>& tiers);

}  // namespace preflight::readiness::render
