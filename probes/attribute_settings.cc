#include "probes/attribute_settings.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>

#include "probes/config_text.h"
#include "probes/json.h"
#include "probes/setting_values.h"

namespace preflight::probes {
namespace {

namespace json = boost::json;

// Keys of one section, "a/b" for a key within a table, "[]" for each element of a list; none: any key in it.
struct Watched {
    std::string_view section;
    std::string_view keys;
};

// The package's own lists of deprecations, versions 12.0 to 19.3 (omnibus-gitlab, deprecations.rb).
constexpr std::array watched{
    Watched{"git_data_dirs", ""},
    Watched{"mattermost", ""},
    Watched{"mattermost_external_url", ""},
    Watched{"spamcheck", ""},
    Watched{"omnibus_gitconfig", ""},
    Watched{"unicorn", ""},
    Watched{"repmgr", ""},
    Watched{"repmgrd", ""},
    Watched{"gitlab_monitor", ""},
    Watched{"grafana", ""},
    Watched{"gitlab_exporter", "server_name"},
    Watched{"registry", "default_notifications_threshold notifications/[]/threshold"},
    Watched{"gitlab_shell", "migration custom_hooks_dir http_settings/self_signed_cert"},
    Watched{"postgres_exporter", "per_table_stats"},
    Watched{"sidekiq",
            "min_concurrency max_concurrency queue_selector negate cluster experimental_queue_selector"},
    Watched{"sidekiq_cluster", "experimental_queue_selector"},
    Watched{"gitaly",
            "configuration/git/use_bundled_binaries configuration/git/bin_path ruby_max_rss "
            "ruby_graceful_restart_timeout ruby_restart_delay ruby_num_workers logging_ruby_sentry_dsn "
            "ruby_rugged_git_config_search_path internal_socket_dir cgroups_count cgroups_memory_enabled "
            "cgroups_memory_limit cgroups_cpu_enabled"},
    Watched{
        "gitaly",
        "socket_path runtime_dir listen_addr prometheus_listen_addr tls_listen_addr certificate_path "
        "key_path "
        "graceful_restart_timeout logging_level logging_format logging_sentry_dsn logging_sentry_environment "
        "log_directory prometheus_grpc_latency_buckets auth_token auth_transitioning git_catfile_cache_size "
        "git_bin_path use_bundled_git gpg_signing_key_path gitconfig storage custom_hooks_dir "
        "daily_maintenance_disabled daily_maintenance_start_hour daily_maintenance_start_minute "
        "daily_maintenance_duration daily_maintenance_storages cgroups_mountpoint cgroups_hierarchy_root "
        "cgroups_memory_bytes cgroups_cpu_shares cgroups_repositories_count "
        "cgroups_repositories_memory_bytes "
        "cgroups_repositories_cpu_shares concurrency rate_limiting pack_objects_cache_enabled "
        "pack_objects_cache_dir pack_objects_cache_max_age"},
    Watched{"praefect",
            "separate_database_metrics failover_election_strategy failover_read_only_after_failover "
            "database_host_no_proxy database_port_no_proxy listen_addr socket_path prometheus_listen_addr "
            "tls_listen_addr auth_token auth_transitioning logging_format logging_level failover_enabled "
            "background_verification_delete_invalid_records background_verification_verification_interval "
            "reconciliation_scheduling_interval reconciliation_histogram_buckets certificate_path key_path "
            "sentry_dsn sentry_environment prometheus_grpc_latency_buckets graceful_stop_timeout "
            "virtual_storages"},
    Watched{"praefect",
            "database_host database_port database_user database_password database_dbname database_sslmode "
            "database_sslcert database_sslkey database_sslrootcert database_direct_host database_direct_port "
            "database_direct_user database_direct_password database_direct_dbname database_direct_sslmode "
            "database_direct_sslcert database_direct_sslkey database_direct_sslrootcert"},
    Watched{"gitlab_rails",
            "gitlab_default_can_create_group enable_jemalloc object_store/connection/openstack_username "
            "object_store/connection/rackspace_username pseudonymizer_manifest "
            "pseudonymizer_upload_remote_directory "
            "pseudonymizer_upload_connection pseudonymizer_worker_cron extra_piwik_site_id extra_piwik_url "
            "analytics_instance_statistics_count_job_trigger_worker_cron rack_attack_protected_paths"},
    Watched{"gitlab_rails",
            "artifacts_object_store_direct_upload artifacts_object_store_background_upload "
            "external_diffs_object_store_direct_upload external_diffs_object_store_background_upload "
            "lfs_object_store_direct_upload lfs_object_store_background_upload "
            "uploads_object_store_direct_upload "
            "uploads_object_store_background_upload packages_object_store_direct_upload "
            "packages_object_store_background_upload dependency_proxy_object_store_direct_upload "
            "dependency_proxy_object_store_background_upload"},
    Watched{"actioncable", "enable"},
    Watched{"gitlab_pages",
            "daemon-inplace-chroot use_legacy_storage domain_config_source http_proxy auth_server"},
    Watched{"nginx", "gzip"},
    Watched{"geo_secondary", "db_fdw auto_migrate enable"},
    Watched{"geo_postgresql", "fdw_external_user fdw_external_password enable"},
    Watched{"redis", "client_output_buffer_limit_slave enable backend"},
    Watched{"consul", "user enable"},
    Watched{"oak", "components/openbao/address"},
};

// What else changes the course of an upgrade: these also by the package's defaults.
constexpr std::array<Watched, 6> important{{
    {"gitlab_rails", "auto_migrate enable db_adapter backup_path backup_keep_time time_zone"},
    {"praefect", "auto_migrate enable"},
    {"registry", "auto_migrate enable database/enabled"},
    {"postgresql", "enable version data_dir dir auto_restart_on_version_change"},
    {"patroni", "enable dcs_type"},
    {"package", "generate_default_secrets modify_kernel_parameters public_attributes"},
}};

constexpr std::size_t setting_limit = 1000;

const json::value* member_of(const json::value& value, const std::string& key) {
    const auto* object = value.if_object();
    if (object == nullptr) return nullptr;
    const auto* found = object->if_contains(key);
    // Before 16.0 some sections were written with a hyphen.
    if (found == nullptr) {
        auto hyphened = key;
        std::ranges::replace(hyphened, '_', '-');
        found = object->if_contains(hyphened);
    }
    return found == nullptr || found->is_null() ? nullptr : found;
}

// Rails' sections lie beneath "gitlab", exporters beneath "monitoring", the others at the top.
const json::value* section_of(const json::value& level, const std::string& name) {
    for (const std::string parent : {"gitlab", "monitoring"}) {
        const auto* above = member_of(level, parent);
        const auto* found = above == nullptr ? nullptr : member_of(*above, name);
        if (found != nullptr) return found;
    }
    return member_of(level, name);
}

// With as many digits as tell it from every other.
std::string shortest(double number) {
    std::array<char, 32> digits{};
    const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
    return {digits.data(), end};
}

class Found {
  public:
    explicit Found(const Attributes& attributes) : attributes_(attributes) {}

    // A value that is there but says nothing (null, {}) does not count, with the package neither.
    void take(const json::value& value, std::string key, std::span<const std::string_view> parts) {
        if (const auto* object = value.if_object(); object != nullptr && object->empty()) return;
        if (value.is_null()) return;
        if (parts.empty()) return add(value, std::move(key));
        if (parts.front() == "[]") {
            const auto* list = value.if_array();
            if (list == nullptr) return;
            for (const auto& item : *list) take(item, key + "[]", parts.subspan(1));
            return;
        }
        const std::string name(parts.front());
        const auto* member = member_of(value, name);
        if (member != nullptr) take(*member, key + "['" + name + "']", parts.subspan(1));
    }

    void add(const json::value& value, std::string key) {
        auto& settings = found.items;
        const bool twice = std::ranges::any_of(settings, [&](const auto& one) { return one.key() == key; });
        if (twice || !is_setting_key(key)) return;
        if (settings.size() == setting_limit) return note_limit();
        const auto literal = literal_of(value);
        v1::Setting setting;
        setting.set_state(v1::Setting::LITERAL);
        setting.set_origin(v1::Setting::ATTRIBUTES);
        setting.set_source(attributes_.path);
        setting.set_value(harmless_value(key, literal.literal, literal.text));
        setting.set_assignments(1);
        setting.set_key(std::move(key));
        settings.push_back(std::move(setting));
    }

    Parsed<v1::Setting> found;

  private:
    void note_limit() {
        if (found.problems.empty())
            found.problems.push_back({v1::Gap::DROPPED, attributes_.path, "more settings than are told"});
    }

    const Attributes& attributes_;
};

}  // namespace

AttributeText literal_of(const json::value& value) {
    if (const auto* text = value.if_string()) return {std::string(*text), true};
    if (value.is_bool()) return {value.get_bool() ? "true" : "false", false};
    if (const auto* object = value.if_object(); object != nullptr && object->empty()) return {"{}", false};
    if (const auto* number = value.if_double()) return {shortest(*number), false};
    return {text_of(&value), false};
}

AttributeValue attribute_of(const Attributes& attributes, const std::vector<std::string>& parts) {
    AttributeValue found;
    for (const std::string_view name : {"normal", "default"}) {
        const auto* level = find(attributes.document, {name});
        if (level == nullptr || parts.empty()) continue;
        const auto* value = section_of(*level, parts.front());
        found.section_known = found.section_known || value != nullptr;
        for (std::size_t at = 1; value != nullptr && at < parts.size(); ++at)
            value = member_of(*value, parts[at]);
        if (value != nullptr && found.value == nullptr) found.value = value;
    }
    return found;
}

Parsed<v1::Setting> watched_settings(const Attributes& attributes) {
    Found found(attributes);
    const auto* normal = find(attributes.document, {"normal"});
    if (normal == nullptr) return {};
    for (const auto& [section, keys] : watched) {
        const auto* value = section_of(*normal, std::string(section));
        if (value == nullptr) continue;
        const auto* object = value->if_object();
        if (keys.empty() && (object == nullptr || section == "git_data_dirs")) {
            found.take(*value, std::string(section), {});
        } else if (keys.empty()) {
            for (const auto& member : *object) {
                const std::array parts{std::string_view(member.key())};
                found.take(*value, std::string(section), parts);
            }
        }
        for (const auto key : split(keys, " ")) found.take(*value, std::string(section), split(key, "/"));
    }
    for (const auto& [section, keys] : important) {
        for (const auto key : split(keys, " ")) {
            std::string name(section);
            std::vector<std::string> parts{name};
            for (const auto part : split(key, "/")) {
                parts.emplace_back(part);
                name.append("['").append(part).append("']");
            }
            const auto attribute = attribute_of(attributes, parts);
            if (attribute.value != nullptr) found.take(*attribute.value, std::move(name), {});
        }
    }
    return std::move(found.found);
}

}  // namespace preflight::probes
