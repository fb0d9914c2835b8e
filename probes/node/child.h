// Child: what every child process of ours is given at its start, as an initializer for Boost.Process v2.
//
// Runs between fork and exec: system calls only, no memory is taken, nothing is thrown.
#pragma once

#include <unistd.h>

#include "model/process.h"

namespace preflight::probes {

// A process group of its own (so that a kill reaches what the child started), death with its parent, no core
// dump, no ambient capabilities; and what Process v2 of Boost 1.81 gets wrong: our descriptors would stay
// open in the child, and after a failed exec it would run our exit handlers.
struct ChildGuard {
    bool as_nobody = false;    // when we are root: nobody's rights before exec
    int handed_over = -1;      // a descriptor that becomes the child's number 3; -1: none
    bool dies_with_us = true;  // killed when the thread that started it ends

    template <typename... Ignored>
    boost::system::error_code on_exec_setup(Ignored&&... /*launcher, program, argv*/) const {
        return prepare();
    }
    template <typename... Ignored>
    void on_exec_error(Ignored&&... /*launcher, program, argv, error*/) const {
        ::_exit(127);
    }

  private:
    boost::system::error_code prepare() const;
};

}  // namespace preflight::probes
