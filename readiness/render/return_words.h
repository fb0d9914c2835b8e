// Return words: the words of the way back that all forms of the report share. Everything returned as text is
// visible (visible.h). Pure functions.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "preflight/v1/report.pb.h"
#include "preflight/v1/way_back.pb.h"

namespace preflight::readiness::render {

struct NeedWords {
    std::string_view state;
    std::string_view mark;   // one ASCII character, so that a state is never told by colour alone
    std::string_view sign;   // the same for a page
    std::string_view level;  // style class of the page
};

// A state that this program does not know is not known.
NeedWords need_words(v1::ReturnNeed::State state);

bool has_way_back(const v1::Report& report);
std::string way_back_summary(const v1::WayBack& way_back);  // "3 hops"
// "From 18.11.11 back to 18.11.4"
std::string return_title(const v1::HopBack& hop);
// "1 missing, 2 proved"; says so when nothing is listed.
std::string need_counts(const v1::HopBack& hop);
// What is missing first, what is proved last.
std::vector<const v1::ReturnNeed*> needs_of(const v1::HopBack& hop);
std::string no_return_words(const v1::HopBack& hop);

}  // namespace preflight::readiness::render
