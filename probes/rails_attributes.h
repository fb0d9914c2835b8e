// RailsAttributes: what Rails is told to use according to the node's attributes: for nodes whose rendered
// files cannot be read, and to be held against those that can.
#pragma once

#include "preflight/v1/finding.pb.h"
#include "probes/attributes.h"
#include "probes/parsed.h"

namespace preflight::probes {

Parsed<v1::PostgresEndpoint> attribute_databases(const Attributes& attributes);
Parsed<v1::RedisEndpoint> attribute_redis(const Attributes& attributes);
Parsed<v1::GitalyEndpoint> attribute_storages(const Attributes& attributes);

}  // namespace preflight::probes
