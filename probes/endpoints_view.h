// EndpointsView: what all parts of the `endpoints` probe look through: the node, its enabled services, its
// attributes, and one way to report what a configuration file gave.
#pragma once

#include <initializer_list>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "probes/attributes.h"
#include "probes/parsed.h"
#include "probes/probe.h"

namespace preflight::probes {

class EndpointsView {
  public:
    // Reports a gap when it cannot be seen which services are enabled, or when the attributes are there but
    // unreadable.
    EndpointsView(const Node& node, Findings& out);

    const Node& node() const { return node_; }
    Findings& out() const { return out_; }
    // nullptr when there are none to be read.
    const Attributes* attributes() const { return attributes_ ? &*attributes_ : nullptr; }

    // Linked into the supervisor's directory.
    bool enabled(std::string_view service) const { return services_.contains(service); }
    bool any_enabled(std::initializer_list<std::string_view> services) const;
    // Whether the configuration of this service counts. A disabled service leaves its files behind; where
    // there is no supervisor (containers, self-compiled), being there is enough.
    bool serves(std::string_view service) const { return services_.empty() || enabled(service); }

    // The configuration of an enabled service. Nothing when the service does not run here; a gap when it does
    // and the file cannot be read.
    std::optional<std::string> config_of(std::string_view service, std::string_view path,
                                         std::string_view affects) const;

    // The first of the places where a service's configuration lies; the package's own, which stands first,
    // when there is none.
    std::string_view first_present(std::initializer_list<std::string_view> places) const;

    // One of the addresses and names that this node has by its own files or interfaces.
    bool is_own(std::string_view host) const;
    // A host, or the path or directory of a socket, by the services that may answer there.
    v1::Placement placement(std::string_view host, std::initializer_list<std::string_view> servers) const;
    void place(v1::PostgresEndpoint& endpoint) const;
    void place(v1::RedisEndpoint& endpoint) const;
    void place(v1::GitalyEndpoint& endpoint) const;

    void report(const Parsed<v1::PostgresEndpoint>& parsed, std::string_view source,
                std::string_view affects) const;
    void report(const Parsed<v1::RedisEndpoint>& parsed, std::string_view source,
                std::string_view affects) const;
    void report(const Parsed<v1::GitalyEndpoint>& parsed, std::string_view source,
                std::string_view affects) const;
    void report(const Parsed<v1::Listener>& parsed, std::string_view source, std::string_view affects) const;
    void report(const std::vector<Problem>& problems, std::string_view affects) const;

  private:
    const Node& node_;
    Findings& out_;
    std::set<std::string, std::less<>> services_;
    std::set<std::string, std::less<>> own_;  // in lower case
    std::optional<Attributes> attributes_;
};

}  // namespace preflight::probes
