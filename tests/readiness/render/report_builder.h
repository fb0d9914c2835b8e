// Report builder: reports as text in a test.
#pragma once

#include <string>
#include <string_view>

#include "preflight/v1/report.pb.h"

namespace preflight::readiness {

// The report that the text format says; throws std::invalid_argument on a mistake in it.
v1::Report report_of(const std::string& text);

// A report whose every text a node can influence is `text`, with one verdict of each level, one that a person
// accepted, and one of everything that plan, way back, answers and architecture can hold.
v1::Report report_full_of(const std::string& text);

}  // namespace preflight::readiness
