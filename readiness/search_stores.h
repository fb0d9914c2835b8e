// SearchStores: whether the search and analytics servers of the instance are known. The nodes' files name
// ClickHouse alone; Elasticsearch and Zoekt stand in GitLab's database.
#pragma once

#include <string_view>

#include "readiness/fleet.h"

namespace preflight::readiness {

// Of the kinds of ExternalService those that stand in the database alone.
bool is_search_store_of_database(std::string_view kind);

// Some node's look into the database read the use of this kind: elasticsearch, zoekt, clickhouse. What it
// found are external services.
bool search_store_seen(const Fleet& fleet, std::string_view kind);

// Of each kind.
bool search_stores_seen(const Fleet& fleet);

}  // namespace preflight::readiness
