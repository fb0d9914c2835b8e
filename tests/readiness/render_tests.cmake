preflight_test(render_test
  SOURCES render/golden_test.cc render/html_test.cc render/json_test.cc render/layout_test.cc
    render/node_names_test.cc render/report_builder.cc render/text_test.cc render/times_test.cc
    render/visible_test.cc
  LIBRARIES preflight_render)
preflight_test(report_parts_test
  SOURCES render/acceptances_test.cc render/drawing_test.cc render/html_plan_test.cc render/markdown_test.cc
    render/plan_words_test.cc render/report_builder.cc render/text_brief_test.cc render/text_plan_test.cc render/text_support_test.cc
  LIBRARIES preflight_render)
