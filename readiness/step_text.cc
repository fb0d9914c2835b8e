#include "readiness/step_text.h"

#include <algorithm>
#include <utility>

#include "readiness/verdict.h"

namespace preflight::readiness {
namespace {

bool is_name_letter(char letter) { return (letter >= 'a' && letter <= 'z') || letter == '_'; }

// A piece of a text: what stands before the next {name}, and that name; empty where there is none.
struct Piece {
    std::string_view before;
    std::string_view name;
};

Piece next_piece(std::string_view& text) {
    for (auto open = text.find('{'); open != std::string_view::npos; open = text.find('{', open + 1)) {
        const auto end = std::find_if_not(text.begin() + static_cast<std::ptrdiff_t>(open) + 1, text.end(),
                                          is_name_letter);
        const auto close = static_cast<std::size_t>(end - text.begin());
        if (end == text.end() || *end != '}' || close == open + 1) continue;
        const Piece piece{text.substr(0, open), text.substr(open + 1, close - open - 1)};
        text.remove_prefix(close + 1);
        return piece;
    }
    return {std::exchange(text, {}), {}};
}

const std::vector<std::string>* values_of(std::string_view name, const Fillings& fillings) {
    const auto found = fillings.find(name);
    return found == fillings.end() ? nullptr : &found->second;
}

// A name that nothing was given for stays as it is: better seen than lost.
std::string filled(std::string_view text, const Fillings& fillings) {
    std::string whole;
    while (!text.empty()) {
        const auto [before, name] = next_piece(text);
        whole += before;
        if (name.empty()) continue;
        const auto* values = values_of(name, fillings);
        whole += values == nullptr ? "{" + std::string(name) + "}" : listed(*values);
    }
    return whole;
}

v1::Command filled(const v1::Command& command, const Fillings& fillings) {
    v1::Command whole;
    for (const auto& argument : command.argv()) {
        std::string_view rest = argument;
        const auto [before, name] = next_piece(rest);
        const auto* values = before.empty() && rest.empty() ? values_of(name, fillings) : nullptr;
        if (values == nullptr) {
            whole.add_argv(filled(argument, fillings));
        } else {
            whole.mutable_argv()->Add(values->begin(), values->end());
        }
    }
    return whole;
}

}  // namespace

bool is_plain_word(std::string_view text) {
    return !text.empty() && !text.starts_with('-') && std::ranges::all_of(text, [](char letter) {
        return (letter >= '0' && letter <= '9') || (letter >= 'a' && letter <= 'z') ||
               (letter >= 'A' && letter <= 'Z') || letter == '_' || letter == '-' || letter == '.';
    });
}

v1::PlanStep written(std::string_view text_id, const Fillings& fillings, const v1::Knowledge& knowledge) {
    v1::PlanStep step;
    const auto text = std::ranges::find(knowledge.steps(), text_id, &v1::StepText::id);
    if (text == knowledge.steps().end()) {
        step.set_title(std::string(text_id));
        return step;
    }
    step.set_title(filled(text->title(), fillings));
    step.set_why(filled(text->why(), fillings));
    step.set_expected(filled(text->expected(), fillings));
    for (const auto& command : text->commands()) {
        auto whole = filled(command, fillings);
        if (!whole.argv().empty()) *step.add_commands() = std::move(whole);
    }
    if (text->has_verify()) *step.mutable_verify() = filled(text->verify(), fillings);
    step.set_reversal(text->reversal());
    step.set_seconds_from(text->seconds_from());
    step.set_seconds_to(text->seconds_to());
    step.set_duration_source(text->duration_source());
    step.set_note(filled(text->note(), fillings));
    *step.mutable_links() = text->links();
    return step;
}

std::vector<std::string> placeholders_in(std::string_view text) {
    std::vector<std::string> names;
    while (!text.empty()) {
        if (const auto piece = next_piece(text); !piece.name.empty()) names.emplace_back(piece.name);
    }
    return names;
}

}  // namespace preflight::readiness
