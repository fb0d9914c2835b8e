// VersionManifest: what the package says of itself in /opt/gitlab/version-manifest.{txt,json}.
#pragma once

#include <string>
#include <string_view>

#include "model/result.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct VersionManifest {
    std::string path;     // the file that said so
    std::string package;  // "gitlab-ee"; empty when only the JSON could be read
    std::string version;  // "19.2.1", nightly builds "19.3.0+rnightly.…"
};

// The text form, else the JSON form. ABSENT when there is neither.
Result<VersionManifest> read_version_manifest(const Node& node);

// First line "<package> <version>". MALFORMED when it is not that.
Result<VersionManifest> parse_version_manifest_text(std::string_view text, std::string_view source);
// Key `build_version`.
Result<VersionManifest> parse_version_manifest_json(std::string_view text, std::string_view source);

}  // namespace preflight::probes
