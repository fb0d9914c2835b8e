#include "readiness/render/html_verdicts.h"

#include "readiness/render/acceptances.h"
#include "readiness/render/html_nodes.h"
#include "readiness/render/html_rows.h"
#include "readiness/render/summary.h"

namespace preflight::readiness::render {
namespace {

std::string anchor_of(const v1::Verdict& verdict, Anchors& met) {
    std::string anchor;
    for (const char c : verdict.check()) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                           c == '.' || c == '_' || c == '-';
        anchor += plain ? c : '_';
    }
    if (anchor.empty()) anchor = "check";
    const int times = ++met[anchor];
    return times == 1 ? anchor : anchor + "-" + std::to_string(times);
}

std::string_view heading_of(const v1::Verdict& verdict) {
    return verdict.title().empty() ? verdict.check() : verdict.title();
}

void write_advice(Page& page, const v1::Report& report, const v1::Verdict& verdict) {
    page.markup("<dl>\n");
    if (is_accepted(verdict)) write_row(page, "Accepted", acceptance_words(report, verdict));
    write_row(page, "Consequence", verdict.consequence());
    write_row(page, "Remedy", verdict.remedy(), verdict.commands());
    write_command_row(page, "Verify", verdict.verify());
    write_link_row(page, verdict.links());
    page.markup("</dl>\n");
}

void write_card(Page& page, const v1::Report& report, const v1::Verdict& verdict, const NodeNames& names,
                const std::string& anchor) {
    const auto& words = words_of(verdict.level());
    const bool accepted = is_accepted(verdict);
    page.markup("<article class=\"card");
    if (accepted) page.markup(" accepted ").markup(level_name(words.level));
    page.markup("\" id=\"" + anchor + "\">\n<h3>");
    page.markup("<span class=\"badge\"><span aria-hidden=\"true\">").text(words.sign).markup("</span> ");
    page.text(words.one).markup(accepted ? ", accepted" : "").markup("</span> ");
    page.text(heading_of(verdict)).markup(" ");
    page.element("code", "check", verdict.check()).markup("</h3>\n");
    write_node_labels(page, verdict.nodes(), names, "The instance as a whole");
    if (!verdict.summary().empty()) page.element("p", "found", verdict.summary()).markup("\n");
    write_advice(page, report, verdict);
    write_evidence(page, verdict.evidence(), names, words.level == v1::BLOCKER && !accepted);
    page.markup("</article>\n");
}

void write_line(Page& page, const LevelWords& words, const v1::Verdict& verdict, const NodeNames& names,
                const std::string& anchor) {
    page.markup("<li id=\"" + anchor + "\"><span class=\"sign\" aria-hidden=\"true\">");
    page.text(words.sign).markup("</span><div><p><strong>").text(heading_of(verdict)).markup("</strong> ");
    page.text(verdict.summary()).markup(" ").element("code", "check", verdict.check()).markup("</p>");
    if (!verdict.nodes().empty()) write_node_labels(page, verdict.nodes(), names, "");
    write_evidence(page, verdict.evidence(), names, false);
    for (const auto& link : verdict.links()) write_link(page, link);
    page.markup("</div></li>\n");
}

void begin_section(Page& page, std::string_view name, std::string_view heading, std::size_t count) {
    page.markup("<section class=\"level ").markup(name).markup("\" aria-labelledby=\"").markup(name);
    page.markup("\">\n<h2 id=\"").markup(name).markup("\">").text(heading);
    page.markup(" <span class=\"count\">" + std::to_string(count) + "</span></h2>\n");
}

void write_use(Page& page, std::string_view sign, std::string_view state, const v1::AcceptanceUse& use) {
    page.markup("<li><span class=\"sign\" aria-hidden=\"true\">")
        .text(sign)
        .markup("</span><div><p><strong>");
    page.text(state).markup("</strong> ").text(acceptance_words(use)).markup("</p></div></li>\n");
}

// Accepted verdicts keep their level and stay whole: a person answers for them, they are not gone.
void write_accepted(Page& page, const v1::Report& report, const NodeNames& names, Anchors& met) {
    if (!has_accepted(report)) return;
    const auto verdicts = accepted_verdicts(report);
    const auto others = attested(report);
    const auto idle = idle_acceptances(report);
    begin_section(page, "accepted", "Accepted", verdicts.size());
    for (const auto* verdict : verdicts) write_card(page, report, *verdict, names, anchor_of(*verdict, met));
    if (!others.empty() || !idle.empty()) {
        page.markup("<ul class=\"lines\">\n");
        for (const auto* use : others) write_use(page, "i", "In force", *use);
        for (const auto* use : idle) {
            write_use(page, "\u2013", "Not used: " + std::string(state_words(use->state())), *use);
        }
        page.markup("</ul>\n");
    }
    page.markup("</section>\n");
}

}  // namespace

std::string_view level_name(v1::Level level) {
    for (const auto& words : level_words()) {
        if (words.level == level && level != v1::NOT_APPLICABLE) return words.one;
    }
    return "not-applicable";
}

void write_lost_acceptances(Page& page, const v1::Report& report) {
    const auto lost = lost_acceptances(report);
    if (lost.empty()) return;
    page.markup("<section class=\"level blocker alarm\" aria-labelledby=\"lost\">\n<h2 id=\"lost\">");
    page.text(lost_heading(lost.size())).markup("</h2>\n").element("p", "", lost_meaning);
    page.markup("\n<ul class=\"lines\">\n");
    for (const auto* use : lost) write_use(page, "!", state_words(use->state()), *use);
    page.markup("</ul>\n</section>\n");
}

void write_verdict_cards(Page& page, const v1::Report& report, const NodeNames& names, Anchors& met) {
    for (const auto& words : level_words()) {
        const auto verdicts = verdicts_of(report, words.level);
        if (verdicts.empty() || words.short_form) continue;
        begin_section(page, level_name(words.level), words.heading, verdicts.size());
        for (const auto* verdict : verdicts)
            write_card(page, report, *verdict, names, anchor_of(*verdict, met));
        page.markup("</section>\n");
    }
    write_accepted(page, report, names, met);
}

void write_verdict_lines(Page& page, const v1::Report& report, const NodeNames& names, Anchors& met) {
    for (const auto& words : level_words()) {
        const auto verdicts = verdicts_of(report, words.level);
        if (verdicts.empty() || !words.short_form) continue;
        begin_section(page, level_name(words.level), words.heading, verdicts.size());
        page.markup("<ul class=\"lines\">\n");
        for (const auto* verdict : verdicts)
            write_line(page, words, *verdict, names, anchor_of(*verdict, met));
        page.markup("</ul>\n</section>\n");
    }
}

}  // namespace preflight::readiness::render
