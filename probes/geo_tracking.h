// GeoTracking: what the tracking database of a Geo secondary says of its replication: the events that it has
// processed, and the state of each kind of data.
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "probes/node/postgres.h"
#include "probes/probe.h"

namespace preflight::probes {

// One of Geo's log. Without an id it was not told; with 0 there was none yet.
struct GeoEvent {
    std::optional<std::uint64_t> id;
    std::optional<std::int64_t> at_seconds;
};

// The newest, as this server's copy of the main database has it.
Result<GeoEvent> newest_geo_event(Postgres& main);

// `database` as database.yml names it. Tables that are too large to be counted are estimated.
void look_at_geo_tracking(Postgres& server, std::string_view database, const GeoEvent& newest, Findings& out);

}  // namespace preflight::probes
