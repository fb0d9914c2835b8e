#include "probes/geo_sites.h"

#include <fmt/format.h>

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "probes/address.h"
#include "probes/geo_site_name.h"
#include "probes/geo_status.h"
#include "probes/shown.h"
#include "probes/table_columns.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

using Site = v1::GeoSite;

constexpr std::string_view affects = "Geo sites";
constexpr std::size_t sites_limit = 100;
constexpr std::size_t name_limit_bytes = 64;
// Of the counters: some 600, in 30 KB.
constexpr std::size_t status_limit_bytes = 128UL * 1024;

// Every column that is asked for: none of those that hold a key or what encrypts it.
constexpr std::array sites_columns{"id",
                                   "name",
                                   "url",
                                   "primary",
                                   "enabled",
                                   "internal_url",
                                   "created_at",
                                   "oauth_application_id",
                                   "selective_sync_type",
                                   "selective_sync_shards",
                                   "sync_object_storage"};
constexpr std::array statuses_columns{"geo_node_id",
                                      "updated_at",
                                      "last_successful_status_check_at",
                                      "status_message",
                                      "version",
                                      "revision",
                                      "db_replication_lag_seconds",
                                      "last_event_id",
                                      "last_event_date",
                                      "cursor_last_event_id",
                                      "cursor_last_event_date",
                                      "replication_slots_count",
                                      "replication_slots_used_count",
                                      "replication_slots_max_retained_wal_bytes",
                                      "storage_configuration_digest",
                                      "status"};

// Of the columns that are wanted, those that are there and may be read, and those that may not.
struct Readable {
    Columns columns;
    std::vector<std::string> denied;

    // The column as text, cut where it is longer than any of its kind.
    std::string text(const std::string& column) const {
        return where_there(columns, column, fmt::format("left(\"{}\"::text, 2048)", column));
    }
    std::string plain(const std::string& column) const {
        return where_there(columns, column, fmt::format("\"{}\"", column));
    }
};

template <std::size_t size>
Result<Readable> readable(Postgres& server, const std::string& table,
                          const std::array<const char*, size>& wanted) {
    const auto there = columns_of(server, table);
    if (!there) return there.error();
    auto open = readable_columns_of(server, table);
    if (!open) return open.error();
    Readable readable;
    for (const auto* name : wanted) {
        const std::string column(name);
        if (there->contains(column) && !open->contains(column))
            readable.denied.push_back(table + "." + column);
    }
    // Whose row it is comes first.
    if (!open->contains(wanted.front()))
        return Problem{v1::Gap::DENIED, server.address(), "this login may not read the table " + table};
    readable.columns = std::move(*open);
    return readable;
}

using TimeField = google::protobuf::Timestamp* (Site::*)();

void set_time(const PostgresRow& row, std::size_t column, TimeField field, Site& site) {
    if (!row.null(column)) (site.*field)()->set_seconds(row.number(column));
}

std::string sites_question(const Readable& table) {
    return fmt::format(
        "SELECT id, {}, {}, {}, {}, {}, {}, {}, {}, {}, {} FROM public.geo_nodes ORDER BY id LIMIT {}",
        table.text("name"), table.text("url"), table.text("internal_url"), table.plain("primary"),
        table.plain("enabled"),
        where_there(table.columns, "oauth_application_id", "oauth_application_id IS NOT NULL"),
        table.text("selective_sync_type"), table.text("selective_sync_shards"),
        table.plain("sync_object_storage"), seconds_of(table.columns, "created_at"), sites_limit + 1);
}

// A list in YAML, as Rails keeps it; nothing when it is none.
std::optional<std::vector<std::string>> storages_in(const std::string& text, const std::string& source) {
    std::vector<std::string> storages;
    const auto list = parse_yaml(text, source);
    if (!list || (!list->IsNull() && !list->IsSequence())) return std::nullopt;
    for (const auto& storage : *list) storages.push_back(shown(text_of(storage), name_limit_bytes));
    return storages;
}

Site site_of(const PostgresRow& row) {
    Site site;
    site.set_id(row.size(0));
    site.set_name(shown_site_name(row.text(1)));
    site.set_url(shown(without_user(row.text(2))));
    site.set_internal_url(shown(without_user(row.text(3))));
    site.set_primary(row.truth(4));
    site.set_enabled(row.null(5) || row.truth(5));
    site.set_login_ready(row.truth(6));
    site.set_selective_sync(shown(row.text(7), name_limit_bytes));
    site.set_copies_object_storage(row.truth(9));
    set_time(row, 10, &Site::mutable_created_at, site);
    return site;
}

std::string statuses_question(const Readable& table) {
    const auto seconds = [&](const char* column) { return seconds_of(table.columns, column); };
    // NULL where there was no event yet; and here where the column is not told.
    const auto event = [&](const char* column) {
        return where_there(table.columns, column, fmt::format("coalesce(\"{}\", 0)", column));
    };
    const auto status =
        where_there(table.columns, "status",
                    fmt::format("CASE WHEN octet_length(status::text) <= {} THEN status::text ELSE '' END",
                                status_limit_bytes));
    const auto digest = where_there(table.columns, "storage_configuration_digest",
                                    "left(encode(storage_configuration_digest, 'hex'), 128)");
    return fmt::format(
        "SELECT geo_node_id, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}, {}"
        " FROM public.geo_node_statuses WHERE geo_node_id IS NOT NULL ORDER BY geo_node_id LIMIT {}",
        seconds("updated_at"), seconds("last_successful_status_check_at"), table.text("status_message"),
        table.text("version"), table.text("revision"), table.plain("db_replication_lag_seconds"),
        event("last_event_id"), seconds("last_event_date"), event("cursor_last_event_id"),
        seconds("cursor_last_event_date"), table.plain("replication_slots_count"),
        table.plain("replication_slots_used_count"), table.plain("replication_slots_max_retained_wal_bytes"),
        digest, status, sites_limit + 1);
}

void take_status(const PostgresRow& row, Site& site) {
    site.set_status_known(true);
    set_time(row, 1, &Site::mutable_reported_at, site);
    set_time(row, 2, &Site::mutable_last_check_at, site);
    site.set_message(shown_geo_message(row.text(3)));
    site.set_version(shown(row.text(4), name_limit_bytes));
    site.set_revision(shown(row.text(5), name_limit_bytes));
    site.set_lag_known(!row.null(6) && row.number(6) >= 0);
    site.set_replication_lag_seconds(row.size(6));
    if (!row.null(7)) site.set_last_event_id(row.size(7));
    set_time(row, 8, &Site::mutable_last_event_at, site);
    if (!row.null(9)) site.set_cursor_event_id(row.size(9));
    set_time(row, 10, &Site::mutable_cursor_event_at, site);
    site.set_slots(static_cast<std::uint32_t>(row.size(11)));
    site.set_slots_used(static_cast<std::uint32_t>(row.size(12)));
    site.set_slots_retained_bytes(row.size(13));
    site.set_storages_digest(row.text(14));
}

// The sites with what belongs to them, put together before they are told.
class Sites {
  public:
    Sites(const Node& node, Postgres& server, std::string_view database, Findings& out)
        : node_(node), server_(server), database_(database), out_(out) {}

    Result<void> look() {
        const auto table = readable(server_, "geo_nodes", sites_columns);
        if (!table) return table.error();
        auto rows = server_.ask(sites_question(*table));
        if (!rows) return rows.error();
        if (rows->empty()) return {};
        read_statuses();
        read_own_name();
        for (std::size_t at = 0; at < std::min(rows->size(), sites_limit); ++at)
            tell((*rows)[at], table->denied);
        if (rows->size() <= sites_limit) return {};
        return Problem{v1::Gap::TOO_LARGE, server_.address(), "there are more sites than are read"};
    }

  private:
    void read_statuses() {
        const auto table = readable(server_, "geo_node_statuses", statuses_columns);
        if (!table) return miss_statuses(table.error());
        statuses_denied_ = table->denied;
        const auto rows = server_.ask(statuses_question(*table));
        if (!rows) return miss_statuses(rows.error());
        for (const auto& row : *rows) statuses_.insert_or_assign(row.size(0), row);
    }

    void miss_statuses(const Problem& problem) {
        statuses_denied_ = {"geo_node_statuses"};
        if (problem.cause != v1::Gap::DENIED) out_.gap(problem, "status of Geo sites");
    }

    void read_own_name() {
        const auto yml = read_gitlab_yml(node_);
        if (yml) {
            own_name_ = own_site_name(*yml);
        } else {
            out_.gap(yml.error(), "which Geo site is this node's");
        }
    }

    void tell(const PostgresRow& row, const std::vector<std::string>& denied) {
        auto site = site_of(row);
        site.set_database(std::string(database_));
        site.set_this_site(is_same_site(row.text(1), own_name_));
        for (const auto& names : {denied, statuses_denied_}) {
            for (const auto& name : names) site.add_denied(name);
        }
        const auto storages = storages_in(row.text(8), server_.address());
        for (const auto& storage : storages.value_or(std::vector<std::string>())) {
            site.add_selected_storages(storage);
        }
        std::optional<Problem> unclear;
        if (const auto status = statuses_.find(site.id()); status != statuses_.end()) {
            take_status(status->second, site);
            unclear = take_data(status->second, site);
        }
        const auto whose = fmt::format(" of the Geo site {} ({})", site.id(), site.name());
        *out_.add(server_.address()).mutable_geo_site() = std::move(site);
        if (unclear) out_.gap(*unclear, "replicated data" + whose);
        if (!storages) {
            out_.gap(malformed(server_.address(), "selective_sync_shards is no list"),
                     "selected storages" + whose);
        }
    }

    // The first of the problems says enough: what is unclear is named or missing.
    std::optional<Problem> take_data(const PostgresRow& row, Site& site) const {
        if (row.null(15)) return std::nullopt;
        const auto& source = server_.address();
        if (row.text(15).empty())
            return Problem{v1::Gap::TOO_LARGE, source, "the status is larger than is read"};
        auto parsed = parse_geo_status(row.text(15), site.primary(), source);
        for (auto& counted : parsed.items) *site.add_data() = std::move(counted);
        if (parsed.problems.empty()) return std::nullopt;
        return parsed.problems.front();
    }

    const Node& node_;
    Postgres& server_;
    std::string_view database_;
    Findings& out_;
    std::map<std::uint64_t, PostgresRow> statuses_;
    std::vector<std::string> statuses_denied_;
    std::string own_name_;
};

}  // namespace

void look_at_geo_sites(const Node& node, Postgres& server, std::string_view database, Findings& out) {
    const auto looked = Sites(node, server, database, out).look();
    if (!looked && looked.error().cause != v1::Gap::ABSENT) out.gap(looked.error(), affects);
}

}  // namespace preflight::probes
