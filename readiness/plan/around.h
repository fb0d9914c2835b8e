// Around: the steps before, between and after the windows of an upgrade, and those that open and close one.
#pragma once

#include <string_view>

#include "readiness/plan/undertaking.h"

namespace preflight::readiness {

// Before the first window, of no single hop; and before the window of one.
void write_readings(Writer& writer, const Undertaking& work);
void write_preparations(Writer& writer, const Undertaking& work, std::size_t leg);
// What the next hop waits for, and what is left when the last one is done.
void write_between(Writer& writer, const Undertaking& work, std::size_t leg);
void write_after(Writer& writer, const Undertaking& work);

void open_window(Writer& writer, const Undertaking& work, std::size_t leg);
void close_window(Writer& writer, const Undertaking& work, std::size_t leg);
// Of configuration and data. `version`: the one that runs then.
void back_up(Writer& writer, const Undertaking& work, const Version& version);
// GitLab's own checks, on the primary's node that migrates.
void check_application(Writer& writer, const Undertaking& work, std::string_view text);
// On one Rails node of every site.
void check_geo(Writer& writer, const Undertaking& work);

}  // namespace preflight::readiness
