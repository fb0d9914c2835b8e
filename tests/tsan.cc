// Debian's gRPC, Abseil and protobuf are not built with the thread sanitizer, which then sees the code that
// our files inline from their headers, but not what orders it. What has none of their frames on either side
// is judged as ever.
extern "C" const char* __tsan_default_suppressions() {
    return "race:libgrpc.so\n"
           "race:libgrpc++.so\n"
           "race:libgpr.so\n"
           "race:libprotobuf.so\n"
           "race:libabsl_\n";
}

extern "C" const char* __tsan_default_options() { return "history_size=4:ignore_noninstrumented_modules=1"; }
