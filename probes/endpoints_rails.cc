#include "probes/endpoints_rails.h"

#include <optional>

#include "probes/database_yml.h"
#include "probes/endpoint_differences.h"
#include "probes/gitaly_config.h"
#include "probes/gitlab_yml.h"
#include "probes/paths.h"
#include "probes/rails_attributes.h"
#include "probes/redis_uses.h"

namespace preflight::probes {
namespace {

constexpr std::string_view databases_affected = "PostgreSQL endpoints of Rails";
constexpr std::string_view gitaly_affected = "Gitaly storages of Rails";

class Rails {
  public:
    explicit Rails(const EndpointsView& view)
        : view_(view), directory_(rails_configuration(view.node())), expected_(rails_expected(view)) {}

    void look() {
        databases();
        redis();
        gitaly();
        if (!rendered_.databases.empty() || !rendered_.redis.empty()) report_differences(view_, rendered_);
    }

  private:
    // The text, or nothing after a gap. A file that is not there is no gap on a node without Rails.
    std::optional<std::string> read(const std::string& path, std::string_view affects, bool needed) const {
        auto text = view_.node().read_file(path);
        if (text) return std::move(*text);
        if (needed || text.error().cause != v1::Gap::ABSENT) view_.out().gap(text.error(), affects);
        return std::nullopt;
    }

    void databases() {
        const auto path = directory_ + "/database.yml";
        const auto text = read(path, databases_affected, expected_);
        const auto parsed = text ? parse_database_yml(*text, path) : Parsed<v1::PostgresEndpoint>();
        view_.report(parsed, path, databases_affected);
        rendered_.databases = parsed.items;
        rendered_.databases_path = path;
        tracking_database();
        if (!parsed.items.empty() || !expected_ || view_.attributes() == nullptr) return;
        view_.report(attribute_databases(*view_.attributes()), view_.attributes()->path, databases_affected);
    }

    // A file of its own before it moved into database.yml.
    void tracking_database() {
        const auto path = directory_ + "/database_geo.yml";
        const auto text = read(path, databases_affected, false);
        if (!text) return;
        auto parsed = parse_database_yml(*text, path);
        for (auto& endpoint : parsed.items) endpoint.set_purpose("geo");
        view_.report(parsed, path, databases_affected);
    }

    void redis() {
        for (const auto& uses : redis_of_rails(view_)) {
            const auto endpoints = endpoints_of(uses.parsed);
            view_.report(endpoints, uses.path, uses.affects);
            if (!uses.rendered) continue;
            for (const auto& endpoint : endpoints.items) rendered_.redis.push_back({endpoint, uses.path});
        }
    }

    void gitaly() {
        const auto yml = read_gitlab_yml(view_.node());
        if (yml) {
            const auto parsed = gitaly_endpoints(yml->production, yml->path);
            view_.report(parsed, yml->path, gitaly_affected);
            rendered_.storages = parsed.items;
            rendered_.storages_path = yml->path;
            return;
        }
        if (!expected_ && yml.error().cause == v1::Gap::ABSENT) return;
        view_.out().gap(yml.error(), gitaly_affected);
        if (view_.attributes() == nullptr) return;
        view_.report(attribute_storages(*view_.attributes()), view_.attributes()->path, gitaly_affected);
    }

    const EndpointsView& view_;
    std::string directory_;
    bool expected_;
    RenderedEndpoints rendered_;
};

}  // namespace

void look_at_rails(const EndpointsView& view) { Rails(view).look(); }

}  // namespace preflight::probes
