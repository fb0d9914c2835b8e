// CoreDumps: that what this process has in memory does not end in a file.
#pragma once

namespace preflight {

// No core dump of this process (a handler that takes dumps by a pipe heeds no limit), and no debugger of its
// own user: what it has read may be secret. A change of user and an exec forget it.
void refuse_dumps();

}  // namespace preflight
