// Exit status: what the program's end tells a script. `report` ends with readiness::exit_status (0 to 3).
#pragma once

namespace preflight::collector {

constexpr int all_well = 0;
constexpr int differences_found = 1;  // diff
constexpr int refused = 2;            // path: there is no such upgrade
constexpr int not_all_delivered = 2;  // inspect: a node was lost, late or not connected
constexpr int cannot_say = 3;         // the store cannot be read; path: the knowledge does not reach
constexpr int wrong_usage = 64;       // EX_USAGE
constexpr int wrong_data = 65;  // EX_DATAERR: knowledge, acceptances or a report are not what they should be
constexpr int no_input = 66;    // EX_NOINPUT: a report, or a file of acceptances to list, cannot be read
constexpr int cannot_serve = 69;  // EX_UNAVAILABLE: the port or the store cannot be had
constexpr int our_bug = 70;       // EX_SOFTWARE
constexpr int cannot_write = 73;  // EX_CANTCREAT: the output cannot be written
constexpr int cannot_reach = 75;  // EX_TEMPFAIL: no collector answers

}  // namespace preflight::collector
