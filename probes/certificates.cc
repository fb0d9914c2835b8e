#include "probes/certificates.h"

#include <algorithm>
#include <map>
#include <set>

#include "probes/certificate.h"
#include "probes/gitlab_presence.h"
#include "probes/named_certificates.h"
#include "probes/paths.h"
#include "probes/pem.h"
#include "probes/plain_text.h"

namespace preflight::probes {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t size_limit_bytes = 1024UL * 1024;
constexpr std::size_t certificate_limit = 300;
constexpr std::string_view trusted_directory = "/etc/gitlab/trusted-certs";
constexpr std::string_view affects = "when certificates expire";

class Look {
  public:
    Look(const Node& node, Findings& out) : node_(node), out_(out) {}

    void named() {
        const auto found = read_named_certificates(node_);
        for (const auto& one : found.items) files_[one.path].insert(one.used_by);
        for (const auto& problem : found.problems) out_.gap(problem, affects);
    }

    void lying_in(std::string_view directory, std::string_view used_by) {
        const auto entries = node_.list(directory);
        if (!entries) {
            if (entries.error().cause != v1::Gap::ABSENT) out_.gap(entries.error(), affects);
            return;
        }
        for (const auto& entry : *entries) {
            const std::string_view name = entry.name;
            const bool certificate =
                name.ends_with(".crt") || name.ends_with(".pem") || name.ends_with(".cer");
            if (!certificate || entry.type == FileType::directory) continue;
            if (!is_plain_line(name)) {
                out_.gap(malformed(std::string(directory), "a file's name is not text"), affects);
                continue;
            }
            auto& uses = files_[std::string(directory) + "/" + entry.name];
            if (!used_by.empty()) uses.emplace(used_by);
        }
    }

    void report() {
        for (const auto& [path, uses] : files_) {
            file(path, uses);
            if (dropped_)
                return out_.gap({v1::Gap::DROPPED, path, "more certificates than are told"}, affects);
        }
    }

  private:
    void file(const std::string& path, const std::set<std::string>& uses) {
        dropped_ = told_ == certificate_limit;
        if (dropped_) return;
        const auto text = node_.read_file(path, size_limit_bytes);
        if (!text) return out_.gap(text.error(), affects);
        const auto frames = parse_pem_frames(*text);
        // Keys and parameters lie there too, by the same endings.
        if (uses.empty() && frames.whole && !frames.has_certificate()) return;
        const auto certificates = parse_certificates(*text, path);
        if (!certificates) return out_.gap(certificates.error(), affects);
        const auto held = std::ranges::count(frames.labels, "CERTIFICATE");
        if (static_cast<std::size_t>(held) > certificates->size())
            out_.gap({v1::Gap::DROPPED, path, "more certificates than are read of one file"}, affects);
        for (std::size_t at = 0; at < certificates->size() && told_ < certificate_limit; ++at, ++told_) {
            auto& found = *out_.add(path).mutable_certificate_file();
            found.set_path(path);
            *found.mutable_certificate() = (*certificates)[at];
            found.set_place(static_cast<std::uint32_t>(at));
            for (const auto& use : uses) found.add_used_by(use);
            dropped_ = told_ + 1 == certificate_limit && at + 1 < certificates->size();
        }
    }

    const Node& node_;
    Findings& out_;
    std::map<std::string, std::set<std::string>> files_;  // and who uses each
    std::size_t told_ = 0;
    bool dropped_ = false;
};

void look(const Node& node, const Asked& /*asked*/, Findings& out) {
    if (!has_gitlab(node)) return;
    Look look(node, out);
    look.named();
    look.lying_in(paths::tls_directory, "");
    look.lying_in(trusted_directory, "trusted");
    look.report();
}

}  // namespace

constexpr Probe certificates{
    .name = "certificates",
    .looks_at = "certificates of nginx, Gitaly, Praefect, the registry, and those trusted: whose, until when",
    .needs = ReadAllFiles{},
    .limit = 5s,
    .look = look,
};

}  // namespace preflight::probes
