// EndpointsFuzz: what must hold of a parsed configuration, whatever bytes it was made of.
#pragma once

#include <cstdlib>
#include <string>

#include "probes/parsed.h"
#include "probes/plain_text.h"

namespace preflight::probes {

// Messages are sent as protobuf and printed as JSON: neither bears text that is no UTF-8, nor grows without
// end.
template <typename Item>
void must_be_sendable(const Parsed<Item>& parsed) {
    for (const auto& item : parsed.items) {
        if (!is_plain_text(item.Utf8DebugString())) std::abort();
        std::string bytes;
        if (!item.SerializeToString(&bytes)) std::abort();
    }
    for (const auto& problem : parsed.problems) {
        if (problem.cause == v1::Gap::CAUSE_UNSPECIFIED || problem.source.empty() || problem.detail.empty())
            std::abort();
    }
}

}  // namespace preflight::probes
