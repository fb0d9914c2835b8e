// gitlab-preflight-collector: the program. Everything is in the library, so that tests reach it.
#include "collector/command_line.h"

int main(int argc, char** argv) { return preflight::collector::run_command_line(argc, argv); }
