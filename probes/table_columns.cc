#include "probes/table_columns.h"

namespace preflight::probes {
namespace {

Result<Columns> ask_columns(Postgres& server, const std::string& table, const std::string& condition) {
    const auto rows = server.ask(
        "SELECT attname FROM pg_attribute WHERE attrelid = to_regclass($1) AND attnum > 0 AND NOT "
        "attisdropped" +
            condition,
        {"public." + table});
    if (!rows) return rows.error();
    Columns columns;
    for (const auto& row : *rows) columns.insert(row.text(0));
    return columns;
}

}  // namespace

Result<Columns> columns_of(Postgres& server, const std::string& table) {
    auto columns = ask_columns(server, table, "");
    if (columns && columns->empty())
        return Problem{v1::Gap::ABSENT, server.address(), "there is no table " + table};
    return columns;
}

Result<Columns> readable_columns_of(Postgres& server, const std::string& table) {
    return ask_columns(server, table, " AND has_column_privilege(attrelid, attnum, 'SELECT')");
}

std::string where_there(const Columns& columns, const std::string& column, const std::string& expression) {
    return columns.contains(column) ? expression : "NULL";
}

std::string seconds_of(const Columns& columns, const std::string& column) {
    return where_there(columns, column,
                       "CASE WHEN " + column +
                           " BETWEEN '1970-01-01' AND '9999-12-30' THEN extract(epoch FROM " + column +
                           ")::bigint END");
}

}  // namespace preflight::probes
