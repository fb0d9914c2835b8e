// What libpq can do and we do not: logins by Kerberos and by LDAP's service files. Debian has no archive of
// either library, so a static agent brings these in their place: each says that it failed, and libpq then
// says that the login is refused.
#include <cstdint>

extern "C" {

constexpr std::uint32_t gss_failure = 13U << 16;  // GSS_S_FAILURE, RFC 2744
void* GSS_C_NT_HOSTBASED_SERVICE = nullptr;

std::uint32_t gss_acquire_cred() { return gss_failure; }
std::uint32_t gss_delete_sec_context() { return gss_failure; }
std::uint32_t gss_display_status() { return gss_failure; }
std::uint32_t gss_import_name() { return gss_failure; }
std::uint32_t gss_init_sec_context() { return gss_failure; }
std::uint32_t gss_release_buffer() { return gss_failure; }
std::uint32_t gss_release_cred() { return gss_failure; }
std::uint32_t gss_release_name() { return gss_failure; }
std::uint32_t gss_unwrap() { return gss_failure; }
std::uint32_t gss_wrap() { return gss_failure; }
std::uint32_t gss_wrap_size_limit() { return gss_failure; }

constexpr int ldap_failure = -1;  // LDAP_SERVER_DOWN
int ldap_count_entries() { return 0; }
const char* ldap_err2string() { return "LDAP is left out"; }
void* ldap_first_entry() { return nullptr; }
void* ldap_get_values_len() { return nullptr; }
void* ldap_init() { return nullptr; }
int ldap_msgfree() { return 0; }
int ldap_result() { return ldap_failure; }
int ldap_search_st() { return ldap_failure; }
int ldap_set_option() { return ldap_failure; }
int ldap_simple_bind() { return ldap_failure; }
int ldap_unbind() { return ldap_failure; }
void ldap_value_free_len() {}
}
