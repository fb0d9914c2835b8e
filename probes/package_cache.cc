#include "probes/package_cache.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "probes/dpkg_status.h"
#include "probes/text.h"

namespace preflight::probes {
namespace {

constexpr int depth_limit = 5;  // "/var/cache/yum/x86_64/7/gitlab_gitlab-ee/packages"
constexpr std::size_t directory_limit = 500;
constexpr std::size_t file_limit = 100;

class Walk {
  public:
    explicit Walk(const Node& node) : node_(node) {}

    void directory(const std::string& path, int depth) {
        if (dropped_) return;
        if (depth > depth_limit || ++directories_ > directory_limit) return note_limit(path);
        const auto entries = node_.list(path);
        if (!entries) {
            if (entries.error().cause != v1::Gap::ABSENT) found.problems.push_back(entries.error());
            return;
        }
        for (const auto& entry : *entries) {
            if (dropped_) return;
            const auto inner = path + "/" + entry.name;
            if (!is_plain_line(entry.name)) continue;
            if (entry.type == FileType::directory && entry.name != "partial") directory(inner, depth + 1);
            if (entry.type == FileType::regular) file(inner, entry.name);
        }
    }

    Parsed<v1::PackageCache> found;

  private:
    void file(const std::string& path, std::string_view name) {
        auto package = parse_package_file_name(name);
        const auto status = package ? node_.status(path) : Result<FileStatus>(FileStatus());
        if (!status && status.error().cause != v1::Gap::ABSENT) found.problems.push_back(status.error());
        if (!package || !status) return;
        package->set_path(path);
        package->set_size_bytes(status->size_bytes);
        dropped_ = found.items.size() == file_limit;
        if (!dropped_) return found.items.push_back(std::move(*package));
        found.problems.push_back({v1::Gap::DROPPED, path, "more packages than are told"});
    }

    void note_limit(const std::string& path) {
        if (std::exchange(limit_noted_, true)) return;
        found.problems.push_back({v1::Gap::TOO_LARGE, path, "more folders of packages than are looked at"});
    }

    const Node& node_;
    std::size_t directories_ = 0;
    bool limit_noted_ = false;
    bool dropped_ = false;
};

}  // namespace

std::optional<v1::PackageCache> parse_package_file_name(std::string_view name) {
    v1::PackageCache package;
    std::string_view version;
    if (name.ends_with(".deb")) {
        name.remove_suffix(4);
        const auto first = name.find('_');
        const auto last = name.rfind('_');
        if (first == std::string_view::npos || first == last) return std::nullopt;
        package.set_package_name(std::string(name.substr(0, first)));
        package.set_architecture(std::string(name.substr(last + 1)));
        version = name.substr(first + 1, last - first - 1);
    } else if (name.ends_with(".rpm")) {
        name.remove_suffix(4);
        const auto release = name.rfind('-');
        const auto number =
            release == std::string_view::npos || release == 0 ? release : name.rfind('-', release - 1);
        const auto dot = name.rfind('.');
        if (number == std::string_view::npos || dot == std::string_view::npos || dot < release)
            return std::nullopt;
        package.set_package_name(std::string(name.substr(0, number)));
        package.set_architecture(std::string(name.substr(dot + 1)));
        // "19.2.1-ee.0.el9": the release begins with the edition, behind the last dash.
        version = name.substr(number + 1, dot - number - 1);
    }
    if (!is_gitlab_package(package.package_name()) || version.empty() || !is_digit(version.front()))
        return std::nullopt;
    package.set_version(std::string(version));
    return package;
}

Parsed<v1::PackageCache> read_package_cache(const Node& node) {
    Walk walk(node);
    for (const std::string path : {"/var/cache/apt/archives", "/var/cache/dnf", "/var/cache/yum",
                                   "/var/cache/libdnf5", "/var/cache/zypp/packages"}) {
        walk.directory(path, 0);
    }
    return std::move(walk.found);
}

}  // namespace preflight::probes
