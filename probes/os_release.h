// OsRelease: which system this is, by its os-release file or, where there is none yet (EL 6), by
// /etc/redhat-release.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/result.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct OsRelease {
    std::string path;  // the file that said so
    std::string id;
    std::string version_id;
    std::string pretty_name;
    std::vector<std::string> id_like;
};

// /etc/os-release, else /usr/lib/os-release, else /etc/redhat-release.
Result<OsRelease> read_os_release(const Node& node);

// KEY=value as os-release(5) says: quoting of a shell, nothing evaluated. MALFORMED for binary text or
// without an ID.
Result<OsRelease> parse_os_release(std::string_view text, std::string_view source);

// "CentOS release 6.10 (Final)". MALFORMED when it has no such form or names a system that is not known.
Result<OsRelease> parse_redhat_release(std::string_view text, std::string_view source);

}  // namespace preflight::probes
