#include "readiness/knowledge_rows.h"

#include <array>

#include "readiness/row_rules.h"
#include "readiness/servers.h"
#include "readiness/verdict.h"
#include "readiness/version.h"

namespace preflight::readiness {
namespace {

template <typename List>
std::string joined(const List& words) {
    return listed({words.begin(), words.end()});
}

// One function of a table from one of its own kind of row.
template <typename Kind, auto text>
std::string of(const Row& row) {
    return text(static_cast<const Kind&>(row));
}

const v1::Condition* without(const Row&) { return nullptr; }

const v1::Condition* of_stop(const Row& row) {
    const auto& stop = static_cast<const v1::Stop&>(row);
    return stop.has_needed_if() ? &stop.needed_if() : nullptr;
}

const v1::Condition* of_issue(const Row& row) {
    const auto& issue = static_cast<const v1::KnownIssue&>(row);
    return issue.has_condition() ? &issue.condition() : nullptr;
}

std::string since(const v1::VersionInterval& interval) {
    return interval.from().empty() ? "the beginning" : interval.from();
}

// ---- ids

std::string id_of_requirement(const v1::Requirement& row) {
    std::string id(component_name(row.component()));
    for (const auto& purpose : row.purposes()) id += " " + purpose;
    return id + " from " + since(row.gitlab());
}

std::string id_of_bundle(const v1::Bundle& row) {
    return std::string(component_name(row.component())) + " from " + since(row.gitlab());
}

std::string id_of_extension(const v1::ExtensionNeed& row) {
    return row.name() + " in " + joined(row.databases());
}

// ---- titles

std::string title_of_system(const v1::OperatingSystemSupport& row) {
    const auto first = row.first().empty() ? std::string("the beginning") : row.first();
    return "packages from " + first + (row.last().empty() ? " on" : " to " + row.last());
}

std::string title_of_stop(const v1::Stop& row) {
    const std::string kind = row.announced()     ? "announced stop"
                             : row.conditional() ? "stop needed only if " + row.condition()
                                                 : "required stop";
    return row.reason().empty() ? kind : kind + ": " + row.reason();
}

std::string title_of_rule(const v1::PackageRule& row) {
    return "the package installs over " + row.minimum_installed() + " or later, with PostgreSQL " +
           row.minimum_postgresql() + " or later";
}

std::string title_of_requirement(const v1::Requirement& row) {
    const auto end = row.below().empty() ? " or later" : " to below " + row.below();
    return std::string(component_name(row.component())) + " " + row.minimum() + end;
}

std::string title_of_bundle(const v1::Bundle& row) { return "brings " + joined(row.versions()); }

std::string title_of_extension(const v1::ExtensionNeed& row) {
    if (!row.required()) return "recommended";
    return "required since " + row.since();
}

std::string title_of_setting(const v1::RemovedSetting& row) {
    return joined(row.setting().keys()) + (row.ignored() ? " is ignored from " : " is refused from ") +
           row.removed();
}

}  // namespace

std::span<const RowTable> row_tables() {
    using namespace v1;
    using Table = Knowledge;
    static constexpr auto tables = std::to_array<RowTable>({
        {"system", Table::kOperatingSystemsFieldNumber,
         of<OperatingSystemSupport, [](const auto& row) { return row.name(); }>,
         of<OperatingSystemSupport, title_of_system>, without},
        {"release", Table::kReleasesFieldNumber, of<Release, [](const auto& row) { return row.minor(); }>,
         of<Release, [](const auto& row) { return "newest patch " + row.newest_patch(); }>, without},
        {"stop", Table::kStopsFieldNumber, of<Stop, [](const auto& row) { return row.minor(); }>,
         of<Stop, title_of_stop>, of_stop},
        {"package-rule", Table::kPackageRulesFieldNumber,
         of<PackageRule, [](const auto& row) { return since(row.package()); }>,
         of<PackageRule, title_of_rule>, without},
        {"requirement", Table::kRequirementsFieldNumber, of<Requirement, id_of_requirement>,
         of<Requirement, title_of_requirement>, without},
        {"bundle", Table::kBundlesFieldNumber, of<Bundle, id_of_bundle>, of<Bundle, title_of_bundle>,
         without},
        {"extension", Table::kExtensionsFieldNumber, of<ExtensionNeed, id_of_extension>,
         of<ExtensionNeed, title_of_extension>, without},
        {"setting", Table::kRemovedSettingsFieldNumber,
         of<RemovedSetting, [](const auto& row) { return row.id(); }>, of<RemovedSetting, title_of_setting>,
         without},
        {"issue", Table::kKnownIssuesFieldNumber, of<KnownIssue, [](const auto& row) { return row.id(); }>,
         of<KnownIssue, [](const auto& row) { return row.title(); }>, of_issue},
        {"room", Table::kRoomsFieldNumber, of<Room, [](const auto& row) { return row.step(); }>,
         of<Room, [](const auto& row) { return row.why(); }>, without},
        {"step", Table::kStepsFieldNumber, of<StepText, [](const auto& row) { return row.id(); }>,
         of<StepText, [](const auto& row) { return row.title(); }>, without},
        {"check", Table::kChecksFieldNumber, of<CheckText, [](const auto& row) { return row.id(); }>,
         of<CheckText, [](const auto& row) { return row.title(); }>, without},
    });
    return tables;
}

std::vector<const Row*> rows_of(const RowTable& table, const v1::Knowledge& knowledge) {
    const auto* field = v1::Knowledge::descriptor()->FindFieldByNumber(table.field);
    const auto& reflection = *knowledge.GetReflection();
    const int count = reflection.FieldSize(knowledge, field);
    std::vector<const Row*> rows;
    rows.reserve(static_cast<std::size_t>(count));
    for (int at = 0; at < count; ++at) rows.push_back(&reflection.GetRepeatedMessage(knowledge, field, at));
    return rows;
}

namespace {

std::string text_in(const Row& row, const char* name) {
    const auto* field = row.GetDescriptor()->FindFieldByName(name);
    return field == nullptr ? std::string() : row.GetReflection()->GetString(row, field);
}

}  // namespace

std::string source_of(const Row& row) { return text_in(row, "source"); }

// What has no source (a release, a text of ours) has its date for something else.
std::string date_of(const Row& row) { return source_of(row).empty() ? "" : text_in(row, "date"); }

bool is_older(const Row& row, const Row& other) {
    const auto patch = parse_target(text_in(row, "newest_patch"));
    const auto other_patch = parse_target(text_in(other, "newest_patch"));
    if (patch && other_patch) return *patch < *other_patch;
    const auto date = date_of(row);
    const auto other_date = date_of(other);
    return is_date(date) && is_date(other_date) && date < other_date;
}

}  // namespace preflight::readiness
