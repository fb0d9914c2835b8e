// EndpointDifferences: where the rendered files of Rails and what they were rendered from do not agree.
#pragma once

#include <string>
#include <vector>

#include "preflight/v1/finding.pb.h"
#include "probes/endpoints_view.h"

namespace preflight::probes {

// What the rendered files of Rails said, and which file it was.
struct RenderedEndpoints {
    struct Redis {
        v1::RedisEndpoint endpoint;
        std::string path;
    };

    std::vector<v1::PostgresEndpoint> databases;
    std::string databases_path;
    std::vector<Redis> redis;
    std::vector<v1::GitalyEndpoint> storages;
    std::string storages_path;
};

// Against the attributes, when the last reconfigure finished, and against gitlab.rb. Only what both sides say
// plainly is compared: what gitlab.rb computes is no difference, and neither is what it leaves to defaults.
void report_differences(const EndpointsView& view, const RenderedEndpoints& rendered);

}  // namespace preflight::probes
