#include "agent/name_services.h"

#include <nss.h>

#include <string_view>

namespace preflight::agent {

void use_built_in_name_services() {
    for (const char* database :
         {"hosts", "passwd", "group", "services", "protocols", "networks", "shadow", "gshadow", "netgroup",
          "initgroups", "ethers", "rpc", "aliases", "publickey"}) {
        __nss_configure_lookup(database, database == std::string_view("hosts") ? "files dns" : "files");
    }
}

}  // namespace preflight::agent
