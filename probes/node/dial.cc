#include "probes/node/dial.h"

#include <openssl/ssl.h>

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/verify_context.hpp>
#include <memory>

#include "probes/address.h"
#include "probes/certificate.h"
#include "probes/node/names.h"
#include "probes/node/wire.h"

namespace preflight::probes {
namespace {

namespace asio = boost::asio;
namespace ssl = boost::asio::ssl;
using boost::system::error_code;
using Clock = Stream::Clock;
using Endpoint = asio::generic::stream_protocol::endpoint;

constexpr std::size_t socket_path_limit = 107;  // sun_path, with its end

Result<std::vector<Endpoint>> endpoints_of(const Place& place) {
    if (!place.socket.empty()) {
        if (place.socket.size() > socket_path_limit)
            return Problem{v1::Gap::REFUSED, place.socket, "the path is too long for a socket"};
        return std::vector<Endpoint>{asio::local::stream_protocol::endpoint(place.socket)};
    }
    const auto addresses = addresses_of(place.host);
    if (!addresses) return addresses.error();
    std::vector<Endpoint> endpoints;
    for (const auto& text : *addresses) {
        error_code unreadable;
        const auto address = asio::ip::make_address(text, unreadable);
        if (unreadable) continue;
        endpoints.emplace_back(asio::ip::tcp::endpoint(address, static_cast<std::uint16_t>(place.port)));
    }
    return endpoints;
}

error_code connect(Wire& wire, const Endpoint& endpoint, Clock::time_point deadline) {
    error_code error;
    wire.socket.close(error);
    wire.socket.async_connect(endpoint, [&](error_code given) { error = given; });
    if (!wire.run_until(deadline)) return asio::error::timed_out;
    return error;
}

// One address that drops what it is sent must leave time for the next.
error_code connect_to_any(Wire& wire, const std::vector<Endpoint>& endpoints, Clock::time_point deadline) {
    error_code error = asio::error::host_unreachable;
    for (std::size_t at = 0; at < endpoints.size(); ++at) {
        const auto left = std::max(deadline - Clock::now(), Clock::duration::zero());
        const auto share = left / static_cast<Clock::rep>(endpoints.size() - at);
        error = connect(wire, endpoints[at], Clock::now() + share);
        if (!error) return error;
    }
    return error;
}

error_code take_certificate(ssl::context& context, const TlsSettings& settings) {
    error_code error;
    if (settings.certificate.empty()) return error;
    // OpenSSL would ask the terminal for the passphrase of an encrypted key.
    context.set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); });
    context.use_certificate_chain(asio::buffer(settings.certificate), error);
    if (error) return error;
    const auto key = settings.key.reveal();
    context.use_private_key(asio::buffer(key.data(), key.size()), ssl::context::pem, error);
    return error;
}

void expect_name(SSL& session, const Place& place) {
    const auto& host = place.socket.empty() ? place.host : std::string("localhost");
    auto* expected = SSL_get0_param(&session);
    error_code no_address;
    asio::ip::make_address(host, no_address);
    if (!no_address) {
        X509_VERIFY_PARAM_set1_ip_asc(expected, host.c_str());
        return;
    }
    X509_VERIFY_PARAM_set1_host(expected, host.c_str(), host.size());
    SSL_set_tlsext_host_name(&session, host.c_str());
}

std::string tls_detail(const SSL& session, const error_code& error) {
    const auto verdict = SSL_get_verify_result(&session);
    if (verdict != X509_V_OK)
        return std::string("the certificate is not trusted: ") + X509_verify_cert_error_string(verdict);
    if (error == asio::error::timed_out) return "the handshake did not end within the limit";
    if (error == asio::error::eof || error == ssl::error::stream_truncated)
        return "the connection was closed in the handshake";
    return "the handshake failed: " + error.message();
}

error_code take_settings(ssl::context& context, const TlsSettings& settings) {
    SSL_CTX_set_min_proto_version(context.native_handle(), TLS1_2_VERSION);
    error_code ignored;
    // Authorities that cannot be read are none; the handshake then says what is missing.
    for (const auto& pem : settings.authorities)
        context.add_certificate_authority(asio::buffer(pem), ignored);
    return take_certificate(context, settings);
}

bool shake_hands(Wire& wire, const Place& place, const TlsSettings& settings, const DialLimits& limits,
                 v1::Reach& reach) {
    auto& context = wire.tls_settings.emplace(ssl::context::tls_client);
    auto error = take_settings(context, settings);
    if (error) {
        fail(reach, v1::Reach::TLS, "the client's certificate or key cannot be used");
        return false;
    }
    auto& stream = wire.tls.emplace(wire.socket, context);
    auto& session = *stream.native_handle();
    stream.set_verify_mode(settings.verify ? ssl::verify_peer : ssl::verify_none, error);
    if (settings.verify) expect_name(session, place);
    // The certificate is shown also where it is refused, and so never becomes part of the session.
    const auto note_certificate = [&](bool trusted, ssl::verify_context& chain) {
        const auto* leaf = X509_STORE_CTX_get0_cert(chain.native_handle());
        if (leaf != nullptr && !reach.has_certificate()) *reach.mutable_certificate() = describe(*leaf);
        return trusted;
    };
    stream.set_verify_callback(note_certificate, error);
    stream.async_handshake(ssl::stream_base::client, [&](error_code given) { error = given; });
    if (!wire.run_until(limits.end_of(limits.tls))) error = asio::error::timed_out;
    // It referred to `reach`, which this connection outlives.
    error_code ignored;
    stream.set_verify_callback([](bool trusted, ssl::verify_context&) { return trusted; }, ignored);
    if (error == asio::error::timed_out)
        fail_late(reach, v1::Reach::TLS, tls_detail(session, error), limits.until);
    else if (error)
        fail(reach, v1::Reach::TLS, tls_detail(session, error));
    else
        reach.set_tls_version(SSL_get_version(&session));
    return !error;
}

}  // namespace

std::string Place::text() const { return socket.empty() ? host_and_port(host, port) : socket; }

void fail(v1::Reach& reach, v1::Reach::Layer layer, std::string detail) {
    reach.set_reached(false);
    reach.set_failed_at(layer);
    reach.set_detail(std::move(detail));
    reach.set_cut_short(false);
}

void fail_late(v1::Reach& reach, v1::Reach::Layer layer, std::string detail, Clock::time_point until) {
    fail(reach, layer, std::move(detail));
    if (Clock::now() < until) return;
    const auto* under_way = layer == v1::Reach::NAME    ? "while the name was resolved"
                            : layer == v1::Reach::ROUTE ? "while connecting"
                            : layer == v1::Reach::TLS   ? "in the TLS handshake"
                                                        : "before an answer came";
    reach.set_detail(std::string("the agent's time was over ") + under_way);
    reach.set_cut_short(true);
}

void fail_by(v1::Reach& reach, v1::Reach::Layer layer, const Problem& problem, Clock::time_point until) {
    if (problem.cause == v1::Gap::TIMED_OUT)
        fail_late(reach, layer, problem.detail, until);
    else
        fail(reach, layer, problem.detail);
}

void set_round_trip(v1::Reach& reach, Clock::duration took) {
    const auto microseconds = std::chrono::duration_cast<std::chrono::microseconds>(took).count();
    reach.set_round_trip_microseconds(static_cast<std::uint64_t>(microseconds));
}

bool may_be_reached(const Node& node, v1::Reach& reach) {
    if (!node.live()) fail(reach, v1::Reach::LAYER_UNSPECIFIED, "a tree's servers cannot be asked");
    return node.live();
}

std::optional<Stream> dial(const Node& node, const Place& place, const TlsSettings* tls,
                           const DialLimits& limits, v1::Reach& reach) {
    reach.set_address(place.text());
    reach.set_tls(tls != nullptr);
    if (!may_be_reached(node, reach)) return std::nullopt;
    const auto endpoints = endpoints_of(place);
    if (!endpoints) {
        fail_by(reach, place.socket.empty() ? v1::Reach::NAME : v1::Reach::ROUTE, endpoints.error(),
                limits.until);
        return std::nullopt;
    }
    auto wire = std::make_unique<Wire>();
    if (const auto error = connect_to_any(*wire, *endpoints, limits.end_of(limits.connect)); error) {
        if (!place.socket.empty() && error == asio::error::access_denied) {
            fail(reach, v1::Reach::LAYER_UNSPECIFIED, "the socket is not open to the agent");
            return std::nullopt;
        }
        if (error == asio::error::timed_out)
            fail_late(reach, v1::Reach::ROUTE, "nobody answers within the limit", limits.until);
        else
            fail(reach, v1::Reach::ROUTE, error.message());
        return std::nullopt;
    }
    ++node.tally()->connections;
    if (tls != nullptr && !shake_hands(*wire, place, *tls, limits, reach)) return std::nullopt;
    return Stream(std::move(wire), place.text());
}

}  // namespace preflight::probes
