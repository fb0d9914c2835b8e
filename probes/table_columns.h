// TableColumns: which columns a table or view of GitLab's has on this server. They come and go between
// releases, so questions are put together from what is there.
#pragma once

#include <set>
#include <string>

#include "probes/node/postgres.h"

namespace preflight::probes {

using Columns = std::set<std::string>;

// Of a table or view in the schema public; ABSENT when there is none of that name. The catalog shows them to
// everyone: who may not read the table gets its columns all the same.
Result<Columns> columns_of(Postgres& server, const std::string& table);

// Those among them that this login may read.
Result<Columns> readable_columns_of(Postgres& server, const std::string& table);

// The expression where the table has the column, else NULL.
std::string where_there(const Columns& columns, const std::string& column, const std::string& expression);

// A time as seconds since 1970, where the table has the column; NULL also for one that no finding can hold
// ("infinity", a year of five digits).
std::string seconds_of(const Columns& columns, const std::string& column);

}  // namespace preflight::probes
