#include "probes/packages.h"

#include <algorithm>
#include <array>
#include <set>

#include "probes/address.h"
#include "probes/config_text.h"
#include "probes/edition_changes.h"
#include "probes/gitaly_config.h"
#include "probes/gitlab_presence.h"
#include "probes/leftovers.h"
#include "probes/package_cache.h"
#include "probes/package_database.h"
#include "probes/package_files.h"
#include "probes/package_sources.h"
#include "probes/paths.h"
#include "probes/unattended_upgrades.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;

constexpr int hook_limit = 100;
constexpr std::string_view affects_hooks = "custom hooks of the server";
constexpr std::string_view apt_lists = "/var/lib/apt/lists";

// One bad file costs no other: each problem is a gap of its own.
template <typename Message>
void report(Findings& out, Parsed<Message> parsed, Message* (v1::Finding::*field)(),
            std::string_view affects) {
    for (auto& item : parsed.items) {
        const auto source = item.path();
        *(out.add(source).*field)() = std::move(item);
    }
    for (const auto& problem : parsed.problems) out.gap(problem, affects);
}

std::set<std::string> suites_of_lists(const Node& node, Findings& out) {
    const auto entries = node.list(apt_lists);
    if (!entries) {
        if (entries.error().cause != v1::Gap::ABSENT) out.gap(entries.error(), "suite of the package");
        return {};
    }
    std::set<std::string> suites;
    for (const auto& entry : *entries) {
        if (auto suite = suite_of_list(entry.name); !suite.empty()) suites.insert(std::move(suite));
    }
    return suites;
}

// The package's name; empty when it is not known.
std::string look_at_package(const Node& node, std::chrono::steady_clock::time_point until, Findings& out) {
    const auto record = read_package_record(node, until);
    if (!record) {
        out.gap(record.error(), "for which system the package was built");
        return {};
    }
    if (!*record || (*record)->name.empty()) return {};
    const auto suites = suites_of_lists(node, out);
    auto& found = *out.add((*record)->source).mutable_package_suffix();
    found.set_package_name((*record)->name);
    found.set_package_version((*record)->version);
    found.set_suffix(system_suffix((*record)->version));
    for (const auto& suite : suites) found.add_suites(suite);
    return (*record)->name;
}

// Those of one kind that run.
void take_hooks(const Node& node, const std::string& directory, const std::string& kind,
                v1::CustomHooks& hooks, Findings& out) {
    const auto note = [&](const Problem& problem) {
        if (problem.cause != v1::Gap::ABSENT) out.gap(problem, affects_hooks);
    };
    const auto entries = node.list(directory + "/" + kind);
    if (!entries) return note(entries.error());
    for (const auto& entry : *entries) {
        const auto status = node.status(directory + "/" + kind + "/" + entry.name);
        if (!status) {
            note(is_plain_line(entry.name) ? status.error()
                                           : malformed(directory, "a file's name is not text"));
            continue;
        }
        const bool runs = status->type == FileType::regular && (status->mode & 0111U) != 0;
        if (!runs || !is_plain_line(entry.name)) continue;
        if (hooks.hooks_size() == hook_limit)
            return note({v1::Gap::DROPPED, directory + "/" + kind, "more hooks than are told"});
        hooks.add_hooks(kind + "/" + entry.name);
    }
}

// Of the whole server alone: those of single projects lie in as many folders as there are projects.
void look_at_custom_hooks(const Node& node, Findings& out) {
    if (!serves(node, "gitaly")) return;
    const auto text = node.read_file(paths::gitaly_toml);
    if (!text) {
        if (text.error().cause != v1::Gap::ABSENT) out.gap(text.error(), affects_hooks);
        return;
    }
    const auto document = parse_toml(*text, paths::gitaly_toml);
    if (!document) return out.gap(document.error(), affects_hooks);
    auto directory = document->at_path("hooks.custom_hooks_dir").value_or(std::string());
    if (!is_path(directory)) directory = "/var/opt/gitlab/gitaly/custom_hooks";
    v1::CustomHooks hooks;
    for (const std::string kind : {"pre-receive.d", "update.d", "post-receive.d"})
        take_hooks(node, directory, kind, hooks, out);
    if (hooks.hooks().empty()) return;
    hooks.set_path(directory);
    *out.add(directory).mutable_custom_hooks() = hooks;
}

void look_at_edition_changes(const Node& node, Findings& out) {
    auto changes = read_edition_changes(node);
    for (auto& change : changes.items) {
        const auto log = change.log();
        *out.add(log).mutable_edition_change() = std::move(change);
    }
    for (const auto& problem : changes.problems) out.gap(problem, "whether the edition was changed before");
}

void look(const Node& node, const Asked& asked, Findings& out) {
    if (!has_gitlab(node)) return;
    const auto until = asked.end_of_waiting(packages.limit);
    // Cloud native and self-compiled nodes have no package of GitLab's.
    const bool packaged = node.status(paths::package_root).has_value();
    if (packaged) {
        report(out, read_package_sources(node), &v1::Finding::mutable_package_source,
               "where the package comes from");
        const auto installed = look_at_package(node, until, out);
        report(out, read_unattended_upgrades(node, installed), &v1::Finding::mutable_unattended_upgrades,
               "whether the package is upgraded unasked");
        report(out, read_package_cache(node), &v1::Finding::mutable_package_cache,
               "whether the running version can be installed again");
    }
    report(out, read_leftovers(node), &v1::Finding::mutable_leftover, "what earlier upgrades left");
    look_at_custom_hooks(node, out);
    out.flush();  // what follows goes through years of logs and thousands of files
    if (packaged) look_at_edition_changes(node, out);
    look_at_package_files(node, {.until = until}, out);
}

}  // namespace

std::string system_suffix(std::string_view package_version) {
    const auto parts = split(package_version, ".");
    if (parts.empty()) return {};
    constexpr std::array<std::string_view, 5> systems{"el", "amazon", "amzn", "sles", "opensuse"};
    const auto last = parts.back();
    const bool known = std::ranges::any_of(systems, [&](auto system) { return last.starts_with(system); });
    return known && is_name(last) ? std::string(last) : std::string();
}

std::string suite_of_list(std::string_view name) {
    constexpr std::string_view mark = "_dists_";
    const auto at = name.find(mark);
    if (at == std::string_view::npos || name.find("gitlab") > at || name.find("runner") < at) return {};
    const auto rest = name.substr(at + mark.size());
    return name_or_nothing(rest.substr(0, rest.find('_')));
}

constexpr Probe packages{
    .name = "packages",
    .looks_at = "repositories, cached packages, unattended upgrades, custom hooks, leftovers, modified files",
    .needs = ReadAllFiles{},
    .limit = 10s,
    .look = look,
};

}  // namespace preflight::probes
