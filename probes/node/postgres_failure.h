// PostgresFailure: at which layer a login to PostgreSQL came to nothing, and our words for it.
//
// Part of the PostgreSQL door (postgres_connect.h). What libpq and the server say in prose is looked at for
// its kind and never repeated: it could hold anything.
#pragma once

#include <libpq-fe.h>

#include <chrono>
#include <string>

#include "preflight/v1/server.pb.h"

namespace preflight::probes {

struct PostgresFailure {
    v1::Reach::Layer layer = v1::Reach::LAYER_UNSPECIFIED;
    std::string detail;
    std::string code;   // SQLSTATE, where the server gave one
    bool late = false;  // a limit ended it
};

// Of a connection that ended; `furthest` is how it stood before that.
PostgresFailure failure_of(const PGconn& connection, ConnStatusType furthest);
// Of one that did not come about within the limit.
PostgresFailure failure_of_time(ConnStatusType status, std::chrono::milliseconds limit);

}  // namespace preflight::probes
