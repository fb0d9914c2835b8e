// wrong_in(): what must hold of a condition before it is asked.
#include <algorithm>
#include <vector>

#include "readiness/condition.h"

namespace preflight::readiness {
namespace {

using Asks = v1::Condition::AsksCase;
using Intervals = google::protobuf::RepeatedPtrField<v1::VersionInterval>;

constexpr int depth_limit = 8;

std::string wrong_with(const v1::Condition& condition, int depth);

std::string wrong_with(const v1::Conditions& conditions, int depth) {
    if (conditions.of().empty()) return "a list of conditions is empty";
    for (const auto& condition : conditions.of()) {
        if (auto wrong = wrong_with(condition, depth + 1); !wrong.empty()) return wrong;
    }
    return {};
}

// Some intervals, each with an end, and in order.
std::string wrong_with(const Intervals& intervals) {
    if (intervals.empty()) return "needs versions";
    for (const auto& interval : intervals) {
        if (auto wrong = wrong_in(interval); !wrong.empty()) return wrong;
    }
    return {};
}

std::string needs(bool there, std::string_view what) {
    return there ? std::string() : "needs " + std::string(what);
}

// GitLab's own versions are named to the minor at least.
std::string wrong_with(const v1::RunsVersion& asked) {
    for (const auto& interval : asked.versions()) {
        for (const auto& text : {interval.from(), interval.below()}) {
            if (!text.empty() && !parse_target(text)) return "an interval has something else than a version";
        }
    }
    return wrong_with(asked.versions());
}

std::string wrong_with(const v1::RunsSystem& asked) {
    if (asked.names().empty() && asked.glibc_below().empty() && asked.package().empty())
        return "a system needs names, glibc_below or package";
    if (!asked.package().empty() && asked.package() != "rpm" && asked.package() != "deb")
        return "package is rpm or deb";
    return needs(asked.glibc_below().empty() || parse_version(asked.glibc_below()),
                 "a version in glibc_below");
}

std::string wrong_with(const v1::ServerIs& asked) {
    if (asked.component() == v1::ServerIs::COMPONENT_UNSPECIFIED) return "a server needs its component";
    return asked.versions().empty() ? std::string() : wrong_with(asked.versions());  // any version
}

std::string wrong_with(const v1::HasSetting& asked) {
    if (std::ranges::find(asked.roles(), v1::NodeRoles::ROLE_UNSPECIFIED) != asked.roles().end())
        return "roles has none that is known";
    if (asked.site() == v1::GeoRole::NOT_CONFIGURED) return "site is PRIMARY or SECONDARY";
    return needs(!asked.keys().empty(), "keys");
}

// Of the predicate that is asked: an empty text in a list would fit everything, or nothing.
bool has_empty_text(const google::protobuf::Message& condition) {
    const auto* reflection = condition.GetReflection();
    std::vector<const google::protobuf::FieldDescriptor*> fields;
    reflection->ListFields(condition, &fields);
    return std::ranges::any_of(fields, [&](const google::protobuf::FieldDescriptor* field) {
        if (!field->is_repeated()) {
            return field->message_type() != nullptr &&
                   has_empty_text(reflection->GetMessage(condition, field));
        }
        if (field->cpp_type() != google::protobuf::FieldDescriptor::CPPTYPE_STRING) return false;
        for (int at = 0; at < reflection->FieldSize(condition, field); ++at) {
            if (reflection->GetRepeatedString(condition, field, at).empty()) return true;
        }
        return false;
    });
}

// What a predicate cannot be asked without.
std::string wrong_with_words(const v1::Condition& condition) {
    switch (condition.asks_case()) {
        case Asks::kService:
            return needs(!condition.service().names().empty(), "names of services");
        case Asks::kMarkerFile:
            return needs(!condition.marker_file().names().empty(), "names of files");
        case Asks::kTornFile:
            return needs(
                !condition.torn_file().probe().empty() && condition.torn_file().beneath().ends_with('/'),
                "a probe, and a folder that ends with /");
        case Asks::kSetting:
            return wrong_with(condition.setting());
        case Asks::kUses:
            return needs(!condition.uses().kinds().empty(), "kinds of services");
        case Asks::kPostgresSets:
            return needs(
                !condition.postgres_sets().name().empty() && !condition.postgres_sets().values().empty(),
                "a setting and values");
        case Asks::kLacksExtension:
            return needs(!condition.lacks_extension().name().empty(), "the extension's name");
        case Asks::kInstanceSets:
            return needs(
                !condition.instance_sets().column().empty() && !condition.instance_sets().values().empty(),
                "a column and values");
        case Asks::kTable:
            return needs(!condition.table().table().empty(), "the table's name");
        case Asks::kTableFact:
            return needs(condition.table_fact().fact() != v1::TableFact::FACT_UNSPECIFIED, "a fact");
        case Asks::kGeoSite:
            return needs(condition.geo_site().fact() != v1::GeoSiteIs::FACT_UNSPECIFIED, "a fact");
        case Asks::kCertificateKey:
            return needs(condition.certificate_key().rsa_bits_above() != 0, "a number of bits");
        case Asks::kPerson:
            return needs(condition.person().question().ends_with('?'),
                         "a question that ends with a question mark");
        default:
            return {};
    }
}

std::string wrong_with(const v1::Condition& condition, int depth) {
    if (depth > depth_limit) return "conditions lie too deep within each other";
    if (has_empty_text(condition)) return "a list has an empty text";
    switch (condition.asks_case()) {
        case Asks::kAll:
            return wrong_with(condition.all(), depth);
        case Asks::kAny:
            return wrong_with(condition.any(), depth);
        case Asks::kNone:
            return wrong_with(condition.none(), depth);
        case Asks::kFirst:
            return wrong_with(condition.first(), depth);
        case Asks::kRuns:
            return wrong_with(condition.runs());
        case Asks::kSystem:
            return wrong_with(condition.system());
        case Asks::kNodes:
            return needs(condition.nodes().role() != v1::NodeRoles::ROLE_UNSPECIFIED, "a role");
        case Asks::kServer:
            return wrong_with(condition.server());
        case Asks::kGeo:
            return needs(condition.geo().role() != v1::GeoRole::NOT_CONFIGURED,
                         "the role of a site, or none");
        case Asks::kSecurity:
            return needs(condition.security().fips() != condition.security().selinux_enforcing(),
                         "either fips or selinux_enforcing");
        case Asks::ASKS_NOT_SET:
            return "a condition asks nothing";
        default:
            return wrong_with_words(condition);
    }
}

}  // namespace

std::string wrong_in(const v1::VersionInterval& interval) {
    for (const auto& text : {interval.from(), interval.below()}) {
        const bool plain = text.find_first_not_of("0123456789.") == std::string::npos;
        if (!text.empty() && (!plain || !parse_server_version(text)))
            return "an interval has something else than a version";
    }
    const auto from = parse_server_version(interval.from());
    const auto below = parse_server_version(interval.below());
    if (!from && !below) return "an interval has no end";
    return from && below && *below <= *from ? "an interval is empty" : "";
}

std::string wrong_in(const v1::Condition& condition) { return wrong_with(condition, 0); }

}  // namespace preflight::readiness
