// GeoStatus: the counters that a Geo site last reported: JSON in geo_node_statuses, one key for each kind of
// data and what was counted of it.
#pragma once

#include <string>
#include <string_view>

#include "preflight/v1/geo.pb.h"
#include "probes/parsed.h"

namespace preflight::probes {

// Kinds of data sorted by name; kinds that are not known here come too, the list grows. Of a primary what it
// has and has a checksum of, of a secondary what is in its registry: a site that was promoted keeps the keys
// of its former role. A kind with a counter that is missing or no number is left out, which is a
// problem; so is a text that is no object.
Parsed<v1::GeoSite::DataType> parse_geo_status(std::string_view text, bool primary, std::string_view source);

// What a health check said, fit for a finding: one line, and no word in it that could hold a credential.
std::string shown_geo_message(std::string_view message);

}  // namespace preflight::probes
