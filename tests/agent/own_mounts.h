// OwnMounts: mounts that only the calling thread and the processes that it starts see, and that go with the
// test's process however it ends. Needs root.
#pragma once

namespace preflight {

// Throws std::system_error with `what` where it was not done.
void check_call(bool done, const char* what);

// Once for each thread, before it mounts anything.
void keep_mounts_to_ourselves();

}  // namespace preflight
