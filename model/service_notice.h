// Service notice: tells systemd how a service does (the notify protocol: a datagram to $NOTIFY_SOCKET).
//
// Does nothing where no service manager asks. Debian ships no static libsystemd, and the protocol is one
// sendto(2).
#pragma once

#include <string_view>

namespace preflight {

// "READY=1", "STOPPING=1", "STATUS=…"; several lines may be joined by '\n'.
void notify_service_manager(std::string_view state);

}  // namespace preflight
