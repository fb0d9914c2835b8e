// Report file: a report that `report --format json` wrote, read back. Anybody may have written it.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

#include "model/result.h"
#include "preflight/v1/report.pb.h"

namespace preflight::collector {

// MALFORMED for what is not the JSON of a report, TOO_LARGE past the limits of size, depth and number of
// values. Fields that a newer program wrote are passed over.
Result<v1::Report> parse_report(std::string_view json, const std::string& file);
Result<v1::Report> load_report(const std::filesystem::path& file);

}  // namespace preflight::collector
