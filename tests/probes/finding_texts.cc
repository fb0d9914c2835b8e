#include "tests/probes/finding_texts.h"

#include <fmt/format.h>
#include <google/protobuf/util/time_util.h>

namespace preflight::probes {
namespace {

// One text for each finding that has the message, as `write` puts it.
template <typename Message>
Texts texts(const Found& found, bool (v1::Finding::*has)() const, const Message& (v1::Finding::*get)() const,
            std::string (*write)(const Message&)) {
    Texts written;
    for (const auto& finding : found) {
        if ((finding.*has)()) written.push_back(write((finding.*get)()));
    }
    return written;
}

}  // namespace

Texts systems(const Found& found) {
    return texts<v1::OperatingSystem>(
        found, &v1::Finding::has_operating_system, &v1::Finding::operating_system,
        [](const auto& system) { return fmt::format("{} {}", system.id(), system.version_id()); });
}

Texts installations(const Found& found) {
    return texts<v1::Installation>(
        found, &v1::Finding::has_installation, &v1::Finding::installation, [](const auto& installed) {
            return fmt::format("{} {} {}{}", v1::Installation::Method_Name(installed.method()),
                               installed.version(), v1::Edition_Name(installed.edition()),
                               installed.pending_reconfigure() ? " pending" : "");
        });
}

Texts hosts(const Found& found) {
    return texts<v1::Host>(found, &v1::Finding::has_host, &v1::Finding::host, [](const auto& host) {
        return fmt::format("{} {}", host.fqdn(), fmt::join(host.addresses(), ","));
    });
}

Texts roles(const Found& found) {
    return texts<v1::NodeRoles>(
        found, &v1::Finding::has_node_roles, &v1::Finding::node_roles, [](const auto& node) {
            Texts names;
            for (const auto role : node.roles()) {
                names.push_back(v1::NodeRoles::Role_Name(static_cast<v1::NodeRoles::Role>(role)));
            }
            return fmt::format("{}", fmt::join(names, " "));
        });
}

Texts services(const Found& found) {
    return texts<v1::Service>(
        found, &v1::Finding::has_service, &v1::Finding::service,
        [](const auto& service) { return service.name() + (service.enabled() ? "" : " disabled"); });
}

Texts databases(const Found& found) {
    return texts<v1::PostgresEndpoint>(
        found, &v1::Finding::has_postgres_endpoint, &v1::Finding::postgres_endpoint,
        [](const auto& database) {
            return fmt::format("{} {}:{} {}{}", database.purpose(), database.host(), database.port(),
                               database.database(), database.shares_main() ? " (main)" : "");
        });
}

Texts redises(const Found& found) {
    return texts<v1::RedisEndpoint>(
        found, &v1::Finding::has_redis_endpoint, &v1::Finding::redis_endpoint, [](const auto& redis) {
            return fmt::format("{} {} {} {}", redis.purpose(), v1::RedisEndpoint::Mode_Name(redis.mode()),
                               redis.master_name(), fmt::join(redis.nodes(), ","));
        });
}

Texts storages(const Found& found) {
    return texts<v1::GitalyEndpoint>(found, &v1::Finding::has_gitaly_endpoint, &v1::Finding::gitaly_endpoint,
                                     [](const auto& storage) {
                                         return fmt::format("{} {} {}", storage.storage(), storage.address(),
                                                            v1::Placement_Name(storage.placement()));
                                     });
}

Texts listeners(const Found& found) {
    return texts<v1::Listener>(
        found, &v1::Finding::has_listener, &v1::Finding::listener, [](const auto& listener) {
            return listener.port() == 0
                       ? fmt::format("{} {}", listener.service(), listener.socket())
                       : fmt::format("{} {}:{}", listener.service(), listener.address(), listener.port());
        });
}

Texts archives(const Found& found) {
    return texts<v1::BackupArchive>(
        found, &v1::Finding::has_backup_archive, &v1::Finding::backup_archive, [](const auto& archive) {
            using google::protobuf::util::TimeUtil;
            return fmt::format("{} {} {} skipped {} holds {}{}", TimeUtil::ToString(archive.created_at()),
                               archive.version(), v1::Edition_Name(archive.edition()), archive.skipped_size(),
                               archive.members_size(), archive.complete_end() ? "" : " truncated");
        });
}

Texts schedules(const Found& found) {
    return texts<v1::BackupSchedule>(
        found, &v1::Finding::has_backup_schedule, &v1::Finding::backup_schedule, [](const auto& plan) {
            return fmt::format("{} {}", v1::BackupSchedule::Kind_Name(plan.kind()), plan.when());
        });
}

Texts gaps(const Found& found) {
    Texts written;
    for (const auto& finding : found) {
        if (!finding.has_gap() || finding.gap().cause() == v1::Gap::NOT_LIVE) continue;
        written.push_back(fmt::format("{} {} {} {}", finding.probe(), finding.source(),
                                      v1::Gap::Cause_Name(finding.gap().cause()), finding.gap().affects()));
    }
    return written;
}

}  // namespace preflight::probes
