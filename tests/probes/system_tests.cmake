preflight_test(gitlab_rb_test SOURCES gitlab_rb_test.cc gitlab_rb_locals_test.cc ruby_number_test.cc ruby_tokens_test.cc LIBRARIES preflight_node_tree)
preflight_test(system_probe_test
  SOURCES system_test.cc os_release_test.cc c_library_test.cc host_test.cc mounts_test.cc shown_test.cc
  LIBRARIES preflight_node_tree)
preflight_test(installation_probe_test
  SOURCES installation_test.cc dpkg_status_test.cc package_database_test.cc package_hold_test.cc
          configuration_state_test.cc version_manifest_test.cc
  LIBRARIES preflight_node_tree)
preflight_test(services_probe_test
  SOURCES services_test.cc runit_test.cc service_roles_test.cc configured_roles_test.cc
  LIBRARIES preflight_node_tree)
preflight_test(geo_probe_test SOURCES geo_test.cc sshd_config_test.cc LIBRARIES preflight_node_tree)
