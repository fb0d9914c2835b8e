#include "probes/node/postgres_failure.h"

#include <fmt/format.h>

#include <algorithm>
#include <string_view>
#include <utility>

namespace preflight::probes {
namespace {

using Layer = v1::Reach::Layer;

// How libpq stood when it failed or the time was over.
Layer layer_of(ConnStatusType status) {
    switch (status) {
        case CONNECTION_STARTED:
        case CONNECTION_NEEDED:
            return v1::Reach::ROUTE;
        case CONNECTION_SSL_STARTUP:
            return v1::Reach::TLS;
        default:
            return v1::Reach::PROTOCOL;
    }
}

// SQLSTATEs of a refused start: https://www.postgresql.org/docs/current/errcodes-appendix.html
PostgresFailure failure_of_code(const std::string& code) {
    if (code.starts_with("28")) return {v1::Reach::AUTHENTICATION, "the login is refused", code};
    if (code == "3D000") return {v1::Reach::DATABASE, "there is no such database", code};
    if (code == "42501") return {v1::Reach::DATABASE, "this login may not use the database", code};
    if (code == "53300") return {v1::Reach::DATABASE, "the server has no connection left", code};
    if (code == "57P03") return {v1::Reach::DATABASE, "the server is starting up or shutting down", code};
    return {v1::Reach::PROTOCOL, "the server refuses the session with code " + code, code};
}

// With PQERRORS_SQLSTATE a refusal by the server ends in its code: "… FATAL:  28P01". Nothing else of a
// server's text is looked at: it could hold anything.
std::string code_in(std::string_view message) {
    while (!message.empty() && message.back() == '\n') message.remove_suffix(1);
    const auto at = message.rfind(":  ");
    const auto code = at == std::string_view::npos ? std::string_view() : message.substr(at + 3);
    const bool is_code =
        code.size() == 5 && std::ranges::all_of(code, [](char character) {
            return (character >= '0' && character <= '9') || (character >= 'A' && character <= 'Z');
        });
    return is_code ? std::string(code) : std::string();
}

}  // namespace

PostgresFailure failure_of(const PGconn& connection, ConnStatusType furthest) {
    const std::string_view message = PQerrorMessage(&connection);
    if (const auto code = code_in(message); !code.empty()) return failure_of_code(code);
    if (PQconnectionNeedsPassword(&connection) != 0)
        return {v1::Reach::AUTHENTICATION, "the server wants a password, and none is configured", {}};
    const auto says = [&](std::string_view words) { return message.find(words) != std::string_view::npos; };
    if (says("authentication failed") || says("no such user"))
        return {v1::Reach::AUTHENTICATION, "the login is refused", {}};
    if (says("no such database")) return {v1::Reach::DATABASE, "there is no such database", {}};
    if (says("does not support SSL"))
        return {v1::Reach::TLS, "the server does not speak TLS, and the configuration requires it", {}};
    if (says("certificate verify failed"))
        return {v1::Reach::TLS, "the server's certificate is not of a trusted authority", {}};
    if (says("does not match host name") || says("server certificate for"))
        return {v1::Reach::TLS, "the server's certificate is for another name", {}};
    if (says("root certificate file"))
        return {
            v1::Reach::TLS, "the configuration wants the certificate verified, but names no authority", {}};
    // Neither yes nor no to the question that comes before the handshake.
    if (says("invalid response to SSL"))
        return {v1::Reach::PROTOCOL, "what answers does not speak PostgreSQL's protocol", {}};
    if (says("SSL") || says("certificate")) return {v1::Reach::TLS, "the handshake failed", {}};
    if (says("Connection refused")) return {v1::Reach::ROUTE, "connection refused", {}};
    if (says("No such file or directory")) return {v1::Reach::ROUTE, "there is no such socket", {}};
    if (says("Permission denied"))
        return {v1::Reach::LAYER_UNSPECIFIED, "the socket is not open to the agent", {}};
    if (says("authentication method") || says("fe_sendauth") || says("SCRAM") || says("SASL"))
        return {v1::Reach::AUTHENTICATION, "the server wants a kind of login that is not at hand", {}};
    const auto layer = layer_of(furthest);
    return {layer,
            layer == v1::Reach::ROUTE ? "unreachable" : "what answers does not speak PostgreSQL's protocol",
            {}};
}

PostgresFailure failure_of_time(ConnStatusType status, std::chrono::milliseconds limit) {
    const auto layer = layer_of(status);
    const auto* what = layer == v1::Reach::ROUTE ? "nobody answered"
                       : layer == v1::Reach::TLS ? "the handshake did not end"
                                                 : "the server accepted, but did not answer";
    return {layer, fmt::format("{} within {} ms", what, limit.count()), {}, true};
}

}  // namespace preflight::probes
