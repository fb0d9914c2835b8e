// NamedCertificates: which certificate files the configurations of GitLab's servers name.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "probes/node/node.h"
#include "probes/parsed.h"

namespace preflight::probes {

struct NamedCertificate {
    std::string path;
    std::string used_by;  // nginx, gitaly, praefect, registry
};

// `ssl_certificate` and `ssl_trusted_certificate` of nginx; a path with a variable in it is passed over.
std::vector<std::string> certificates_of_nginx(std::string_view text);

// Of the services that run here.
Parsed<NamedCertificate> read_named_certificates(const Node& node);

}  // namespace preflight::probes
