// Certificate: what an X.509 certificate says of itself.
#pragma once

#include <openssl/x509.h>

#include <string_view>
#include <vector>

#include "model/result.h"
#include "preflight/v1/server.pb.h"

namespace preflight::probes {

v1::Certificate describe(const X509& certificate);

// Every certificate of a PEM file, in order. MALFORMED when it has none, or one that cannot be read.
Result<std::vector<v1::Certificate>> parse_certificates(std::string_view pem, std::string_view path);

}  // namespace preflight::probes
