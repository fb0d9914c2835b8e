#include "agent/probe_process.h"
#include "tests/agent/misbehaving_probes.h"

int main(int count, char** arguments) {
    if (count != 3) return 64;
    return preflight::agent::run_probe_process(arguments[2], preflight::agent::misbehaving_probes());
}
