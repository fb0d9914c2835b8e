// DpkgStatus: what dpkg's database says of GitLab's packages and of the C library. The file may be tens of
// megabytes: it is read in pieces, and only the stanzas of these packages are kept.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct DpkgPackage {
    std::string name;
    std::string version;       // "19.2.1-ee.0"
    std::string architecture;  // "amd64"
    std::string want;          // first word of Status: install, hold, deinstall, purge
    std::string error;         // second: ok, reinstreq
    std::string state;         // third: installed, half-configured, config-files, …

    // Its files are on the node, whole or not.
    bool present() const;
    // An upgrade or installation began and did not come to its end.
    bool unfinished() const;
};

struct DpkgStatus {
    static constexpr std::string_view path = "/var/lib/dpkg/status";

    std::vector<DpkgPackage> gitlab;  // gitlab-ee, -ce, -fips, -jh, as far as stanzas name them
    std::optional<DpkgPackage> c_library;
};

// Takes the file's text in pieces.
class DpkgStatusReader {
  public:
    void feed(std::string_view piece);
    // After the last piece. MALFORMED when nothing in it was a stanza.
    Result<DpkgStatus> finish();

  private:
    void line(std::string_view text);
    void field(std::string_view name, std::string_view value);
    void end_stanza();

    std::string carry_;      // a line that is not complete yet
    bool skipping_ = false;  // within a line too long to matter
    bool stanza_seen_ = false;
    DpkgPackage stanza_;
    DpkgStatus found_;
};

Result<DpkgStatus> read_dpkg_status(const Node& node);

// GitLab's package names; the last is another vendor's (JH).
inline constexpr std::array<std::string_view, 4> gitlab_package_names{"gitlab-ee", "gitlab-ce", "gitlab-fips",
                                                                      "gitlab-jh"};
bool is_gitlab_package(std::string_view name);

}  // namespace preflight::probes
