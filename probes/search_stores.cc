#include "probes/search_stores.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <vector>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/table_columns.h"

namespace preflight::probes {
namespace {

constexpr std::size_t servers_limit = 50;

// A setting with a column of its own, or a key of a column that holds several (jsonb): releases moved them
// from the one to the other. "" where there is neither.
std::string setting(const Columns& columns, const std::string& name, const std::string& group) {
    if (columns.contains(name)) return name + "::text";
    return columns.contains(group) ? fmt::format("{}::jsonb ->> '{}'", group, name) : std::string();
}

class Stores {
  public:
    Stores(Postgres& server, v1::InstanceSettings& settings, Findings& out)
        : server_(server), settings_(settings), out_(out) {}

    void look() {
        const auto columns = columns_of(server_, "application_settings");
        if (!columns) return out_.gap(columns.error(), "search and analytics servers of GitLab");
        settle("elasticsearch", take_elasticsearch(*columns));
        settle("zoekt", take_zoekt());
        settle("clickhouse", take_clickhouse(*columns));
    }

  private:
    void settle(const std::string& kind, const Result<void>& seen) {
        if (seen) return settings_.add_stores_read(kind);
        out_.gap(seen.error(), "which servers of the kind " + kind + " are used");
    }

    // Of the newest row of application_settings; NULL for a setting that is not there.
    Result<PostgresRows> ask(std::vector<std::string> wanted) {
        std::ranges::replace(wanted, std::string(), std::string("NULL"));
        return server_.ask(fmt::format("SELECT {} FROM public.application_settings ORDER BY id DESC LIMIT 1",
                                       fmt::join(wanted, ", ")));
    }

    static bool is_on(const std::string& text) { return text == "true" || text == "t"; }

    // Several addresses stand in one text, and older releases kept the password in them.
    Result<void> take_elasticsearch(const Columns& columns) {
        const auto of = [&](const char* name) { return setting(columns, name, "elasticsearch"); };
        const auto rows =
            ask({of("elasticsearch_indexing"), of("elasticsearch_search"), of("elasticsearch_url")});
        if (!rows) return rows.error();
        if (rows->empty() || (!is_on(rows->front().text(0)) && !is_on(rows->front().text(1)))) return {};
        const auto urls = rows->front().text(2);
        const auto named = split(urls, ",");
        if (named.empty())
            return malformed(server_.address(), "Elasticsearch is switched on, and no address is set");
        return take_urls("elasticsearch", {named.begin(), named.end()});
    }

    // Each node of Zoekt tells its own addresses. Those of long ago are rows as well.
    Result<void> take_zoekt() {
        const auto columns = columns_of(server_, "zoekt_nodes");
        if (!columns && columns.error().cause == v1::Gap::ABSENT) return {};
        if (!columns) return columns.error();
        const auto url = columns->contains("search_base_url") ? "search_base_url" : "index_base_url";
        if (!columns->contains(url))
            return Problem{v1::Gap::ABSENT, server_.address(), "zoekt_nodes names no address"};
        const auto rows = server_.ask(fmt::format(
            "SELECT DISTINCT {0} FROM public.zoekt_nodes WHERE {0} IS NOT NULL ORDER BY 1 LIMIT {1}", url,
            servers_limit + 1));
        if (!rows) return rows.error();
        std::vector<std::string> urls;
        urls.reserve(rows->size());
        for (const auto& row : *rows) urls.push_back(row.text(0));
        return take_urls("zoekt", urls);
    }

    Result<void> take_clickhouse(const Columns& columns) {
        constexpr auto* name = "use_clickhouse_for_analytics";
        const auto rows = ask({setting(columns, name, "clickhouse")});
        if (!rows) return rows.error();
        if (!rows->empty() && !rows->front().null(0))
            (*settings_.mutable_values())[name] = is_on(rows->front().text(0)) ? "t" : "f";
        return {};
    }

    // What is no address is told without a word of it.
    Result<void> take_urls(const std::string& kind, const std::vector<std::string>& urls) {
        bool clear = true;
        for (std::size_t at = 0; at < std::min(urls.size(), servers_limit); ++at) {
            const auto address = parse_address(trimmed(urls[at]));
            clear = clear && address && is_host(address->host);
            if (!address || !is_host(address->host)) continue;
            auto& used = *out_.add(server_.address()).mutable_external_service();
            used.set_kind(kind);
            used.set_host(address->host);
            if (address->port != 0) used.set_port(address->port);
            used.set_tls(address->scheme == "https");
        }
        if (!clear) return malformed(server_.address(), "an address of " + kind + " cannot be read");
        if (urls.size() <= servers_limit) return {};
        return Problem{v1::Gap::TOO_LARGE, server_.address(), "there are more of them than are read"};
    }

    Postgres& server_;
    v1::InstanceSettings& settings_;
    Findings& out_;
};

}  // namespace

void look_at_search_stores(Postgres& server, v1::InstanceSettings& settings, Findings& out) {
    Stores(server, settings, out).look();
}

}  // namespace preflight::probes
