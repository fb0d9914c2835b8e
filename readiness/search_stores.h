// SearchStores: whether the search and analytics servers of the instance are known. The nodes' files name
// ClickHouse alone; Elasticsearch and Zoekt stand in GitLab's database.
#pragma once

#include "readiness/fleet.h"

namespace preflight::readiness {

// Some node's look into the database read the use of each kind. What it found are external services.
bool search_stores_seen(const Fleet& fleet);

}  // namespace preflight::readiness
