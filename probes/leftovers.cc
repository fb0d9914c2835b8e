#include "probes/leftovers.h"

#include <algorithm>
#include <array>
#include <string>

#include "probes/config_text.h"
#include "probes/paths.h"

namespace preflight::probes {
namespace {

struct Known {
    std::string_view path;
    std::string_view of;
};

// From the package's pg-upgrade, its list of deprecations, and what package managers leave beside a changed
// file.
constexpr std::array<Known, 10> known{{
    {"/var/opt/gitlab/postgresql-version.old", "an upgrade of PostgreSQL that may still be reverted"},
    {"/var/opt/gitlab/mattermost", "Mattermost, which the package has not had since 19.0"},
    {"/var/opt/gitlab/spamcheck", "Spamcheck, which the package has not had since 19.0"},
    {"/var/opt/gitlab/grafana", "Grafana, which the package has not had since 16.3"},
    {"/var/opt/gitlab/gitlab-monitor", "GitLab Monitor, which was renamed in 12.3"},
    {"/var/opt/gitlab/gitlab-rails/etc/secret",
     "the file of one secret, which reconfigure compares with otp_key_base"},
    {"/etc/gitlab/gitlab.rb.dpkg-dist", "a question of the package manager that nobody answered"},
    {"/etc/gitlab/gitlab.rb.dpkg-new", "an unpacking that did not come to its end"},
    {"/etc/gitlab/gitlab.rb.rpmnew", "a question of the package manager that nobody answered"},
    {"/etc/gitlab/gitlab.rb.rpmsave", "a package that was removed"},
}};

void note(const Node& node, std::string_view path, std::string_view of, Parsed<v1::Leftover>& found) {
    const auto status = node.link_status(path);
    if (!status) {
        if (status.error().cause != v1::Gap::ABSENT) found.problems.push_back(status.error());
        return;
    }
    v1::Leftover one;
    one.set_path(std::string(path));
    one.set_of(std::string(of));
    *one.mutable_modified_at() = to_timestamp(status->modified_at);
    found.items.push_back(std::move(one));
}

// "data.16": kept of the version before, or the place of an upgrade that failed; the next one refuses where
// it is there.
void note_old_data(const Node& node, std::string_view directory, Parsed<v1::Leftover>& found) {
    const auto entries = node.list(directory);
    if (!entries) {
        if (entries.error().cause != v1::Gap::ABSENT) found.problems.push_back(entries.error());
        return;
    }
    for (const auto& entry : *entries) {
        constexpr std::string_view prefix = "data.";
        if (!entry.name.starts_with(prefix) || !number_in(std::string_view(entry.name).substr(prefix.size())))
            continue;
        note(node, std::string(directory) + "/" + entry.name,
             "an upgrade of PostgreSQL: data of another version", found);
    }
}

}  // namespace

Parsed<v1::Leftover> read_leftovers(const Node& node) {
    Parsed<v1::Leftover> found;
    for (const auto& one : known) note(node, one.path, one.of, found);
    note_old_data(node, paths::postgresql_directory, found);
    note_old_data(node, paths::geo_postgresql_directory, found);
    return found;
}

}  // namespace preflight::probes
