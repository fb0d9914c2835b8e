// TlsFiles: the files that a service's TLS is configured with, and what stands in them.
#pragma once

#include <string>

#include "model/result.h"
#include "probes/node/dial.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct TlsFiles {
    std::string ca_file;  // with ca_directory empty: the package's own authorities, else the system's
    std::string ca_directory;
    std::string certificate;  // of the client; the key may stand in the same file
    std::string key;
    bool verify = true;

    friend bool operator==(const TlsFiles&, const TlsFiles&) = default;
};

// A Problem of the first file that cannot be read. Only authorities that no name was given for, or those of a
// directory, may be absent.
Result<TlsSettings> read_tls(const Node& node, const TlsFiles& files);

}  // namespace preflight::probes
