#include "probes/package_files.h"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "probes/config_text.h"
#include "probes/dpkg_status.h"
#include "probes/package_database.h"
#include "probes/paths.h"

namespace preflight::probes {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t name_limit = 50;
constexpr std::size_t sha256_length = 64;  // in hex
constexpr std::string_view affects = "whether files of the package were changed";

constexpr std::array<std::string_view, 4> trees{"opt/gitlab/embedded/service/gitlab-rails/",
                                                "opt/gitlab/embedded/cookbooks/", "opt/gitlab/bin/",
                                                "opt/gitlab/embedded/service/gitlab-shell/"};

// Not as it was brought on any node: reconfigure gives all of public/ to root anew, and may build its assets;
// it gives the schema to the user of the migrations, so that they can write it (package cookbook, recipe
// gitlab-rails).
constexpr std::array<std::string_view, 3> rewritten{
    "opt/gitlab/embedded/service/gitlab-rails/public/",
    "opt/gitlab/embedded/service/gitlab-rails/db/structure.sql",
    "opt/gitlab/embedded/service/gitlab-rails/db/schema.rb"};

bool is_looked_at(std::string_view path) {
    const auto holds = [&](std::string_view start) { return path.starts_with(start); };
    return std::ranges::any_of(trees, holds) && std::ranges::none_of(rewritten, holds);
}

std::string as_node_names_it(std::string_view path) { return "/" + std::string(path); }

// The folders above the file that was asked for last, open: a list goes through one folder after the other.
class Folders {
  public:
    explicit Folders(const Node& node) : node_(node) {}

    Result<const Directory*> open(std::string_view path) {
        while (!levels_.empty() && !holds(levels_.back().path, path)) levels_.pop_back();
        if (levels_.empty()) {
            const auto tree = std::ranges::find_if(trees, [&](auto one) { return holds(one, path); });
            const auto root = tree->substr(0, tree->size() - 1);
            auto opened = node_.open_directory(as_node_names_it(root));
            if (!opened) return opened.error();
            levels_.push_back({std::string(*tree), std::move(*opened)});
        }
        while (levels_.back().path.size() <= path.size()) {
            const auto& above = levels_.back();
            const auto name =
                path.substr(above.path.size(), path.find('/', above.path.size()) - above.path.size());
            auto opened = above.directory.open_directory(name);
            if (!opened) return opened.error();
            levels_.push_back({above.path + std::string(name) + "/", std::move(*opened)});
        }
        return &levels_.back().directory;
    }

  private:
    struct Level {
        std::string path;  // ends in "/"
        Directory directory;
    };

    // `path` is without its last "/".
    static bool holds(std::string_view folder, std::string_view path) {
        return path.starts_with(folder) || path == folder.substr(0, folder.size() - 1);
    }

    const Node& node_;
    std::vector<Level> levels_;
};

class Look {
  public:
    // `unpacked`: dpkg's list of the package's files.
    Look(const Node& node, const PackageFilesLimits& limits, const FileStatus& unpacked = {})
        : node_(node),
          limits_(limits),
          unpacked_(unpacked),
          until_(std::min(Clock::now() + limits.time, limits.until)),
          folders_(node),
          bytes_left_(limits.bytes_read) {}

    void list(std::string_view text, std::optional<ListedFile> (*parse)(std::string_view)) {
        while (const auto line = next_line(text)) {
            late_ = Clock::now() >= until_;
            if (late_) return;
            if (line->empty()) continue;
            const auto file = parse(*line);
            if (!file) ++unclear_;
            if (!file || file->digest.empty() || !is_looked_at(file->path)) continue;
            too_many_ = too_many_ || found_.listed() == limits_.files;
            if (found_.listed() == limits_.files) return;
            look_at(*file);
        }
    }

    void report(std::string_view source, Findings& out) {
        if (found_.listed() == 0 && !late_ && !unseen_) {
            return out.gap(malformed(std::string(source), "lists none of the files that are looked at"),
                           affects);
        }
        found_.set_list(std::string(source));
        found_.set_all_looked_at(!late_ && !too_many_ && unclear_ == 0 && !unseen_);
        *out.add(source).mutable_modified_files() = std::move(found_);
        if (late_)
            out.gap({v1::Gap::TIMED_OUT, std::string(source), "the time was over before the list"}, affects);
        if (too_many_) {
            out.gap({v1::Gap::TOO_LARGE, std::string(source),
                     "more files, or more changed ones, than are looked at"},
                    affects);
        }
        if (unclear_ != 0) {
            out.gap(
                malformed(std::string(source), std::to_string(unclear_) + " lines name no digest and file"),
                affects);
        }
        if (unseen_) out.gap(*unseen_, affects);
    }

  private:
    void look_at(const ListedFile& file) {
        const auto slash = file.path.rfind('/');
        const auto name = file.path.substr(slash + 1);
        const auto folder = folders_.open(file.path.substr(0, slash));
        if (!folder) return not_seen(file, folder.error());
        const auto status = (*folder)->link_status(name);
        if (!status) return not_seen(file, status.error());
        if (status->type == FileType::link && is_rendered(as_node_names_it(file.path))) return;
        found_.set_listed(found_.listed() + 1);
        if (status->type == FileType::regular && !is_touched(file, *status)) return;
        found_.set_changed_since(found_.changed_since() + 1);
        if (status->type != FileType::regular) return modified(file);
        read(**folder, name, file);
    }

    // rpm knows for each file the time that it gave it.
    bool is_touched(const ListedFile& file, const FileStatus& status) const {
        if (!file.modified_at) return changed_since(status, unpacked_);
        return std::chrono::floor<std::chrono::seconds>(status.modified_at) != *file.modified_at;
    }

    void not_seen(const ListedFile& file, const Problem& problem) {
        if (problem.cause == v1::Gap::REFUSED && is_rendered(problem.source)) return;
        found_.set_listed(found_.listed() + 1);
        if (problem.cause != v1::Gap::ABSENT) return note(problem);
        found_.set_missing_total(found_.missing_total() + 1);
        if (found_.missing_size() < static_cast<int>(name_limit))
            found_.add_missing(as_node_names_it(file.path));
    }

    // Reconfigure puts links in the package's place to what it renders and to where services write.
    bool is_rendered(const std::string& path) const {
        const auto target = node_.read_link(path);
        return target && (target->starts_with(std::string(paths::data_root) + "/") ||
                          target->starts_with("/var/log/gitlab/"));
    }

    void read(const Directory& folder, std::string_view name, const ListedFile& file) {
        too_many_ = too_many_ || files_read_ == limits_.files_read;
        if (too_many_) return;
        ++files_read_;
        const auto opened = folder.open_file(name);
        if (!opened) return note(opened.error());
        const auto digest = digest_of(*opened, file.digest.size() == sha256_length ? "SHA256" : "MD5");
        if (!digest) return note(digest.error());
        if (!digest->empty() && *digest != file.digest) modified(file);
    }

    // Empty where a limit came first.
    Result<std::string> digest_of(const File& file, const std::string& algorithm) {
        constexpr std::size_t piece_bytes = 256UL * 1024;
        const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(::EVP_MD_CTX_new(),
                                                                         &::EVP_MD_CTX_free);
        // A library in FIPS mode has no MD5.
        const Problem failed{v1::Gap::FAILED, algorithm, "the digests of the list cannot be computed here"};
        const auto* kind = ::EVP_get_digestbyname(algorithm.c_str());
        if (!context || kind == nullptr || ::EVP_DigestInit_ex(context.get(), kind, nullptr) != 1)
            return failed;
        for (std::uint64_t at = 0;; at += piece_bytes) {
            late_ = Clock::now() >= until_;
            if (late_) return std::string();
            const auto piece = file.read_at(at, piece_bytes);
            if (!piece) return piece.error();
            too_many_ = too_many_ || piece->size() > bytes_left_;
            if (too_many_) return std::string();
            bytes_left_ -= piece->size();
            if (::EVP_DigestUpdate(context.get(), piece->data(), piece->size()) != 1) return failed;
            if (piece->size() < piece_bytes) break;
        }
        std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
        unsigned int length = 0;
        if (::EVP_DigestFinal_ex(context.get(), digest.data(), &length) != 1) return failed;
        return fmt::format("{:02x}", fmt::join(std::span(digest).first(length), ""));
    }

    void modified(const ListedFile& file) {
        found_.set_modified_total(found_.modified_total() + 1);
        if (found_.modified_size() < static_cast<int>(name_limit)) {
            found_.add_modified(as_node_names_it(file.path));
        }
    }

    void note(const Problem& problem) {
        if (!unseen_) unseen_ = problem;
    }

    const Node& node_;
    const PackageFilesLimits& limits_;
    FileStatus unpacked_;
    Clock::time_point until_;
    Folders folders_;
    v1::ModifiedFiles found_;
    std::size_t files_read_ = 0;
    std::uint64_t bytes_left_;
    std::size_t unclear_ = 0;
    bool late_ = false;
    bool too_many_ = false;
    std::optional<Problem> unseen_;  // the first
};

}  // namespace

// Where the machine is a copy (an image, a restored backup), all files changed when it was made: the list
// too, so that its own change counts for theirs. And the package's scripts are at work for a moment.
bool changed_since(const FileStatus& file, const FileStatus& list) {
    constexpr std::chrono::seconds tolerance{60};
    return file.modified_at > list.modified_at + tolerance ||
           file.changed_at > std::max(list.modified_at, list.changed_at) + tolerance;
}

void look_at_rpm_files(const Node& node, std::string_view answer, const PackageFilesLimits& limits,
                       Findings& out) {
    if (answer.empty()) return;
    Look look(node, limits);
    look.list(answer, parse_rpm_file);
    look.report(rpm_program, out);
}

void look_at_package_files(const Node& node, const PackageFilesLimits& limits, Findings& out) {
    std::optional<Problem> unlisted;
    for (const auto package : gitlab_package_names) {
        const auto base = "/var/lib/dpkg/info/" + std::string(package);
        const auto unpacked = node.status(base + ".list");
        const auto source = base + ".md5sums";
        const auto list = node.read_file(source, limits.list_bytes);
        if (!list && list.error().cause == v1::Gap::ABSENT) {
            // A package that was removed, and not purged, leaves the one without the other.
            if (unpacked && !unlisted) unlisted = list.error();
            continue;
        }
        if (!list) return out.gap(list.error(), affects);
        if (!unpacked) return out.gap(unpacked.error(), affects);
        Look look(node, limits, *unpacked);
        look.list(*list, parse_dpkg_file);
        return look.report(source, out);
    }
    if (unlisted) return out.gap(*unlisted, affects);
    if (!has_rpm_database(node)) return;
    const auto answer = node.run(rpm_files_command(limits.list_bytes, rpm_limit(limits.until)));
    if (!answer) return out.gap(answer.error(), affects);
    look_at_rpm_files(node, *answer, limits, out);
}

}  // namespace preflight::probes
