// Name services: which of glibc's lookup modules this program may load.
#pragma once

namespace preflight::agent {

// Names and accounts come from files, hosts also from DNS, whatever /etc/nsswitch.conf says: a static program
// that loads the host's own modules dies of them (measured with Debian's default configuration). So accounts
// of LDAP or SSSD are not seen. First of all in main.
void use_built_in_name_services();

}  // namespace preflight::agent
