// RedisLogin: with which credentials and TLS a client comes to a Redis server or a Sentinel.
//
// Never part of a finding: what is found carries v1::RedisEndpoint alone.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/secret.h"
#include "preflight/v1/finding.pb.h"
#include "probes/node/tls_files.h"
#include "probes/parsed.h"

namespace preflight::probes {

struct RedisLogin {
    Secret user;
    Secret password;
    std::string password_file;  // holds the password, where it is not here
    bool elsewhere = false;     // a password comes of what is not read: a command, an encrypted file
    std::optional<TlsFiles> tls;
};

bool operator==(const RedisLogin& one, const RedisLogin& other);

// One service's use of Redis: which one, and with what.
struct RedisClient {
    v1::RedisEndpoint endpoint;
    RedisLogin server;
    RedisLogin sentinel;
};

// Takes user and password of a URL, percent-decoded. False when they cannot be told from it.
bool set_redis_user(std::string_view url, RedisLogin& login);

// Without the credentials.
Parsed<v1::RedisEndpoint> endpoints_of(const Parsed<RedisClient>& clients);

}  // namespace preflight::probes
