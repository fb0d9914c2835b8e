// describe(): a condition as a person would put it.
#include <functional>
#include <vector>

#include "readiness/condition.h"
#include "readiness/servers.h"
#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

using Asks = v1::Condition::AsksCase;

template <typename List>
std::string joined(const List& words, std::string_view between) {
    std::string text;
    for (const auto& word : words) {
        if (!text.empty()) text += between;
        text += word;
    }
    return text;
}

std::string parts(const v1::Conditions& conditions, std::string_view between) {
    std::vector<std::string> texts;
    for (const auto& condition : conditions.of()) {
        const auto text = describe(condition);
        const bool composed = condition.has_any() || condition.has_all() || condition.has_first();
        texts.push_back(composed && conditions.of_size() > 1 ? "(" + text + ")" : text);
    }
    return joined(texts, between);
}

std::string text_of(const v1::VersionInterval& interval) {
    if (interval.from().empty()) return "below " + interval.below();
    if (interval.below().empty()) return interval.from() + " or later";
    return "from " + interval.from() + " to below " + interval.below();
}

std::string text_of(const google::protobuf::RepeatedPtrField<v1::VersionInterval>& intervals) {
    std::vector<std::string> texts;
    for (const auto& interval : intervals) texts.push_back(text_of(interval));
    return joined(texts, " or ");
}

std::string_view method_name(int method) {
    switch (method) {
        case v1::Installation::LINUX_PACKAGE:
            return "the Linux package";
        case v1::Installation::DOCKER:
            return "the Docker image";
        case v1::Installation::CLOUD_NATIVE:
            return "the Helm chart";
        case v1::Installation::SELF_COMPILED:
            return "a self-compiled installation";
        default:
            return "an unknown installation";
    }
}

std::string text_of(const v1::HasNodes& asked) {
    const auto who = asked.more_than() == 0 ? std::string("a node runs ")
                     : asked.more_than() == 1
                         ? "more than one node runs "
                         : "more than " + std::to_string(asked.more_than()) + " nodes run ";
    return who + std::string(role_name(asked.role()));
}

std::string text_of(const v1::TableHas& asked) {
    const auto rows = asked.rows_above() == 0
                          ? std::string(" has rows")
                          : " has more than " + std::to_string(asked.rows_above()) + " rows";
    return "the table " + asked.table() + rows;
}

std::string text_of(const v1::IsInstalled& asked) {
    std::vector<std::string> methods;
    for (const auto method : asked.methods()) methods.emplace_back(method_name(method));
    auto text =
        methods.empty() ? std::string("GitLab is installed") : "GitLab comes from " + joined(methods, " or ");
    if (asked.edition() == v1::EE) text += ", Enterprise Edition";
    if (asked.edition() == v1::CE) text += ", Community Edition";
    return asked.fips() ? text + ", built for FIPS" : text;
}

std::string text_of(const v1::RunsSystem& asked) {
    std::string text = "a node runs ";
    text += asked.names().empty() ? "a system" : joined(asked.names(), " or ");
    if (!asked.package().empty()) text += " with " + asked.package() + " packages";
    if (!asked.glibc_below().empty()) text += " with a C library below " + asked.glibc_below();
    return text;
}

std::string text_of(const v1::ServerIs& asked) {
    std::string text = asked.whose() == v1::ServerIs::BUNDLED    ? "the package's own "
                       : asked.whose() == v1::ServerIs::EXTERNAL ? "an external "
                                                                 : "";
    text += component_name(asked.component());
    if (!asked.purposes().empty()) text += " for " + joined(asked.purposes(), " or ");
    return asked.versions().empty() ? text + " is used" : text + " is " + text_of(asked.versions());
}

std::string text_of(const v1::UsesGeo& asked) {
    if (asked.role() == v1::GeoRole::SECONDARY) return "Geo has a secondary site";
    return asked.role() == v1::GeoRole::PRIMARY ? "a Geo primary is there" : "Geo is used";
}

std::string_view text_of(const v1::GeoSiteIs& asked) {
    switch (asked.fact()) {
        case v1::GeoSiteIs::COPIES_OBJECT_STORAGE:
            return "GitLab copies object storage to a secondary site";
        case v1::GeoSiteIs::OWN_URL:
            return "a secondary site has another URL than the primary";
        default:
            return "a secondary site is in some way";
    }
}

std::string text_of(const v1::SecurityIs& asked) {
    if (asked.fips()) return "the kernel runs in FIPS mode";
    return "SELinux enforces";
}

std::string text_of(const v1::OnFilesystem& asked) {
    const auto what = asked.path().empty() ? std::string("GitLab's data") : asked.path();
    if (asked.noexec()) return what + " lies on a filesystem that is mounted noexec";
    return what + (asked.network() ? " lies on a network filesystem" : " lies on a local filesystem");
}

std::string_view form_text(const v1::HasSetting& asked) {
    switch (asked.form()) {
        case v1::HasSetting::HAS_PORT:
            return ", with a port";
        case v1::HasSetting::HAS_UPPER_CASE:
            return ", with upper-case letters";
        case v1::HasSetting::LACKS_SCHEME:
            return ", without https:// or http://";
        default:
            return "";
    }
}

// Which nodes are asked; empty for all.
std::string whose_text(const v1::HasSetting& asked) {
    std::vector<std::string_view> roles;
    for (const int role : asked.roles()) roles.push_back(role_name(role));
    const auto runs = roles.empty() ? std::string() : " that runs " + joined(roles, " or ");
    if (asked.site() == v1::GeoRole::PRIMARY) return " of a node of Geo's primary" + runs;
    if (asked.site() == v1::GeoRole::SECONDARY) return " of a node of a Geo secondary" + runs;
    return asked.lacking() || !roles.empty() ? " of a node" + runs : std::string();
}

std::string text_of(const v1::HasSetting& asked) {
    const auto values = asked.values().empty() ? "" : " to " + joined(asked.values(), " or ");
    return "gitlab.rb" + whose_text(asked) + (asked.lacking() ? " does not set " : " sets ") +
           joined(asked.keys(), " or ") + values + std::string(form_text(asked));
}

std::string_view text_of(v1::TableFact::Fact fact) {
    switch (fact) {
        case v1::TableFact::OAUTH_TOKENS_WITHOUT_END:
            return "oauth_access_tokens has rows without expires_in";
        case v1::TableFact::TRIGRAM_INDEX_MISSING:
            return "a trigram index of issues or merge_requests is missing";
        case v1::TableFact::BUILD_NEEDS_WITHOUT_BIGINT:
            return "ci_build_needs lacks the column id_convert_to_bigint";
        case v1::TableFact::ACCESS_TOKENS_WITHOUT_END:
            return "access tokens without an expiry date are there";
        case v1::TableFact::USERS_WITHOUT_TYPE:
            return "users has rows without user_type";
        case v1::TableFact::LONG_PUSH_RULE:
            return "a push rule has an expression of more than 511 characters";
        case v1::TableFact::WORKSPACE_AGENT_TWICE:
            return "remote_development_agent_configs has an agent twice";
        case v1::TableFact::DELETED_OBJECT_WITHOUT_PROJECT:
            return "ci_deleted_objects has rows without project_id";
        case v1::TableFact::GEO_NODES_WITHOUT_COLUMNS:
            return "geo_nodes lacks columns of Enterprise Edition";
        case v1::TableFact::BLOCKED_USERS_KEY_IN_USE:
            return "a deploy key or token of a blocked user was used within a year";
        case v1::TableFact::SINGLE_ROW_MIGRATION:
            return "a background migration of 18.5 to 18.8 ended on a table of one row";
        case v1::TableFact::BITBUCKET_IDENTITY:
            return "users have identities of Bitbucket";
        case v1::TableFact::WORK_ITEM_TYPES_RENUMBERED:
            return "the numbers of work_item_types do not rise with their types";
        default:
            return "GitLab's tables are in some way";
    }
}

std::string configured_text(const v1::Condition& condition) {
    switch (condition.asks_case()) {
        case Asks::kSetting:
            return text_of(condition.setting());
        case Asks::kUses:
            return "an external " + joined(condition.uses().kinds(), " or ") + " service is used" +
                   (condition.uses().purposes().empty()
                        ? ""
                        : " for " + joined(condition.uses().purposes(), " or ")) +
                   (condition.uses().tls_beside_options()
                        ? ", with ca_file or ssl_version outside of tls_options"
                        : "");
        case Asks::kTornFile:
            return "a file beneath " + condition.torn_file().beneath() + " is torn";
        case Asks::kSharesStoragePath:
            return "two storages of a Gitaly share a path";
        case Asks::kSecretsDiffer:
            return "the secrets differ between nodes";
        case Asks::kMarkerFile:
            return "/etc/gitlab has " + joined(condition.marker_file().names(), " or ");
        case Asks::kFilesystem:
            return text_of(condition.filesystem());
        case Asks::kBeyondAscii:
            return "gitlab.rb has characters outside ASCII";
        case Asks::kCertificateKey:
            return "a certificate has an RSA key of more than " +
                   std::to_string(condition.certificate_key().rsa_bits_above()) + " bits";
        case Asks::kChangedEdition:
            return "Enterprise Edition was once turned back into Community Edition";
        case Asks::kService:
            return "the service " + joined(condition.service().names(), " or ") + " is enabled";
        default:
            return {};
    }
}

std::string database_text(const v1::Condition& condition) {
    switch (condition.asks_case()) {
        case Asks::kPostgresSets:
            return "PostgreSQL's " + condition.postgres_sets().name() + " is " +
                   joined(condition.postgres_sets().values(), " or ");
        case Asks::kLacksExtension:
            return "the database lacks the extension " + condition.lacks_extension().name();
        case Asks::kPendingRestart:
            return "PostgreSQL has settings that wait for a restart";
        case Asks::kThroughPgbouncer:
            return "Rails reaches PostgreSQL through PgBouncer";
        case Asks::kUnavailableRepositories:
            return "Praefect has repositories that cannot be served";
        case Asks::kInstanceSets:
            return "the instance's setting " + condition.instance_sets().column() + " is " +
                   joined(condition.instance_sets().values(), " or ");
        case Asks::kTable:
            return text_of(condition.table());
        case Asks::kUnfinishedMigration:
            return condition.unfinished_migration().jobs().empty()
                       ? "a batched background migration is not finished"
                       : "the background migration " +
                             joined(condition.unfinished_migration().jobs(), " or ") + " is not finished";
        case Asks::kTableFact:
            return std::string(text_of(condition.table_fact().fact()));
        case Asks::kGeoSite:
            return std::string(text_of(condition.geo_site()));
        default:
            return {};
    }
}

}  // namespace

std::string describe(const v1::Condition& condition) {
    switch (condition.asks_case()) {
        case Asks::kAll:
            return parts(condition.all(), " and ");
        case Asks::kAny:
            return parts(condition.any(), " or ");
        case Asks::kNone:
            return "it is not so that " + parts(condition.none(), " or ");
        case Asks::kFirst:
            return parts(condition.first(), ", or where nothing tells that, ");
        case Asks::kInstalled:
            return text_of(condition.installed());
        case Asks::kRuns:
            return "a node runs GitLab " + text_of(condition.runs().versions()) +
                   (condition.runs().hop_starts() ? " when the hop begins" : "");
        case Asks::kSystem:
            return text_of(condition.system());
        case Asks::kNodes:
            return text_of(condition.nodes());
        case Asks::kServer:
            return text_of(condition.server());
        case Asks::kSecurity:
            return text_of(condition.security());
        case Asks::kGeo:
            return text_of(condition.geo());
        case Asks::kWithoutDowntime:
            return "the upgrade is planned without downtime";
        case Asks::kPerson:
            return "a person says yes to: " + condition.person().question();
        case Asks::ASKS_NOT_SET:
            return {};
        default:
            break;
    }
    const auto text = configured_text(condition);
    return text.empty() ? database_text(condition) : text;
}

}  // namespace preflight::readiness
