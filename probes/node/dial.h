// Dial: opens a connection to a server, layer by layer, and says how far it came.
#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "model/secret.h"
#include "preflight/v1/server.pb.h"
#include "probes/node/node.h"
#include "probes/node/stream.h"

namespace preflight::probes {

struct DialLimits {
    std::chrono::milliseconds connect{3000};  // over all addresses of the name
    std::chrono::milliseconds tls{3000};      // the handshake
    std::chrono::milliseconds answer{5000};   // each request, to the last byte of its answer
    Stream::Clock::time_point until = Stream::Clock::time_point::max();  // nothing lasts longer than this

    // The end of a step that begins now.
    Stream::Clock::time_point end_of(std::chrono::milliseconds step) const {
        return std::min(Stream::Clock::now() + step, until);
    }
};

// With which TLS a client of the node would come; all of it text in PEM.
struct TlsSettings {
    std::vector<std::string> authorities;
    std::string certificate;  // of the client, with what stands between it and its authority; empty: none
    Secret key;
    bool verify = true;  // false: neither the chain nor the name is checked
};

struct Place {
    std::string host;  // a name or an address
    std::uint32_t port = 0;
    std::string socket;  // path, instead of host and port

    std::string text() const;  // "host:port", or the path
};

// Fills in the address, tls, tls_version and certificate of `reach`; where it comes to nothing, also
// failed_at and detail. A socket that is not open to this process has a detail and no layer: the node's
// services may well get through. So has every place of a tree, whose servers are not here. Without `tls` the
// connection is plain. Blocks for the limits, and for as long as the name takes.
std::optional<Stream> dial(const Node& node, const Place& place, const TlsSettings* tls,
                           const DialLimits& limits, v1::Reach& reach);

// Writes down where it ended.
void fail(v1::Reach& reach, v1::Reach::Layer layer, std::string detail);
// The same of a step that was late. Where it is not the step's own limit that ended it but `until`, the
// server had less time than it is granted, and nothing is said against it.
void fail_late(v1::Reach& reach, v1::Reach::Layer layer, std::string detail, Stream::Clock::time_point until);
// The same of a problem, which may be that there was no answer in time.
void fail_by(v1::Reach& reach, v1::Reach::Layer layer, const Problem& problem,
             Stream::Clock::time_point until);
// And how long one question took, to its answer.
void set_round_trip(v1::Reach& reach, Stream::Clock::duration took);

// False of a tree, which `reach` then says: what answers at its places from here need not be its servers.
bool may_be_reached(const Node& node, v1::Reach& reach);

}  // namespace preflight::probes
