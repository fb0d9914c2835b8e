#include "probes/backup_ground.h"

#include <algorithm>
#include <array>

#include "probes/external_services.h"
#include "probes/paths.h"
#include "probes/plain_text.h"
#include "probes/text.h"
#include "probes/yaml.h"

namespace preflight::probes {
namespace {

constexpr std::uint64_t version_limit_bytes = 4 * 1024;
constexpr std::size_t storage_limit = 1'000;

void note(const Problem& problem, BackupGround& ground) {
    if (problem.cause != v1::Gap::ABSENT) ground.problems.push_back(problem);
}

void take_running(const Node& node, BackupGround& ground) {
    for (const auto root :
         std::array{paths::rails_root, paths::cloud_native_root, paths::self_compiled_root}) {
        const auto text = node.read_file(std::string(root) + "/VERSION", version_limit_bytes);
        if (!text) {
            note(text.error(), ground);
            continue;
        }
        const auto line = trimmed(std::string_view(*text).substr(0, text->find('\n')));
        ground.running = parse_backup_version(line);
        if (ground.running) ground.running_text = line;
        return;
    }
}

void take_storages(const Result<GitlabYml>& yml, BackupGround& ground) {
    if (!yml) return note(yml.error(), ground);
    for (const auto& store : object_storages_of(yml->production, yml->path).items) {
        if (store.purpose() != "backups") ground.in_buckets.push_back(store.purpose());
    }
    const auto storages = member(member(yml->production, "repositories"), "storages");
    if (!storages.IsMap()) return;
    for (const auto& storage : storages) {
        auto name = text_of(storage.first);
        if (name.empty() || !is_plain_line(name) || ground.storages.size() == storage_limit) continue;
        ground.storages.push_back(std::move(name));
    }
    std::ranges::sort(ground.storages);
}

}  // namespace

BackupGround read_backup_ground(const Node& node, const Result<GitlabYml>& yml) {
    BackupGround ground;
    take_running(node, ground);
    take_storages(yml, ground);
    return ground;
}

}  // namespace preflight::probes
