preflight_test(settings_probe_test
  SOURCES setting_values_test.cc settings_test.cc gitlab_rb_keys_test.cc finding_texts.cc
  LIBRARIES preflight_node_tree)
preflight_test(packages_probe_test
  SOURCES packages_test.cc edition_changes_test.cc rotated_logs_test.cc package_files_test.cc package_list_test.cc package_sources_test.cc
          unattended_upgrades_test.cc certificates_test.cc
          security_test.cc external_services_test.cc running_binaries_test.cc disk_needs_test.cc finding_texts.cc
  LIBRARIES preflight_node_tree)
