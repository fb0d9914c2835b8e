// Fingerprint: what lets two sources be asked whether they hold the same secret, without the secret.
//
// A keyed digest (HMAC-SHA-256) of the secret's name, a NUL and its canonical value. The name is in it, so
// that a fingerprint tells of this one name alone: that two unlike secrets were given the same value shows
// nowhere, and guesses must be made anew for each name. What has to be equal in two files under two names (a
// token of Gitaly's, a key and its rendered file) is given one name by its reader.
//
// A short secret can still be guessed by whoever holds both the key and the fingerprint: the key stays with
// the instance's own collector and agents.
#pragma once

#include <boost/json/value.hpp>
#include <string>
#include <string_view>

#include "model/result.h"
#include "model/secret.h"

namespace preflight::probes {

// The value without what writing it down adds: blanks around a text, the order of an object's keys, whether a
// number or a truth was quoted. Lists are taken element by element in their order. Not present for null and
// for what is empty.
Secret canonical(const boost::json::value& value);
Secret canonical_text(std::string_view text);

// A short name of the key, in hex, that tells nothing of it: only fingerprints of one key can be compared.
std::string name_of_key(const Secret& key);

// In hex. `key` and `value` must be present.
std::string fingerprint(const Secret& key, std::string_view name, const Secret& value);

struct PublicKey {
    std::string algorithm;    // "ssh-ed25519"
    std::string fingerprint;  // "SHA256:…" as ssh-keygen shows it
};

// The first line of a .pub file of OpenSSH. MALFORMED when it is none.
Result<PublicKey> parse_public_key(std::string_view text, std::string_view source);

}  // namespace preflight::probes
