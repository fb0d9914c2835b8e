// GitlabYml: Rails' main configuration as rendered: the `production` section of gitlab.yml.
#pragma once

#include <yaml-cpp/yaml.h>

#include <string>

#include "model/result.h"
#include "probes/node/node.h"

namespace preflight::probes {

struct GitlabYml {
    std::string path;
    YAML::Node production;
};

// Of the Linux package, else of a cloud native or self-compiled root. ABSENT on a node without Rails.
Result<GitlabYml> read_gitlab_yml(const Node& node);

}  // namespace preflight::probes
