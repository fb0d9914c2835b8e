#include "readiness/outside.h"

#include <map>
#include <string_view>

#include "readiness/node_match.h"
#include "readiness/verdict.h"

namespace preflight::readiness {

std::string outside_kind(const v1::ExternalService& service) {
    static const std::map<std::string_view, std::string_view> names{
        {"object_storage", "object storage"}, {"ldap", "LDAP"},   {"smtp", "SMTP"},
        {"elasticsearch", "Elasticsearch"},   {"zoekt", "Zoekt"}, {"clickhouse", "ClickHouse"},
        {"incoming_email", "incoming email"},
    };
    const auto name = names.find(service.kind());
    return name == names.end() ? clipped(service.kind(), 60) : std::string(name->second);
}

std::string outside_host(const v1::ExternalService& service) {
    if (!service.host().empty()) return clipped(host_key(service.host()), 255);
    const auto who = service.provider() + (service.region().empty() ? "" : " " + service.region());
    return who.empty() ? "(address not seen)" : clipped(who, 120);
}

}  // namespace preflight::readiness
