// gitlab-preflight-collector: the program. Everything is in the library, so that tests reach it.
#include "collector/command_line.h"
#include "model/standard_output.h"

int main(int argc, char** argv) {
    preflight::hold_standard_streams();
    return preflight::collector::run_command_line(argc, argv);
}
